"""Text -> a moment: the day, the time of day, or both, as people write them in headers and timelines."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from rca_search.text.dates import find_date
from rca_search.text.language import month_pattern, months

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
_WEEKDAY_ONLY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?", re.I)
_ISO = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")
_OF = r"(?:(?:of|de|d'|del)\s?)?"


@cache
def _named() -> re.Pattern[str]:
    """Return the pattern of a day with the name of its month, with the year or without."""
    name = month_pattern()
    return re.compile(
        rf"(?:(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+{_OF}(?P<m1>{name})\.?(?![^\W\d_])"
        rf"|(?P<m2>{name})\.?(?![^\W\d_])\s+(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:]))"
        rf"(?:,?\s+{_OF}(?P<year>[0-9]{{4}})(?![0-9:]))?",
        re.I,
    )


_IDEOGRAPHS = re.compile(
    r"(?:(?P<year>[0-9]{4})\s*年\s*)?(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日"
)
_NUMERIC = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}(?![0-9])")
_SHORT_DAY = re.compile(r"(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?=[ T][0-9]{1,2}:)")
_GAP = re.compile(r"[\s,T@|*_\u2013-]*(?:(?:at|on|around|about|~)\s*)?[~*_]*", re.I)
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})\s?(?:[:.h](?P<minute>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]{1,6})?)?|(?=\s?[ap]\.?m))"
    r"\s?(?P<half>[ap](?:\.?m\.?)?(?![a-z]))?(?![0-9]|:[0-9])",
    re.I,
)
_RELATIVE = re.compile(
    r"T\s?\+\s?(?=[0-9])(?:(?P<d>[0-9]{1,2})\s?d)?\s?(?:(?P<h>[0-9]{1,3})\s?(?:h(?:ours?|rs?)?|:(?=[0-9]{2})))?\s?"
    r"(?:(?P<m>[0-9]{1,4})\s?(?:m(?:in(?:ute)?s?)?(?![a-z]))?)?(?![0-9:])",
    re.I,
)
"""Time since the beginning: T+5m, T+1h10m, T+0:45."""
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


def read_moment(text: str, *, bare: bool = False) -> Moment | None:
    """Read the date, the time, or both at the start of ``text``; None where it starts otherwise.

    ``bare`` takes four digits for a time of the day, as in "between 1900 and 2100 UTC".
    """
    text = text[: MAX_MOMENT_CHARS + 40]
    start = _end(_LEAD, text, 0)
    start = _end(_WEEKDAY, text, start)
    since = _RELATIVE.match(text, start)
    if since and any(since.groups()):
        days, hours, minutes = (int(since[part] or 0) for part in ("d", "h", "m"))
        return Moment(None, False, (days * 24 + hours) * 60 + minutes, "", None, since.end())
    day, has_year, end = _read_day(text, start)
    at = _end(_GAP, text, end) if day else start
    clock = _CLOCK.match(text, at) or (_BARE_CLOCK.match(text, at) if day or bare else None)
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


def is_weekday(text: str) -> bool:
    """Return whether ``text`` is the name of a day of the week, and no more."""
    return _WEEKDAY_ONLY.fullmatch(text.strip()) is not None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _read_day(text: str, at: int) -> tuple[dt.date | None, bool, int]:
    for pattern in (_ISO, _NUMERIC):
        match = pattern.match(text, at)
        if match:
            day = find_date(match[0]) or _day_first(match[0])
            return day, True, match.end()
    match = _named().match(text, at) if text[at : at + 1].isalnum() else None
    if match:
        month = months()[(match["m1"] or match["m2"]).lower()]
        return _date(match["year"], month, match["d1"] or match["d2"]), bool(match["year"]), match.end()
    match = _IDEOGRAPHS.match(text, at)
    if match:
        day = _date(match["year"], int(match["month"]), match["day"])
        return day, bool(match["year"]), match.end()
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


def minutes_between(start: str, end: str) -> int | None:
    """Return the minutes from one stated moment to another; None where that cannot be told.

    A day that only the first gives holds for the second, which is then within 24 hours. A zone that only one
    of them names is meant for both.
    """
    first, last = read_moment(start), read_moment(end)
    if first is None or last is None or first.minute is None or last.minute is None:
        return None
    both = first.offset is not None and last.offset is not None
    shift = (first.offset or 0) - (last.offset or 0) if both else 0
    minutes = last.minute - first.minute + shift
    if last.day is None or first.day is None:
        return minutes % MINUTES_A_DAY
    return minutes + (last.day - first.day).days * MINUTES_A_DAY
