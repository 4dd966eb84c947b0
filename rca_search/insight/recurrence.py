"""How often a failure is on record, whether a runbook covers it, and the list of families."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rca_search.errors import DocumentNotFoundError
from rca_search.insight.families.clustering import by_day, family_id
from rca_search.insight.families.ranking import FamilyRanker, Ranking
from rca_search.insight.version_cache import VersionCache
from rca_search.models import Families, Family, Freshness, IncidentFacts, Kind, Query, Recurrence
from rca_search.views import View


def recurrence_of(library: VersionCache, ordinal: int, view: View) -> Recurrence | None:
    """Return how often the failure of the incident at ``ordinal`` happened, None where only this once."""
    group = library.families.group_of(ordinal, view)
    return None if len(group) < 2 else recurrence_of_group(library, group, view)


def recurrence_of_group(library: VersionCache, group: Sequence[int], view: View) -> Recurrence:
    """Return what is on record of the failure that the incidents at ``group`` share."""
    catalogue = library.snapshot.catalogue
    linked = runbooks_linked(library, group, view)
    others = runbooks_of_services(library, group, view) - linked
    return Recurrence(
        family=family_id(catalogue, group),
        count=len(group),
        dates=tuple(sorted(date for member in group if (date := catalogue.dates[member]) is not None)),
        fixes_differ=_fixes_differ(library, by_day(catalogue, group)),
        runbooks=tuple(sorted(catalogue.ids[book] for book in linked)),
        service_runbooks=tuple(sorted(catalogue.ids[book] for book in others)),
    )


def _fixes_differ(library: VersionCache, members: Sequence[int]) -> bool | None:
    """Return whether something else was done the last time than the time before, by those that say what."""
    last: IncidentFacts | None = None
    for member in reversed(members):
        facts = library.facts(member)
        if not facts.deeds or library.snapshot.catalogue.dates[member] is None:
            continue
        if last is not None:
            return last.fixed_otherwise(facts)
        last = facts
    return None


def runbooks_linked(library: VersionCache, group: Sequence[int], view: View) -> set[int]:
    """Return the runbooks of ``view`` that an incident of ``group`` links to, or that link to one."""
    catalogue, ordinals = library.snapshot.catalogue, library.snapshot.ordinals
    members, found = set(group), set[int]()
    for member in group:
        name = catalogue.ids[member]
        for reference in library.references_from.get(name, ()):
            found.update(_runbooks(library, [library.target(reference, view)]))
        for reference in library.references_to.get(name, ()):
            source = ordinals[reference.source_id]
            if view.documents[source] and library.target(reference, view) in members:
                found.update(_runbooks(library, [source]))
    return found


def runbooks_of_services(library: VersionCache, group: Sequence[int], view: View) -> set[int]:
    """Return the runbooks of ``view`` about a service of an incident of ``group``."""
    services, named = library.services(view), library.service_map(view)
    names = {name for member in group for name in library.snapshot.catalogue.services[member]}
    return {book for name in names for book in (*services.of(name), *named.runbooks_of(name))}


def _runbooks(library: VersionCache, ordinals: Iterable[int | None]) -> Iterable[int]:
    kinds = library.snapshot.catalogue.kinds
    return (each for each in ordinals if each is not None and kinds[each] is Kind.RUNBOOK)


def listed(
    library: VersionCache, view: View, query: Query, freshness: Freshness, name: str | None
) -> Families:
    """Return the costliest families of ``view`` as the filter of ``query`` narrows them, at most its limit.

    With ``name``, the id of a family or a name of an incident, only that one. Raises DocumentNotFoundError
    where no incident that exists and passes the filter belongs to such a family.
    """
    ranker = FamilyRanker(library.snapshot, library.families)
    ranking = ranker.rank(view, query.filter)
    found = list(ranking.families) if name is None else [_called(library, ranking, name, view)]
    shown = tuple(
        replace(ranker.named(family, group, view), recurrence=recurrence_of_group(library, group, view))
        for family, group in found[: query.limit]
    )
    return Families(shown, len(found), ranking.incidents, ranking.until, freshness)


def _called(library: VersionCache, ranking: Ranking, name: str, view: View) -> tuple[Family, tuple[int, ...]]:
    by_id = [entry for entry in ranking.families if entry[0].id == name]
    if by_id:
        return by_id[0]
    ordinal = _visible(library, name, view)
    of_incident = [entry for entry in ranking.families if ordinal in entry[1]]
    if not of_incident:
        raise DocumentNotFoundError(name, wanted="family")
    return of_incident[0]


def _visible(library: VersionCache, name: str, view: View) -> int | None:
    """Return the document that ``name`` stands for, None where it does not exist for this answer."""
    try:
        ordinal = library.snapshot.ordinal(name)
    except DocumentNotFoundError:
        return None
    return ordinal if view.documents[ordinal] else None
