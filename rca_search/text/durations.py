"""Text -> minutes, in the spellings that people use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache

from rca_search.text.dates import FieldError
from rca_search.text.language import languages, units

# A year: longer "durations" are typing errors or exposure windows that nobody waited through.
MAX_MINUTES = 366 * 24 * 60
MAX_DURATION_CHARS = 80

_UNITS = {"w": 10080.0, "d": 1440.0, "h": 60.0, "m": 1.0, "s": 1 / 60}
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+|,[0-9]{1,2}(?![0-9]))?)"
_THOUSANDS = re.compile(r",(?=[0-9]{3}(?![0-9]))")
_JOINTS = (",", "&")
_ABOUT_SIGNS = ("~", "\u2248", "approx.", "ca.")


@cache
def _about() -> re.Pattern[str]:
    words = {*_ABOUT_SIGNS, *(word for language in languages() for word in language.about)}
    return re.compile(rf"(?:{_any_of(words)})\s*", re.I)


@cache
def _part() -> re.Pattern[str]:
    """Return the pattern of a number with its unit, in any language, and of what joins it to the next."""
    joints = {*_JOINTS, *(word for language in languages() for word in language.joints)}
    return re.compile(
        rf"(?P<number>{_NUMBER}|an?(?=\s))\s*(?P<unit>{_any_of({*units(), *_UNITS})})"
        rf"(?![a-z\u00df-\u024f\u0430-\u044f])\.?(?:\s*(?:{_any_of(joints)})?\s*)",
        re.I,
    )


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))


_SHORT = re.compile(r"(?P<hours>[0-9]{1,3})\s*h\s*(?P<minutes>[0-5]?[0-9])(?![0-9:.])\s*", re.I)
_CLOCK = re.compile(
    r"(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9]))?(?![0-9:])\s*"
)
_ISO = re.compile(
    rf"P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?",
    re.I,
)
# A remark may follow, another number may not: "2 hours (10:00 - 12:00)" is clear, "2 to 3 hours" is not.
_BARE = re.compile(_NUMBER + r"\s*(?=$|\()")
_REMARK = re.compile(r"$|[(\[,;.]|[\u2013\u2014-]\s*(?![0-9\s])|(?!to\b|or\b|(?:a )?half\b)[a-z]", re.I)
_REMEDY = "Write minutes (75), or hours and minutes (1h 15m)."


def parse_minutes(text: str, *, unit: str = "m") -> int:
    """Read a duration and return whole minutes, halves rounded up.

    Known are ``75``, ``75m``, ``1h 15m``, ``1h15``, ``2 hours 5 minutes``, ``1.5 hours``, ``0:45``
    (hours and minutes), ``1:30:00``, ``1d 2h``, ``PT1H30M``, with "about" before it or a remark in
    parentheses behind it. A bare number counts in ``unit`` (``w d h m s``). Raises FieldError on
    anything else.
    """
    text = text.strip()[:MAX_DURATION_CHARS]
    match = _about().match(text)
    start = match.end() if match else 0
    for read in (_read_iso, _read_short, _read_parts, _read_clock):
        found = read(text, start)
        if found:
            return _checked(*found, text)
    match = _BARE.match(text, start)
    if match:
        return _checked(_value(match.group()) * _UNITS[unit], match.end(), text)
    raise FieldError("duration", f"{text!r} is not a duration.", _REMEDY)


def _read_iso(text: str, start: int) -> tuple[float, int] | None:
    match = _ISO.match(text, start)
    if not match or not any(match.groups()):
        return None
    parts = ((unit.lower(), number) for unit, number in match.groupdict().items() if number)
    return sum(_value(number) * _UNITS[unit] for unit, number in parts), match.end()


def _read_short(text: str, start: int) -> tuple[float, int] | None:
    match = _SHORT.match(text, start)
    if not match or text[match.end() : match.end() + 1].isalpha():
        return None
    return int(match["hours"]) * 60.0 + int(match["minutes"]), match.end()


def _read_parts(text: str, start: int) -> tuple[float, int] | None:
    total, end, last = 0.0, start, math.inf
    while match := _part().match(text, end):
        name = match["unit"].casefold()
        unit = _UNITS[units().get(name, name)]
        if unit >= last:
            break
        total += (1.0 if match["number"].lower().startswith("a") else _value(match["number"])) * unit
        end, last = match.end(), unit
    return (total, end) if end > start else None


def _read_clock(text: str, start: int) -> tuple[float, int] | None:
    match = _CLOCK.match(text, start)
    if not match:
        return None
    seconds = int(match["seconds"] or 0)
    return int(match["hours"]) * 60.0 + int(match["minutes"]) + seconds / 60, match.end()


def _value(number: str) -> float:
    """Read "1,200" and "1.5" as English does, and "1,5" as most others do."""
    return float(_THOUSANDS.sub("", number.strip(" (")).replace(",", "."))


def _checked(minutes: float, end: int, text: str) -> int:
    if not _REMARK.match(text, end):
        raise FieldError("duration", f"{text!r} is no clear duration.", _REMEDY)
    if minutes > MAX_MINUTES:
        raise FieldError("duration", f"{text!r} is longer than a year.", _REMEDY)
    return math.floor(minutes + 0.5)
