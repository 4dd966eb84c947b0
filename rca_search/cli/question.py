"""Where a question comes from: the command line, a file, standard input, or a document of the index."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rca_search.cli.screen import Screen
from rca_search.errors import InvalidRequestError
from rca_search.models import Filter, Origin
from rca_search.text.dates import FieldError
from rca_search.text.durations import parse_minutes

STANDARD_INPUT = "-"
MAX_BYTES = 1024 * 1024
"""Bytes of a question that are read; the service takes fewer characters than this."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was put: its text, or the name of a document; ``source`` says which way it came."""

    source: Literal["text", "file", "stdin", "incident"]
    text: str = ""
    incident: str | None = None

    @property
    def origin(self) -> Origin:
        """Where it came from."""
        return Origin(self.source, self.incident)


def read_question(words: Sequence[str], file: str | None, incident: str | None, screen: Screen) -> Question:
    """Return the question; raises InvalidRequestError where there is none, or more than one."""
    text = " ".join(words)
    given = [name for name, value in (("TEXT", text), ("--file", file), ("--incident", incident)) if value]
    if len(given) > 1:
        raise InvalidRequestError(
            f"{' and '.join(given)} were both given."
            if len(given) == 2
            else f"{', '.join(given)} were all given.",
            remedy="Ask with one of them.",
        )
    if incident is not None:
        return Question("incident", incident=_argument(incident))
    if file is not None and file != STANDARD_INPUT:
        return Question("file", text=_read_file(file, screen))
    if words and text != STANDARD_INPUT:
        return Question("text", text=_argument(text))
    if not words and file is None and sys.stdin is not None and sys.stdin.isatty():
        raise InvalidRequestError(
            "There is no question.",
            remedy="Give it as TEXT in quotes, with --file FILE or --incident ID, or pipe it in.",
        )
    return Question("stdin", text=_read_input(screen))


def read_filter(
    services: Sequence[str] | None,
    severities: Sequence[str] | None,
    tags: Sequence[str] | None,
    since: str | None,
    until: str | None,
) -> Filter:
    """Return the filter that the options describe; raises InvalidRequestError on a bad date."""
    first, last = read_date("--since", since), read_date("--until", until)
    if first is not None and last is not None and first > last:
        raise InvalidRequestError(
            f"--since {first} is after --until {last}, so no incident can pass.", remedy="Swap them."
        )
    return Filter(
        services=_values("--service", services),
        severities=_values("--severity", severities),
        tags=_values("--tag", tags),
        since=first,
        until=last,
    )


def read_elapsed(value: str | None) -> int | None:
    """Return the minutes that have passed; raises InvalidRequestError where ``value`` is not a duration."""
    if value is None:
        return None
    try:
        return parse_minutes(value)
    except FieldError as error:
        raise InvalidRequestError(
            f"--elapsed takes a time such as 45m or 1h30, not {value!r}.", remedy=error.remedy
        ) from None


def read_date(option: str, value: str | None) -> dt.date | None:
    """Return the day that ``value`` names; raises InvalidRequestError on anything but YYYY-MM-DD."""
    if value is None:
        return None
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise InvalidRequestError(
            f"{option} takes a day such as 2026-03-31, not {value!r}.", remedy="Write it as YYYY-MM-DD."
        ) from None


def _values(option: str, values: Sequence[str] | None) -> tuple[str, ...]:
    if any(not value.strip() for value in values or ()):
        raise InvalidRequestError(f"{option} is empty.", remedy=f"Leave {option} out, or name one.")
    return tuple(values or ())


def _argument(text: str) -> str:
    """Return an argument with bytes that are no UTF-8 replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read_file(file: str, screen: Screen) -> str:
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidRequestError(
            f"The question file {file!r} cannot be read: {reason}.", remedy="Check its name and permissions."
        ) from error
    return _decoded(content, file, screen)


def _read_input(screen: Screen) -> str:
    if sys.stdin is None:
        raise InvalidRequestError("Standard input is closed.", remedy="Give the question as TEXT.")
    return _decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input", screen)


def _decoded(content: bytes, name: str, screen: Screen) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidRequestError(
            f"The question in {name} is longer than {MAX_BYTES:,} bytes.",
            remedy="Pass the part that shows what went wrong.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        screen.warn(
            f"{name} is not UTF-8 (byte {error.start + 1}); what cannot be read is replaced in the question."
        )
        return content.decode("utf-8", "replace")
