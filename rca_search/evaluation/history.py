"""Which incidents belong together, by the links that the team wrote itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Kind

DIRECT, CHAINED = 2, 1
"""Grades of an earlier incident: a link joins the two, or links join them by way of other incidents."""


class Joined(StrEnum):
    """By what an incident belongs to earlier ones; the first that holds counts."""

    LINKED = "linked"
    """It links to an earlier one."""
    NAMED = "named"
    """An earlier one links to it, which must have been written later than the incident."""
    CHAINED = "chained"
    """Links join them by way of other incidents."""


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An incident of the index."""

    id: str
    date: dt.date | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All incidents by id, the incidents that each links to, and the group that each belongs to.

    Links in either direction and of any age make a group; runbooks, service notes and other documents never
    do, or a list of all incidents would make one group of them all. An incident without links is a group of
    its own, and a link of a document to itself counts for nothing.
    """

    incidents: Mapping[str, PastIncident]
    links: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, snapshot: Snapshot) -> History:
        """Read the incidents and their links; a link that means several documents, or none, joins nothing."""
        catalogue = snapshot.catalogue
        columns = zip(catalogue.ids, catalogue.kinds, catalogue.dates, catalogue.services, strict=True)
        incidents = [
            PastIncident(name, date, services)
            for name, kind, date, services in columns
            if kind is Kind.INCIDENT
        ]
        references = snapshot.references
        return cls.from_links(incidents, ((each.source_id, each.target_id) for each in references))

    @classmethod
    def from_links(
        cls, incidents: Iterable[PastIncident], pairs: Iterable[tuple[str, str | None]]
    ) -> History:
        """Join ``incidents`` by ``pairs`` of source and target; what is no incident is passed over."""
        known = {incident.id: incident for incident in incidents}
        links: dict[str, set[str]] = {name: set() for name in known}
        for source, target in pairs:
            if source in known and target in known and source != target:
                links[source].add(str(target))
        frozen = {name: frozenset(targets) for name, targets in links.items()}
        return cls(known, frozen, _groups(frozen))

    def earlier(self, name: str) -> dict[str, int]:
        """Return the grades of the incidents of the group of ``name`` that have an earlier day.

        Empty where it has no date; others without one are no part, since nobody knows if they came before.
        """
        day = self.incidents[name].date
        if day is None:
            return {}
        return {
            other: DIRECT if self._directly(name, other) else CHAINED
            for other in sorted(self.groups[name])
            if (date := self.incidents[other].date) is not None and date < day
        }

    def joined(self, name: str, earlier: Iterable[str]) -> Joined:
        """Say by what ``name`` belongs to ``earlier``."""
        before = set(earlier)
        if before & self.links[name]:
            return Joined.LINKED
        return Joined.NAMED if any(name in self.links[other] for other in before) else Joined.CHAINED

    def undated(self) -> tuple[str, ...]:
        """Return the incidents without a date."""
        return tuple(name for name, incident in self.incidents.items() if incident.date is None)

    def _directly(self, one: str, other: str) -> bool:
        return other in self.links[one] or one in self.links[other]


def _groups(links: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return the connected component of each incident, links taken in both directions."""
    neighbours: dict[str, set[str]] = {name: set(targets) for name, targets in links.items()}
    for name, targets in links.items():
        for target in targets:
            neighbours[target].add(name)
    groups: dict[str, frozenset[str]] = {}
    for start in links:
        if start in groups:
            continue
        reached, waiting = {start}, [start]
        while waiting:
            new = neighbours[waiting.pop()] - reached
            reached |= new
            waiting.extend(new)
        groups.update(dict.fromkeys(reached, frozenset(reached)))
    return groups
