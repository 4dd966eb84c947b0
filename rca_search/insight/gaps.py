"""What is missing in the documents of a view. Each sort of gap is one function and one field of ``Gaps``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from rca_search.errors import InvalidRequestError
from rca_search.insight.families.ranking import FamilyRanker
from rca_search.insight.links.graph import LinkGraph, missing_links
from rca_search.insight.recurrence import recurrence_of_group
from rca_search.insight.version_cache import VersionCache
from rca_search.models import (
    ActionItem,
    ActionStatus,
    DanglingLink,
    EdgeKind,
    Filter,
    Gaps,
    Kind,
    StaleRunbook,
    UnclosedAction,
    UncoveredFamily,
    UncoveredService,
    UnlinkedRunbook,
    UnrecognisedDocument,
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


def find_gaps(
    library: VersionCache, view: View, *, today: dt.date, stale_from: int = DEFAULT_STALE_FROM
) -> Gaps:
    """Return the gaps among the documents of ``view``.

    A runbook is stale where ``stale_from`` incidents or more came after its last update, an action item
    overdue where its due day lies before ``today``. Raises InvalidRequestError where that number is out of
    range.
    """
    if not 1 <= stale_from <= _MAX_STALE_FROM:
        raise InvalidRequestError(
            f"{stale_from} incidents are not between 1 and {_MAX_STALE_FROM:,}.",
            remedy="Say from how many incidents on a runbook counts as stale.",
        )
    graph = library.graph(view)
    left = _left_actions(library, view)
    unclosed = [found for one in left if (found := _unclosed(library, *one, today)) is not None]
    return Gaps(
        stale_from=stale_from,
        dangling_links=tuple(_dangling(library, view, graph)),
        stale_runbooks=tuple(_stale(library, view, stale_from)),
        uncovered_services=tuple(_uncovered(library, view, graph)),
        unlinked_runbooks=tuple(_unlinked(library, view, graph)),
        uncovered_families=tuple(_uncovered_families(library, view)),
        unclosed_actions=tuple(sorted(unclosed, key=_longest_open)),
        unrecorded_actions=len(left) - len(unclosed),
        unrecognised=tuple(_unrecognised(library, view)),
    )


def _unrecognised(library: VersionCache, view: View) -> Iterator[UnrecognisedDocument]:
    catalogue = library.snapshot.catalogue
    for ordinal in np.flatnonzero(view.documents & library.snapshot.of_kind(Kind.OTHER)).tolist():
        yield UnrecognisedDocument(
            catalogue.ids[ordinal], catalogue.paths[ordinal], catalogue.titles[ordinal]
        )


def _dangling(library: VersionCache, view: View, graph: LinkGraph) -> Iterator[DanglingLink]:
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


def _stale(library: VersionCache, view: View, stale_from: int) -> list[StaleRunbook]:
    ages = library.ages(view)
    found: list[StaleRunbook] = []
    for ordinal in _of_kind(library, view, Kind.RUNBOOK):
        document = library.snapshot.document(ordinal)
        age = ages.of(document)
        if age.incidents_since >= stale_from:
            found.append(StaleRunbook(document.id, document.title, document.path, age))
    return sorted(found, key=lambda each: (-each.age.incidents_since, each.document_id))


def _uncovered(library: VersionCache, view: View, graph: LinkGraph) -> list[UncoveredService]:
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


def _unlinked(library: VersionCache, view: View, graph: LinkGraph) -> Iterator[UnlinkedRunbook]:
    reached = {edge.target for edge in graph.edges if edge.kind in _LEADS_TO}
    catalogue = library.snapshot.catalogue
    for ordinal in _of_kind(library, view, Kind.RUNBOOK):
        name = catalogue.ids[ordinal]
        if name not in reached:
            yield UnlinkedRunbook(name, catalogue.titles[ordinal], catalogue.paths[ordinal])


def _uncovered_families(library: VersionCache, view: View) -> Iterator[UncoveredFamily]:
    """Give the families without a runbook, the costliest first; none where the build looked for none."""
    if library.families.stored is None:
        return
    ranker = FamilyRanker(library.snapshot, library.families)
    for family, group in ranker.rank(view, Filter()).families:
        found = recurrence_of_group(library, group, view)
        if not found.runbooks:
            yield UncoveredFamily(
                family=family.id,
                name=ranker.named(family, group, view).name,
                incidents=family.count,
                first=found.first,
                last=found.last,
                services=family.services,
                service_runbooks=found.service_runbooks,
            )


def _left_actions(library: VersionCache, view: View) -> list[tuple[int, ActionItem]]:
    """Return every action item that is not recorded as done, with its document."""
    incidents = _of_kind(library, view, Kind.INCIDENT)
    return [(ordinal, item) for ordinal in incidents for item in library.facts(ordinal).still_open()]


def _unclosed(library: VersionCache, ordinal: int, item: ActionItem, today: dt.date) -> UnclosedAction | None:
    overdue = item.due is not None and item.due < today
    if item.status is not ActionStatus.OPEN and not overdue:
        return None
    catalogue = library.snapshot.catalogue
    return UnclosedAction(
        catalogue.ids[ordinal], catalogue.paths[ordinal], catalogue.dates[ordinal], item, overdue
    )


def _longest_open(found: UnclosedAction) -> tuple[bool, dt.date, str, int]:
    """Return a key that sorts overdue ones first, by due day, then the others by the day of the incident."""
    day = found.item.due if found.overdue else found.date
    return not found.overdue, day or dt.date.max, found.path, found.item.line


def _of_kind(library: VersionCache, view: View, kind: Kind) -> list[int]:
    found: list[int] = np.flatnonzero(view.documents & library.snapshot.of_kind(kind)).tolist()
    return found
