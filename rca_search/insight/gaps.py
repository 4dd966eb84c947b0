"""What is missing in the documents of a view. Each sort of gap is one function and one field of ``Gaps``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from rca_search.errors import InvalidRequestError
from rca_search.insight.graph import LinkGraph, missing_links
from rca_search.insight.library import Library
from rca_search.models import (
    DanglingLink,
    EdgeKind,
    Gaps,
    Kind,
    StaleRunbook,
    UncoveredService,
    UnlinkedRunbook,
)
from rca_search.ranking.filters import fold
from rca_search.sources.values import is_name
from rca_search.views import View

DEFAULT_STALE_FROM = 3

_MAX_STALE_FROM = 10_000
_LEADS_TO = {
    EdgeKind.LINK,
    EdgeKind.RELATED,
    EdgeKind.RUNBOOK,
    EdgeKind.SUPERSEDES,
    EdgeKind.MENTION,
    EdgeKind.URL,
}


def find_gaps(library: Library, view: View, *, stale_from: int = DEFAULT_STALE_FROM) -> Gaps:
    """Return the gaps among the documents of ``view``.

    A runbook is stale where ``stale_from`` incidents or more came after its last update. Raises
    InvalidRequestError where that number is out of range.
    """
    if not 1 <= stale_from <= _MAX_STALE_FROM:
        raise InvalidRequestError(
            f"{stale_from} incidents are not between 1 and {_MAX_STALE_FROM:,}.",
            remedy="Say from how many incidents on a runbook counts as stale.",
        )
    graph = library.graph(view)
    return Gaps(
        stale_from=stale_from,
        dangling_links=tuple(_dangling(library, view, graph)),
        stale_runbooks=tuple(_stale(library, view, stale_from)),
        uncovered_services=tuple(_uncovered(library, view, graph)),
        unlinked_runbooks=tuple(_unlinked(library, view, graph)),
    )


def _dangling(library: Library, view: View, graph: LinkGraph) -> Iterator[DanglingLink]:
    catalogue, ordinals = library.snapshot.catalogue, library.snapshot.ordinals
    near: dict[str, tuple[str, ...]] = {}
    for reference, found in missing_links(library.snapshot, view):
        target = reference.link.target
        if not found and target not in near:
            near[target] = graph.near(target)
        yield DanglingLink(
            source_id=reference.source_id,
            path=catalogue.paths[ordinals[reference.source_id]],
            line=reference.link.line,
            target=target,
            candidates=tuple(sorted(catalogue.ids[ordinal] for ordinal in found)),
            near=() if found else near[target],
        )


def _stale(library: Library, view: View, stale_from: int) -> list[StaleRunbook]:
    ages = library.ages(view)
    found: list[StaleRunbook] = []
    for ordinal in _of_kind(library, view, Kind.RUNBOOK):
        document = library.snapshot.document(ordinal)
        age = ages.of(document)
        if age.incidents_since >= stale_from:
            found.append(StaleRunbook(document.id, document.title, document.path, age))
    return sorted(found, key=lambda each: (-each.age.incidents_since, each.document_id))


def _uncovered(library: Library, view: View, graph: LinkGraph) -> list[UncoveredService]:
    catalogue = library.snapshot.catalogue
    spelled: dict[str, str] = {}
    incidents: dict[str, list[int]] = {}
    for ordinal in _of_kind(library, view, Kind.INCIDENT):
        for service in filter(is_name, catalogue.services[ordinal]):
            spelled[fold(service)] = min(service, spelled.get(fold(service), service))
            incidents.setdefault(fold(service), []).append(ordinal)
    found: list[UncoveredService] = []
    for folded, ordinals in incidents.items():
        if not graph.has_runbook(spelled[folded]):
            dates = [date for ordinal in ordinals if (date := catalogue.dates[ordinal]) is not None]
            found.append(UncoveredService(spelled[folded], len(ordinals), max(dates, default=None)))
    return sorted(found, key=lambda each: (-each.incidents, each.last_incident or dt.date.max, each.service))


def _unlinked(library: Library, view: View, graph: LinkGraph) -> Iterator[UnlinkedRunbook]:
    reached = {edge.target for edge in graph.edges if edge.kind in _LEADS_TO}
    catalogue = library.snapshot.catalogue
    for ordinal in _of_kind(library, view, Kind.RUNBOOK):
        name = catalogue.ids[ordinal]
        if name not in reached:
            yield UnlinkedRunbook(name, catalogue.titles[ordinal], catalogue.paths[ordinal])


def _of_kind(library: Library, view: View, kind: Kind) -> list[int]:
    found: list[int] = np.flatnonzero(view.documents & library.snapshot.of_kind(kind)).tolist()
    return found
