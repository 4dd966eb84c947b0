"""What is missing in a body of documents, as far as links, services, dates and write-ups tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.models.answers import RunbookAge
from rca_search.models.facts import ActionItem


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
class UncoveredFamily:
    """Incidents that share a failure, none of which links to a runbook or is linked to by one.

    ``first`` and ``last`` are days of ``incidents`` of them; ``service_runbooks`` are ids of runbooks about
    their services, which may or may not help.
    """

    family: str
    name: str
    incidents: int
    first: dt.date | None
    last: dt.date | None
    services: tuple[str, ...]
    service_runbooks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnclosedAction:
    """An action item that is open, or past its due day, with no completion recorded (``overdue``)."""

    document_id: str
    path: str
    date: dt.date | None
    item: ActionItem
    overdue: bool


@dataclass(frozen=True, slots=True)
class UnrecognisedDocument:
    """A document of which nothing says what it is."""

    document_id: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """All gaps, each sort with the worst first; ``stale_from`` incidents make a runbook stale.

    ``unrecorded_actions`` counts action items without a due day of which nothing says whether they were
    carried out: too weak a sign to be a gap each. Nor are documents of no known kind counted as gaps.
    """

    stale_from: int
    dangling_links: tuple[DanglingLink, ...]
    stale_runbooks: tuple[StaleRunbook, ...]
    uncovered_services: tuple[UncoveredService, ...]
    unlinked_runbooks: tuple[UnlinkedRunbook, ...]
    uncovered_families: tuple[UncoveredFamily, ...]
    unclosed_actions: tuple[UnclosedAction, ...]
    unrecorded_actions: int
    unrecognised: tuple[UnrecognisedDocument, ...] = ()

    @property
    def total(self) -> int:
        """Count the gaps of all sorts."""
        found = (
            self.dangling_links,
            self.stale_runbooks,
            self.uncovered_services,
            self.unlinked_runbooks,
            self.uncovered_families,
            self.unclosed_actions,
        )
        return sum(map(len, found))
