"""Families of a view ranked by what they have cost, as far as a filter lets their incidents through."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.clustering import by_day, family_id
from rca_search.insight.families.index import FamilyIndex
from rca_search.insight.families.naming import family_name
from rca_search.models import Family, FamilyMember, Filter, Role, Trend
from rca_search.ranking.filters import candidates
from rca_search.views import View

TREND_DAYS = 180
"""Length of each of the two periods that a trend compares."""

NAMED_BY = 8
"""Members whose text gives the words of a name, the earliest ones."""

_TOLD = frozenset({Role.SUMMARY, Role.SYMPTOM, Role.IMPACT})
_TRENDS = (Trend.RISING, Trend.STEADY, Trend.FALLING, Trend.UNKNOWN)
_LEVELS: Mapping[str, int] = {
    "critical": 1, "blocker": 1, "emergency": 1, "high": 2, "major": 2, "medium": 3, "moderate": 3,
    "minor": 4, "low": 4, "trivial": 5,
}  # fmt: skip
_NUMBER = re.compile(r"\d+")
_UNRANKED = 99


@dataclass(frozen=True, slots=True)
class Ranking:
    """All families that a filter leaves something of, the costliest first, without names."""

    families: tuple[tuple[Family, tuple[int, ...]], ...]
    incidents: int
    until: dt.date | None


class FamilyRanker:
    """Ranks and names the families of one snapshot."""

    def __init__(self, snapshot: Snapshot, index: FamilyIndex) -> None:
        """Take the snapshot and its families."""
        self._snapshot = snapshot
        self._index = index

    def rank(self, view: View, wanted: Filter) -> Ranking:
        """Return the families of ``view`` with at least one incident that ``wanted`` lets through.

        Raises IndexFormatError where the version was made without families.
        """
        catalogue = self._snapshot.catalogue
        counted = self._index.counted(view)
        allowed = candidates(catalogue, wanted)
        days = [date for one in counted if allowed[one] and (date := catalogue.dates[one]) is not None]
        until = wanted.until or max(days, default=None)
        typical = self._typical(counted)
        found = []
        for group in self._index.groups(view):
            members = [one for one in by_day(catalogue, group) if allowed[one]]
            if members:
                found.append((self._family(group, members, typical, until), tuple(by_day(catalogue, group))))
        found.sort(key=lambda entry: _cost(entry[0]))
        return Ranking(tuple(found), sum(bool(allowed[one]) for one in counted), until)

    def named(self, family: Family, group: Sequence[int], view: View) -> Family:
        """Return ``family`` with a name from the words of the documents in ``group``."""
        chosen = group[:NAMED_BY]
        lexical = self._snapshot.lexical
        name = family_name(
            [self._snapshot.catalogue.titles[one] for one in chosen],
            [self._told(one) for one in chosen],
            lambda term: lexical.inverse_document_frequency(term, view=view),
        )
        return replace(family, name=name)

    def _family(
        self, group: Iterable[int], members: Sequence[int], typical: int, until: dt.date | None
    ) -> Family:
        catalogue = self._snapshot.catalogue
        shown = tuple(self._member(one) for one in members)
        days = [member.date for member in shown if member.date is not None]
        known = [member.minutes for member in shown if member.minutes is not None]
        services = Counter(name for member in shown for name in member.services[:1])
        return Family(
            id=family_id(catalogue, group),
            name="",
            members=shown,
            total=len(tuple(group)),
            services=tuple(sorted(services, key=lambda name: (-services[name], name))),
            first=min(days, default=None),
            last=max(days, default=None),
            minutes=sum(known),
            timed=len(known),
            cost_minutes=sum(known) + typical * (len(shown) - len(known)),
            severity=min(
                (member.severity for member in shown if member.severity), key=severity_rank, default=None
            ),
            trend=trend(days, until),
            months=tuple(sorted(Counter(day.strftime("%Y-%m") for day in days).items())),
        )

    def _member(self, ordinal: int) -> FamilyMember:
        catalogue = self._snapshot.catalogue
        return FamilyMember(
            id=catalogue.ids[ordinal],
            title=catalogue.titles[ordinal],
            date=catalogue.dates[ordinal],
            severity=catalogue.severities[ordinal],
            services=catalogue.services[ordinal],
            minutes=self._index.minutes(ordinal),
        )

    def _typical(self, counted: Iterable[int]) -> int:
        """Return the median duration on record, 0 where none is."""
        known = [minutes for one in counted if (minutes := self._index.minutes(one)) is not None]
        return round(float(np.median(known))) if known else 0

    def _told(self, ordinal: int) -> str:
        chunks = self._snapshot.chunks_by_ordinal(ordinal).values()
        return next((chunk.text for chunk in chunks if chunk.role in _TOLD), "")


def severity_rank(severity: str) -> tuple[int, str]:
    """Return a key that sorts severities, the worst first: by number, else by word, unknown ones last."""
    number = _NUMBER.search(severity)
    if number:
        return int(number[0]), severity
    words = severity.casefold().split()
    return min((_LEVELS.get(word, _UNRANKED) for word in words), default=_UNRANKED), severity


def trend(days: Sequence[dt.date], until: dt.date | None) -> Trend:
    """Compare the ``TREND_DAYS`` days up to ``until`` with as many before them."""
    if until is None or not days:
        return Trend.UNKNOWN
    ages = [(until - day).days for day in days]
    recent = sum(0 <= age < TREND_DAYS for age in ages)
    before = sum(TREND_DAYS <= age < 2 * TREND_DAYS for age in ages)
    if recent == before:
        return Trend.STEADY
    return Trend.RISING if recent > before else Trend.FALLING


def _cost(family: Family) -> tuple[int, int, tuple[int, str], int, str]:
    worst = severity_rank(family.severity) if family.severity else (_UNRANKED, "")
    return (-family.cost_minutes, -family.count, worst, _TRENDS.index(family.trend), family.id)
