"""Logging, set up once by an entry point: one line per record, as text or JSON, on standard error.

Whatever reaches a line from outside cannot forge another: control characters are escaped, and in text
the lines of a traceback are set off by a bar. Other libraries are heard from WARNING on.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, TextIO

__all__ = ["configure_logging", "fields", "request_id"]

#: The id of the HTTP request being answered; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_OWN = ("rca_search", "uvicorn")
# C0, DEL and C1, and what some viewers take for a line end or for a change of writing direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def configure_logging(
    format: Literal["text", "json"] = "text", level: str = "INFO", *, stream: TextIO | None = None
) -> None:
    """Send records of ``level`` and above to ``stream`` (default: standard error); may be called again.

    Raises ValueError on a level that does not exist.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"{level!r} is not a log level; use DEBUG, INFO, WARNING, ERROR or CRITICAL")
    handler = _BoundedHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines() if format == "json" else _TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))
    for name in _OWN:
        logger = logging.getLogger(name)
        logger.handlers.clear()  # whoever showed these records before, such as a terminal, no longer does
        logger.propagate = True
        logger.setLevel(number)
    # The API writes a line per request itself, and says itself where it listens.
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
    logging.getLogger("uvicorn.error").setLevel(number if number == logging.DEBUG else root.level)


def fields(**values: str | int | float) -> Mapping[str, object]:
    """Return the ``extra`` of a log call that adds ``values`` to a JSON line."""
    return {"rca_fields": values}


def escape(text: str) -> str:
    """Return ``text`` with control characters spelled out, line ends included."""
    return _CONTROL.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")


def _time(record: logging.LogRecord) -> str:
    moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


LINES_AT_ONCE = 500
LINES_PER_SECOND = 50
"""Lines of one kind that are written: so many at once, and so many a second in the long run."""

_MAX_KINDS = 1000


@dataclass(slots=True)
class _Allowance:
    """How many more lines of a kind may be written, as of when, and how many were left out."""

    left: float
    at: float
    skipped: int = 0


class _BoundedHandler(logging.StreamHandler[TextIO]):
    """Leaves out what comes too often, and says how many lines those were: a flood must not fill a disk.

    Lines are of one kind if one place in the program writes them, whatever they say.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._kinds: dict[tuple[str, int, str], _Allowance] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, or count it."""
        kind = (record.name, record.levelno, str(record.msg))
        known = self._kinds.get(kind)
        if known is None:
            if len(self._kinds) >= _MAX_KINDS:
                self._kinds.clear()
            known = self._kinds[kind] = _Allowance(LINES_AT_ONCE, record.created)
        passed = max(record.created - known.at, 0.0)
        known.left = min(known.left + passed * LINES_PER_SECOND, LINES_AT_ONCE)
        known.at = record.created
        if known.left < 1:
            known.skipped += 1
            return
        known.left -= 1
        if known.skipped:
            told = f"{known.skipped:,} lines like the next one were left out."
            super().emit(logging.LogRecord(record.name, record.levelno, "", 0, told, None, None))
            known.skipped = 0
        super().emit(record)


class _TextLines(logging.Formatter):
    """``time LEVEL logger [request id] message``."""

    def format(self, record: logging.LogRecord) -> str:
        current = request_id.get()
        tag = f" [{current}]" if current else ""
        line = f"{_time(record)} {record.levelname} {record.name}{tag} {escape(record.getMessage())}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n  | {escape(part)}" for part in trace)
        return line


class _JsonLines(logging.Formatter):
    """One JSON object per line, ASCII only."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": escape(record.getMessage()),
            "request_id": request_id.get() or None,
            **getattr(record, "rca_fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)
