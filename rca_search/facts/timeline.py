"""The timeline of an incident: rows in order, each with its moment on one calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rca_search.facts.statements import Statement, StatementKind, Statements
from rca_search.models import Role
from rca_search.sources.dates import find_date

MAX_MOMENT_CHARS = 60
MINUTES_A_DAY = 24 * 60

_LEAD = re.compile(
    r"[\s*_~`\[(>#|\u2248-]*(?:(?:at|by|around|about|approx\.?|from|on|between|circa|ca\.?"
    r"|since)\s+)?[~*_\s]*",
    re.I,
)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+(?:the\s+)?", re.I
)
_ISO = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMED = re.compile(
    rf"(?:(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_NAMES})[a-z]{{0,6}}\.?"
    rf"|(?P<m2>{_NAMES})[a-z]{{0,6}}\.?\s+(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:]))"
    r"(?:,?\s+(?P<year>[0-9]{4})(?![0-9:]))?",
    re.I,
)
_NUMERIC = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}(?![0-9])")
_SHORT_DAY = re.compile(r"(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?=[ T][0-9]{1,2}:)")
_GAP = re.compile(r"[\s,T@|*_\u2013-]*(?:(?:at|on|around|about|~)\s*)?[~*_]*", re.I)
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})\s?(?:[:.h](?P<minute>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]{1,6})?)?|(?=\s?[ap]\.?m))"
    r"\s?(?P<half>[ap](?:\.?m\.?)?(?![a-z]))?(?![0-9]|:[0-9])",
    re.I,
)
_BARE_CLOCK = re.compile(r"(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?![0-9:.])")
_ZONE = re.compile(
    r"\s*\(?(?P<name>Z|UTC|GMT|BST|CET|CEST|EET|EEST|MSK|IST|JST|AEST|AEDT|PST|PDT|PT|MST|MDT|MT|CST|CDT|CT"
    r"|EST|EDT|ET)?"
    r"(?P<offset>[+-][0-9]{1,2}(?::?[0-9]{2})?)?(?![\w-])"
)
_TO = re.compile(r"\s*(?:-{1,2}|\u2013|\u2014|to|until|till|and)\s*~?\s*", re.I)

_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5,
    "JST": 9,    "AEST": 10, "AEDT": 11, "PST": -8, "PDT": -7, "PT": -8, "MST": -7, "MDT": -6, "MT": -7,
    "CST": -6, "CDT": -5,    "CT": -6, "EST": -5, "EDT": -4, "ET": -5,
}  # fmt: skip
_MONTHS = _NAMES.split("|")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: ``minute`` of the day, ``day`` with ``year`` 0 where the year is left out.

    ``half`` is ``a``, ``p`` or "" for a 24-hour clock or an unmarked one; ``offset`` is in minutes from
    UTC, None where no zone is named. ``end`` is where the text goes on; ``until`` is the second time of a
    range.
    """

    day: dt.date | None
    has_year: bool
    minute: int | None
    half: str
    offset: int | None
    end: int
    until: int | None = None


def read_moment(text: str) -> Moment | None:
    """Read the date, the time, or both at the start of ``text``; None where it starts otherwise."""
    text = text[: MAX_MOMENT_CHARS + 40]
    start = _end(_LEAD, text, 0)
    start = _end(_WEEKDAY, text, start)
    day, has_year, end = _read_day(text, start)
    at = _end(_GAP, text, end) if day else start
    clock = _CLOCK.match(text, at) or (_BARE_CLOCK.match(text, at) if day else None)
    if clock is None or int(clock["hour"]) > 24:
        return Moment(day, has_year, None, "", None, end) if day else None
    minute, half = _minute(clock)
    offset, end = _read_zone(text, clock.end())
    until, end = _read_until(text, end, half)
    if day is None:
        trailing, trailing_year, trailing_end = _read_day(text, _end(_GAP, text, end))
        if trailing is not None:
            day, has_year, end = trailing, trailing_year, trailing_end
    return Moment(day, has_year, minute, half, offset, end, until)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _read_day(text: str, at: int) -> tuple[dt.date | None, bool, int]:
    for pattern in (_ISO, _NUMERIC):
        match = pattern.match(text, at)
        if match:
            day = find_date(match[0]) or _day_first(match[0])
            return day, True, match.end()
    match = _NAMED.match(text, at)
    if match:
        month = _MONTHS.index((match["m1"] or match["m2"]).lower()) + 1
        return _date(match["year"], month, match["d1"] or match["d2"]), bool(match["year"]), match.end()
    match = _SHORT_DAY.match(text, at)
    if match:
        return _date(None, int(match["month"]), match["day"]), False, match.end()
    return None, False, at


def _day_first(text: str) -> dt.date | None:
    first, second, year = (int(part) for part in re.split(r"[./-]", text))
    day, month = (first, second) if second <= 12 else (second, first)
    return _date(str(year), month, str(day))


def _date(year: str | None, month: int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year) if year else 2000, month, int(day))
    except ValueError:
        return None


def _minute(clock: re.Match[str]) -> tuple[int, str]:
    hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
    half = (clock.groupdict().get("half") or "")[:1].lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + minute, half


def _read_zone(text: str, at: int) -> tuple[int | None, int]:
    zone = _ZONE.match(text, at)
    if not zone or not (zone["name"] or zone["offset"]):
        return None, at
    hours = _ZONES.get(zone["name"] or "UTC", 0)
    minutes = round(hours * 60)
    if zone["offset"]:
        sign = -1 if zone["offset"][0] == "-" else 1
        digits = zone["offset"][1:].replace(":", "")
        minutes += sign * (int(digits[:2]) * 60 + int(digits[2:] or 0))
    return minutes, zone.end()


def _read_until(text: str, at: int, half: str) -> tuple[int | None, int]:
    to = _TO.match(text, at)
    clock = _CLOCK.match(text, to.end()) if to else None
    if clock is None or int(clock["hour"]) > 24:
        return None, at
    minute, own = _minute(clock)
    if not own and half == "p" and minute < 12 * 60:
        minute += 12 * 60
    _, end = _read_zone(text, clock.end())
    return minute, end


# A list with so many rows that begin with a time is a timeline, whatever it is called.
ENOUGH_ROWS = 3
# A clock that goes back by less is an entry out of order; by more, midnight has passed.
OUT_OF_ORDER_MINUTES = 6 * 60

_LATER_MOMENT = re.compile(r"(?P<event>[A-Za-z][A-Za-z ]{2,40}?)\s*:?\s+(?=[0-9]{4}-[0-9]{2}-[0-9]{2})")
_SEPARATOR = re.compile(r"[\s:|*_\u2013\u2014)\]-]*")
_ASIDE = frozenset({Role.ACTIONS, Role.RELATED})


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a timeline.

    ``at`` is in minutes since an arbitrary day, comparable within the document only; None where the row
    gives no time of day. ``until`` is the end of a stated range. ``text`` is what happened.
    """

    first_line: int
    last_line: int
    text: str
    at: int | None
    until: int | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    moment: Moment
    text: str
    statements: tuple[Statement, ...]
    first_line: int
    last_line: int


def timeline(statements: Statements) -> tuple[Event, ...]:
    """Return the events of the document's timeline in the order of the file, () where it has none.

    Rows may be headings, list items, table rows or lines. A date holds until the next one; where the
    clock goes back by hours a day has passed; a date that lies before its row's neighbours is a typing
    error, and the row keeps its place without a time.
    """
    named = any(statement.role is Role.TIMELINE for statement in statements)
    rows = list(_rows(statements, prose=not named))
    timed = sum(1 for row in rows if row.moment.minute is not None)
    if not timed or (not named and timed < ENOUGH_ROWS):
        return ()
    return tuple(_placed(rows, statements.document.date, statements.document.title))


def _rows(statements: Statements, *, prose: bool) -> Iterator[_Row]:
    day: Moment | None = None
    for number, section in enumerate(statements.document.sections):
        if section.role in _ASIDE:
            continue
        found = statements.of_section[number]
        heading = statements.heading(number)
        moment = _heading_moment(heading) if section.role is Role.TIMELINE else None
        if moment is not None and moment.minute is not None:
            moment = _with_day(moment, day)
            day = moment if moment.day else day
            yield _heading_row(moment, heading, section.first_line, found)
            continue
        if moment is not None:
            day = moment
        in_timeline = section.role is Role.TIMELINE
        if not prose and not in_timeline:
            found = [statement for statement in found if statement.kind is not StatementKind.PROSE]
        for row in _listed(found, in_timeline=in_timeline):
            if row.moment.minute is None and row.moment.day is not None and not row.text:
                day = row.moment
                continue
            own = _with_day(row.moment, day)
            day = own if own.day else day
            yield replace(row, moment=own)


def _with_day(moment: Moment, day: Moment | None) -> Moment:
    """Return ``moment`` with the day of the heading above it, once: after it the clock tells."""
    if moment.day is None and day is not None and day.minute is None:
        return replace(moment, day=day.day, has_year=day.has_year)
    return moment


def _heading_moment(heading: str) -> Moment | None:
    moment = read_moment(heading)
    if moment is None:
        later = re.search(r"\bat\s+(?=[0-9])", heading)
        moment = read_moment(heading[later.end() :]) if later else None
    return moment


def _heading_row(moment: Moment, heading: str, line: int, found: Sequence[Statement]) -> _Row:
    said = _SEPARATOR.sub("", heading[moment.end :], count=1)
    last = found[-1].last_line if found else line
    text = " ".join(
        [said, *(statement.text for statement in found if statement.kind is not StatementKind.CODE)]
    )
    return _Row(moment, text.strip(), tuple(found), line, last)


def _listed(found: Sequence[Statement], *, in_timeline: bool) -> Iterator[_Row]:
    """Give the rows of one section; what stands below a row without a time of its own belongs to it."""
    current: _Row | None = None
    for statement in found:
        opened = None if statement.role in _ASIDE else _opened(statement, in_timeline=in_timeline)
        if opened is not None:
            if current is not None:
                yield current
            current = opened
        elif current is not None and _belongs(statement, current.statements[0], in_timeline=in_timeline):
            current = replace(
                current, statements=(*current.statements, statement), last_line=statement.last_line
            )
    if current is not None:
        yield current


def _belongs(statement: Statement, opening: Statement, *, in_timeline: bool) -> bool:
    """Return whether a statement without a time goes with the row above it."""
    if statement.indent > opening.indent or statement.kind is StatementKind.CODE:
        return True
    if statement.kind is StatementKind.ROW:
        return False
    return in_timeline or (
        statement.kind is StatementKind.PROSE is opening.kind and not statement.text.endswith(":")
    )


def _opened(statement: Statement, *, in_timeline: bool) -> _Row | None:
    if statement.kind is StatementKind.CODE:
        return None
    text = " ".join(statement.cells[:2]) if _clock_apart(statement) else statement.text
    moment = read_moment(text)
    if moment is None and in_timeline:
        later = _LATER_MOMENT.match(statement.text)
        moment = read_moment(statement.text[later.end() :]) if later else None
        said = later["event"] if later else ""
    else:
        said = _said(statement, moment)
    if moment is None:
        return None
    if moment.minute is None and not in_timeline:
        return None
    return _Row(moment, said, (statement,), statement.first_line, statement.last_line)


def _clock_apart(statement: Statement) -> bool:
    """Return whether a table gives the date in one column and the time in the next."""
    if len(statement.cells) < 3:
        return False
    second = read_moment(statement.cells[1])
    return second is not None and second.minute is not None


def _said(statement: Statement, moment: Moment | None) -> str:
    if statement.cells:
        return " ".join(statement.cells[2 if _clock_apart(statement) else 1 :]).strip()
    return _SEPARATOR.sub("", statement.text[moment.end if moment else 0 :], count=1)


def _placed(rows: Iterable[_Row], date: dt.date | None, title: str) -> Iterator[Event]:
    rows = list(rows)
    year = next((row.moment.day for row in rows if row.moment.day and row.moment.has_year), None)
    origin = year or date or find_date(title) or dt.date(2000, 1, 1)
    halves = any(row.moment.half for row in rows)
    calendar = _Calendar(origin, twelve_hours=halves, zones=_zones(rows))
    for row in rows:
        at, until = calendar.place(row.moment)
        yield Event(row.first_line, row.last_line, row.text, at, until, row.statements)


def _zones(rows: Sequence[_Row]) -> bool:
    """Return whether rows name different zones, so that they have to be brought to one."""
    return len({row.moment.offset for row in rows if row.moment.offset is not None}) > 1


class _Calendar:
    """Turns moments, in the order of the file, into minutes since ``origin``."""

    def __init__(self, origin: dt.date, *, twelve_hours: bool, zones: bool) -> None:
        self._origin = origin
        self._twelve_hours = twelve_hours
        self._zones = zones
        self._offset = 0
        self._last: int | None = None

    def place(self, moment: Moment) -> tuple[int | None, int | None]:
        """Return the minutes of ``moment`` and of the end of its range; None where they are not told."""
        if moment.minute is None:
            return None, None
        minute = moment.minute
        if self._zones:
            self._offset = moment.offset if moment.offset is not None else self._offset
            minute -= self._offset
        days = self._days(moment)
        at = (
            minute + days * MINUTES_A_DAY
            if days is not None
            else self._after(minute, marked=bool(moment.half))
        )
        if self._last is not None and at < self._last - MINUTES_A_DAY:
            return None, None
        self._last = at
        until = None
        if moment.until is not None:
            until = at + (moment.until - moment.minute) % MINUTES_A_DAY
        return at, until

    def _days(self, moment: Moment) -> int | None:
        if moment.day is None:
            return None
        day = moment.day
        if not moment.has_year:
            around = self._origin + dt.timedelta(days=(self._last or 0) // MINUTES_A_DAY)
            day = _nearest_year(day, around)
        return (day - self._origin).days

    def _after(self, minute: int, *, marked: bool) -> int:
        """Place a clock without a date after the row before it."""
        if self._last is None:
            return minute
        at = self._last - self._last % MINUTES_A_DAY + minute
        if self._twelve_hours and not marked and at < self._last and minute < MINUTES_A_DAY // 2:
            later = at + MINUTES_A_DAY // 2
            if later >= self._last:
                return later
        return at + MINUTES_A_DAY if self._last - at > OUT_OF_ORDER_MINUTES else at


def _nearest_year(day: dt.date, around: dt.date) -> dt.date:
    best = day
    for year in (around.year - 1, around.year, around.year + 1):
        try:
            candidate = day.replace(year=year)
        except ValueError:
            continue
        if best.year == 2000 or abs((candidate - around).days) < abs((best - around).days):
            best = candidate
    return best
