"""Incidents that share a failure, and what that has cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from rca_search.models.answers import Freshness, Recurrence


class Trend(StrEnum):
    """Whether a failure comes back more often than it did, by two equal periods."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """One incident of a family."""

    id: str
    title: str
    date: dt.date | None
    severity: str | None
    services: tuple[str, ...]
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """Incidents of one view that probably share a failure, as far as a filter lets them through.

    ``id`` follows from the earliest incident of the family in the view. ``members`` are the incidents that
    the filter lets through, by day, those without one last; ``total`` counts all of the view. ``minutes``
    adds up the durations that are on record, of ``timed`` members; ``cost_minutes`` takes the typical
    duration of the view's incidents for the others. ``months`` counts members by month (YYYY-MM), months
    without one left out. ``recurrence`` is what is on record of all of them, whatever the filter.
    """

    id: str
    name: str
    members: tuple[FamilyMember, ...]
    total: int
    services: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None
    minutes: int
    timed: int
    cost_minutes: int
    severity: str | None
    trend: Trend
    months: tuple[tuple[str, int], ...]
    recurrence: Recurrence | None = None

    @property
    def count(self) -> int:
        """Count the members that the filter lets through."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Families:
    """Families of one view, the costliest first; ``found`` of them there are, of ``incidents`` that count.

    ``until`` is the day that trends are told by: the last of the period, else that of the newest incident.
    """

    families: tuple[Family, ...]
    found: int
    incidents: int
    until: dt.date | None
    freshness: Freshness
