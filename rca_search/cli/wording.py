"""Dates, durations and counts in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rca_search.models import Difference, DifferenceKind, Freshness, Side

_WEEKS_FROM, _MONTHS_FROM, _YEARS_FROM = 14, 61, 731
_DAYS_A_MONTH, _DAYS_A_YEAR = 30.44, 365.25
_MINUTES_AN_HOUR, _MINUTES_A_DAY = 60, 24 * 60

_LONGEST_SYMPTOM = 60
_MOST_DIFFERENCES = 4


def age(date: dt.date, today: dt.date) -> str:
    """Say how long ago ``date`` was; an empty text for a day to come."""
    days = (today - date).days
    if days < 0:
        return ""
    if days < 2:
        return ("today", "yesterday")[days]
    if days < _WEEKS_FROM:
        return f"{days} days ago"
    if days < _MONTHS_FROM:
        return f"{days // 7} weeks ago"
    if days < _YEARS_FROM:
        return f"{int(days / _DAYS_A_MONTH)} months ago"
    return f"{int(days / _DAYS_A_YEAR)} years ago"


def elapsed(then: dt.datetime, now: dt.datetime) -> str:
    """Say how long ago ``then`` was, to the minute while that matters."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    if minutes < _MINUTES_AN_HOUR:
        return f"{counted(minutes, 'minute')} ago"
    if minutes < 2 * _MINUTES_A_DAY:
        return f"{counted(minutes // 60, 'hour')} ago"
    return age((now - dt.timedelta(minutes=minutes)).date(), now.date())


def duration(minutes: int) -> str:
    """Say how long something took, in its two largest units."""
    if minutes < _MINUTES_AN_HOUR:
        return f"{minutes} min"
    if minutes < 2 * _MINUTES_A_DAY:
        large, small, units = minutes // 60, minutes % 60, ("h", "min")
    else:
        hours = minutes // 60
        large, small, units = hours // 24, hours % 24, ("d", "h")
    return f"{large} {units[0]} {small} {units[1]}" if small else f"{large} {units[0]}"


def severity_text(severity: str) -> str:
    """Return a severity as the file spells it; a bare number, which could be anything, is called one."""
    return f"severity {severity}" if severity.isdigit() else severity


def counted(number: int, noun: str) -> str:
    """Return ``1 file`` or ``3 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(count: int) -> str:
    """Return a number of bytes in a unit that keeps it short."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def differences(found: Iterable[Difference], side: Side) -> str:
    """Return what only one side names, the first of it; "" where that is nothing."""
    told = [_difference(one) for one in found if one.side is side]
    left = len(told) - _MOST_DIFFERENCES
    return ", ".join(told[:_MOST_DIFFERENCES]) + (f" and {left} more" if left > 0 else "")


def _difference(one: Difference) -> str:
    if one.kind is not DifferenceKind.SYMPTOM:
        return one.subject
    words = one.subject
    if len(words) > _LONGEST_SYMPTOM:
        words = f"{words[:_LONGEST_SYMPTOM].rpartition(' ')[0] or words[:_LONGEST_SYMPTOM]} …"
    return f'"{words}"'


def stale_message(freshness: Freshness) -> str:
    """Say since when the index is stale, and what to do."""
    ago = "at an unknown time"
    if freshness.checked_at is not None:
        ago = elapsed(freshness.checked_at, dt.datetime.now(dt.UTC))
    return f"The index is stale: last checked {ago}. Bring it up to date with: rca-search build FOLDER"
