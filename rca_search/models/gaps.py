"""What is missing in a body of documents, as far as links, services and dates tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.models.answers import RunbookAge


@dataclass(frozen=True, slots=True)
class DanglingLink:
    """A link that leads to no document, or to several equally well (``candidates``).

    ``near`` are ids of documents with a name spelled nearly like its target, closest first.
    """

    source_id: str
    path: str
    line: int
    target: str
    candidates: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaleRunbook:
    """A runbook that was not updated although incidents came that link to it or share its service."""

    document_id: str
    title: str
    path: str
    age: RunbookAge


@dataclass(frozen=True, slots=True)
class UncoveredService:
    """A service that had incidents and has no runbook."""

    service: str
    incidents: int
    last_incident: dt.date | None


@dataclass(frozen=True, slots=True)
class UnlinkedRunbook:
    """A runbook that nothing links to or mentions."""

    document_id: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """All gaps, each sort with the worst first; ``stale_from`` incidents make a runbook stale."""

    stale_from: int
    dangling_links: tuple[DanglingLink, ...]
    stale_runbooks: tuple[StaleRunbook, ...]
    uncovered_services: tuple[UncoveredService, ...]
    unlinked_runbooks: tuple[UnlinkedRunbook, ...]

    @property
    def total(self) -> int:
        """Count the gaps of all sorts."""
        found = (self.dangling_links, self.stale_runbooks, self.uncovered_services, self.unlinked_runbooks)
        return sum(map(len, found))
