"""Front matter and header -> the typed fields of a document; what is odd becomes a warning."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rca_search.models import Problem
from rca_search.sources.front_matter import FrontMatter
from rca_search.sources.header import Header
from rca_search.sources.keys import best_keys, best_moment, is_moment, plain_key
from rca_search.sources.values import MAX_HEADING_CHARS, is_leftover, one_line, one_text, tags, texts
from rca_search.text.dates import FieldError, is_month_first, parse_date
from rca_search.text.durations import MAX_MINUTES, parse_minutes
from rca_search.text.moments import minutes_between, read_moment

# Kept in ``metadata`` too: these have no field of their own to be read back from.
_KEPT = frozenset({"id"})


@dataclass(frozen=True, slots=True)
class Fields:
    """What the top of a file says of the whole; ``metadata`` holds every other front-matter key.

    ``title_line`` is the line of the title's key, 0 where no key gives a title.
    """

    title: str | None
    title_line: int
    date: dt.date | None
    severity: str | None
    services: tuple[str, ...]
    tags: tuple[str, ...]
    status: str | None
    duration_minutes: int | None
    authors: tuple[str, ...]
    aliases: tuple[str, ...]
    metadata: Mapping[str, object]
    problems: tuple[Problem, ...]
    states_date: bool
    states_moments: bool


@dataclass(frozen=True, slots=True)
class _Raw:
    key: str
    value: object
    line: int


def read_fields(path: str, front: FrontMatter, header: Header, text: str = "") -> Fields:
    """Read every field from ``front``, else from ``header``; ``text`` tells which way round dates are.

    A date, a duration or a title that cannot be read is a warning with its line; the value stays in
    ``metadata`` as it was written.
    """
    raw, used = _raw_values(front, header)
    reader = _Reader(path, raw, text)
    moments = {**header.moments, **{key: value for key, value in front.values.items() if is_moment(key)}}
    started, ended = (_moment(moments, which) for which in ("start", "end"))
    date = reader.date() or _day(started)
    minutes = reader.minutes() or _between(started, ended)
    title = reader.title()
    kept = (set(front.values) - used) | {raw[name].key for name in reader.unread | _KEPT if name in raw}
    return Fields(
        title=title,
        title_line=raw["title"].line if title else 0,
        date=date,
        severity=reader.text("severity"),
        services=reader.texts("services"),
        tags=tags(raw["tags"].value) if "tags" in raw else (),
        status=reader.text("status"),
        duration_minutes=minutes,
        authors=reader.texts("authors"),
        aliases=tuple(dict.fromkeys((*reader.texts("id"), *reader.texts("aliases")))),
        metadata={key: value for key, value in front.values.items() if key in kept},
        problems=tuple(reader.problems),
        states_date="date" in raw and one_text(raw["date"].value) is not None,
        states_moments=bool(started or ended),
    )


def _moment(moments: Mapping[str, object], which: str) -> str:
    """Return what is said of when it started or ended; a start without a time of day tells nothing."""
    stated = {key: one_text(value) or "" for key, value in moments.items()}
    timed = [
        key for key, value in stated.items() if (found := read_moment(value)) and found.minute is not None
    ]
    key = best_moment(timed, which)
    return stated[key] if key else ""


def _between(started: str, ended: str) -> int | None:
    minutes = minutes_between(started, ended) if started and ended else None
    return minutes if minutes and 0 < minutes <= MAX_MINUTES else None


def _day(started: str) -> dt.date | None:
    moment = read_moment(started) if started else None
    return moment.day if moment and moment.has_year else None


def _raw_values(front: FrontMatter, header: Header) -> tuple[dict[str, _Raw], set[str]]:
    """Return the raw value of each field, and the front-matter keys that gave one."""
    best = best_keys(key for key, value in front.values.items() if value not in ("", [], {}))
    raw = {name: _Raw(name, value, header.lines[name]) for name, value in header.values.items()}
    for name, key in best.items():
        raw[name] = _Raw(key, front.values[key], front.lines.get(key, 1))
    empty = best_keys(key for key, value in front.values.items() if value in ("", [], {}))
    return raw, {*best.values(), *empty.values()}


class _Reader:
    """Reads raw values; collects what is odd instead of raising."""

    def __init__(self, path: str, raw: Mapping[str, _Raw], text: str) -> None:
        self.path = path
        self.written = text
        self.raw = raw
        self.problems: list[Problem] = []
        self.unread: set[str] = set()

    def text(self, name: str) -> str | None:
        """Return the field as one text."""
        return one_text(self.raw[name].value) if name in self.raw else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the field as several texts."""
        return texts(self.raw[name].value) if name in self.raw else ()

    def title(self) -> str | None:
        """Return the title, which must be text."""
        if "title" in self.raw and not isinstance(self.raw["title"].value, str):
            self._warn(FieldError("title", "The title is a list or mapping, no text.", "Put it in quotes."))
            return None
        raw = self.raw.get("title")
        if raw is not None and is_leftover(str(raw.value)):
            return None
        return (one_line(str(raw.value))[:MAX_HEADING_CHARS] or None) if raw else None

    def date(self) -> dt.date | None:
        """Return the date, None with a warning where it cannot be read."""
        text = self.text("date")
        try:
            return parse_date(text) if text is not None else None
        except FieldError as error:
            month_first = is_month_first(self.written)
            if text is not None and month_first is not None:
                with contextlib.suppress(FieldError):
                    return parse_date(text, month_first=month_first)
            self._warn(error)
            return None

    def minutes(self) -> int | None:
        """Return the duration in minutes, None with a warning where it cannot be read."""
        text = self.text("duration")
        if text is None:
            return None
        unit = "h" if plain_key(self.raw["duration"].key).endswith("hours") else "m"
        try:
            return parse_minutes(text, unit=unit)
        except FieldError as error:
            self._warn(error)
            return None

    def _warn(self, error: FieldError) -> None:
        self.unread.add(error.field)
        line = self.raw[error.field].line
        code = f"unreadable_{error.field}"
        self.problems.append(Problem(self.path, line, code, error.message, error.remedy))
