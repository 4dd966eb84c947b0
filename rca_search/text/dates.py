"""Text -> calendar date, in the spellings that people use; never a guess."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache

from rca_search.text.language import month_pattern, months

# Older than any incident record and younger than any plan: outside it is a typing error.
EARLIEST_YEAR = 1980
LATEST_YEAR = 2100
# A date stands at the start of its field; what follows is a time or a remark.
MAX_DATE_CHARS = 60


class FieldError(ValueError):
    """Raised for an odd value; whoever reads files turns it into a warning with file and line."""

    def __init__(self, field: str, message: str, remedy: str) -> None:
        """Keep the field's name, what is wrong in plain words, and what to write instead."""
        super().__init__(message)
        self.field = field
        self.message = message
        self.remedy = remedy


_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?(?: ?[-\u2013] ?[0-9]{1,2}(?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>[0-9]{4})"
_OF = r"(?:(?:of|de|d'|del) ?)?"
_IDEOGRAPHS = re.compile(r"(?P<year>[0-9]{4})\s*年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日?")


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of dates with the name of a month: the names are many, most dates need none."""
    name = rf"(?P<month>{month_pattern()})\.?(?![^\W\d_])"
    return tuple(
        re.compile(rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])", re.IGNORECASE)
        for pattern in (rf"{_DAY}[ -]+{_OF}{name},?[ -]+{_OF}{_YEAR}", rf"{name} +{_DAY},? +{_YEAR}")
    )


_YEAR_FIRST = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})(?P<mark>[-/._])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})(?![0-9])"
)
_COMPACT = re.compile(r"(?<![0-9])(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?![0-9])")
_YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})(?![0-9])"
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +", re.I)
_TAIL = re.compile(r"$|[\s,;(T\u2013\u2014~-]")
_REMEDY = "Write it as YYYY-MM-DD."


def parse_date(text: str, *, month_first: bool | None = None) -> dt.date:
    """Read the date at the start of ``text``; a time, an offset or the end of a range after it is ignored.

    Known are ``2025-03-05``, ``2025/03/05``, ``20250305``, ``2025-03-05T23:30:00+02:00`` (the day as
    written), ``5 March 2025``, ``March 5-7, 2025`` (the first day), ``Mar 5 2025``, ``5.3.2025`` (day
    first) and ``14/10/2021`` where only one reading exists, or ``month_first`` says which is meant. Raises
    FieldError on anything else, an impossible or an ambiguous date included.
    """
    text = _WEEKDAY.sub("", text.strip()[:MAX_DATE_CHARS], count=1)
    for pattern in _patterns():
        match = pattern.match(text)
        if match and _TAIL.match(text, match.end()):
            return _date(match, text)
    match = _YEAR_LAST.match(text)
    if match and _TAIL.match(text, match.end()):
        return _year_last(match, text, month_first)
    raise FieldError("date", f"{text!r} is not a date.", _REMEDY)


_SLASHED = re.compile(r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}(?![0-9])")
_AMERICAN = re.compile(r"[0-9]\s?[AaPp]\.?[Mm]\b|\b(?:PST|PDT|EST|EDT|CST|CDT|MST|MDT|PT|ET)\b")
_EUROPEAN = re.compile(r"\b(?:CET|CEST|BST|WEST|EET|EEST|MSK|Uhr)\b")


def is_month_first(text: str) -> bool | None:
    """Return whether dates such as 3/4/2025 give the month first in ``text``; None where nothing tells.

    Another date of the text tells it, else the clock and the zones that it uses.
    """
    pairs = [(int(first), int(second)) for first, second in _SLASHED.findall(text)]
    american, european = any(b > 12 >= a for a, b in pairs), any(a > 12 >= b for a, b in pairs)
    if american == european:
        american, european = _AMERICAN.search(text) is not None, _EUROPEAN.search(text) is not None
    return None if american == european else american


def find_date(text: str) -> dt.date | None:
    """Return the first date inside a file name, a folder or a title, None where there is no clear one."""
    text = text[:300]
    for pattern in _patterns():
        for match in pattern.finditer(text):
            try:
                return _date(match, text)
            except FieldError:
                continue
    return None


def _patterns() -> Iterator[re.Pattern[str]]:
    yield from (_YEAR_FIRST, _COMPACT, _IDEOGRAPHS)
    yield from _named()


def _date(match: re.Match[str], text: str) -> dt.date:
    return _checked(int(match["year"]), _month(match), int(match["day"]), text)


def _month(match: re.Match[str]) -> int:
    name = match["month"].lower()
    return int(name) if name.isdigit() else months()[name]


def _year_last(match: re.Match[str], text: str, month_first: bool | None) -> dt.date:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    day_first = match["mark"] == "." or first > 12 or first == second
    if not day_first and second <= 12 and month_first is not None:
        day_first = not month_first
    elif not day_first and second <= 12:
        raise FieldError("date", f"{text!r} could mean two days.", _REMEDY)
    day, month = (first, second) if day_first else (second, first)
    return _checked(year, month, day, text)


def _checked(year: int, month: int, day: int, text: str) -> dt.date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise FieldError("date", f"The year of {text!r} cannot be right.", _REMEDY)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise FieldError("date", f"{text!r} is not a day of the calendar.", _REMEDY) from None
