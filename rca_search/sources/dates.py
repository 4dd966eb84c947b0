"""Text -> calendar date, in the spellings that people use; never a guess."""

from __future__ import annotations

import datetime as dt
import re

from rca_search.sources.values import FieldError

# Older than any incident record and younger than any plan: outside it is a typing error.
EARLIEST_YEAR = 1980
LATEST_YEAR = 2100
# A date stands at the start of its field; what follows is a time or a remark.
MAX_DATE_CHARS = 60

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NAME = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?P<rest>[a-z]{0,6})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: ?[-\u2013] ?[0-9]{1,2}(?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>[0-9]{4})"
_END = r"(?![0-9A-Za-z])"
_NAMED = tuple(
    re.compile(pattern + _END, re.IGNORECASE)
    for pattern in (
        rf"(?<![0-9A-Za-z]){_DAY}[ -]+(?:of )?{_NAME},?[ -]+{_YEAR}",
        rf"(?<![0-9A-Za-z]){_NAME} +{_DAY},? +{_YEAR}",
    )
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


def parse_date(text: str) -> dt.date:
    """Read the date at the start of ``text``; a time, an offset or the end of a range after it is ignored.

    Known are ``2025-03-05``, ``2025/03/05``, ``20250305``, ``2025-03-05T23:30:00+02:00`` (the day as
    written), ``5 March 2025``, ``March 5-7, 2025`` (the first day), ``Mar 5 2025``, ``5.3.2025`` (day
    first) and ``14/10/2021`` where only one reading exists. Raises FieldError on anything else, an
    impossible or an ambiguous date included.
    """
    text = _WEEKDAY.sub("", text.strip()[:MAX_DATE_CHARS], count=1)
    for pattern in (_YEAR_FIRST, _COMPACT, *_NAMED):
        match = pattern.match(text)
        if match and _TAIL.match(text, match.end()):
            return _date(match, text)
    match = _YEAR_LAST.match(text)
    if match and _TAIL.match(text, match.end()):
        return _year_last(match, text)
    raise FieldError("date", f"{text!r} is not a date.", _REMEDY)


def find_date(text: str) -> dt.date | None:
    """Return the first date inside a file name, a folder or a title, None where there is no clear one."""
    text = text[:300]
    for pattern in (_YEAR_FIRST, _COMPACT, *_NAMED):
        for match in pattern.finditer(text):
            try:
                return _date(match, text)
            except FieldError:
                continue
    return None


def _date(match: re.Match[str], text: str) -> dt.date:
    return _checked(int(match["year"]), _month(match), int(match["day"]), text)


def _month(match: re.Match[str]) -> int:
    name = match["month"].lower()
    if name.isdigit():
        return int(name)
    full = name + match["rest"].lower()
    for number, month in enumerate(_MONTHS, 1):
        if month == full or full in {month[:3], month[:4]}:
            return number
    raise FieldError("date", f"{full!r} is no month.", _REMEDY)


def _year_last(match: re.Match[str], text: str) -> dt.date:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    day_first = match["mark"] == "." or first > 12 or first == second
    if not day_first and second <= 12:
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
