"""The families that were asked for: the costliest ones, or one by name."""

from __future__ import annotations

from dataclasses import replace

from rca_search.errors import DocumentNotFoundError
from rca_search.insight.families.ranking import FamilyRanker, Ranking
from rca_search.insight.library import Library
from rca_search.insight.recurring.recurrence import recurrence_of_group
from rca_search.models import Families, Family, Freshness, Query
from rca_search.views import View


def listed(library: Library, view: View, query: Query, freshness: Freshness, name: str | None) -> Families:
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


def _called(library: Library, ranking: Ranking, name: str, view: View) -> tuple[Family, tuple[int, ...]]:
    by_id = [entry for entry in ranking.families if entry[0].id == name]
    if by_id:
        return by_id[0]
    ordinal = _visible(library, name, view)
    of_incident = [entry for entry in ranking.families if ordinal in entry[1]]
    if not of_incident:
        raise DocumentNotFoundError(name, wanted="family")
    return of_incident[0]


def _visible(library: Library, name: str, view: View) -> int | None:
    """Return the document that ``name`` stands for, None where it does not exist for this answer."""
    try:
        ordinal = library.snapshot.ordinal(name)
    except DocumentNotFoundError:
        return None
    return ordinal if view.documents[ordinal] else None
