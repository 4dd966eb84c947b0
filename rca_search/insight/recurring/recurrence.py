"""How often the failure of one incident is on record in a view, and what has come of that."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.insight.families.identity import by_day, family_id
from rca_search.insight.library import Library
from rca_search.insight.recurring.coverage import runbooks_linked, runbooks_of_services
from rca_search.models import IncidentFacts, Recurrence
from rca_search.views import View


def recurrence_of(library: Library, ordinal: int, view: View) -> Recurrence | None:
    """Return how often the failure of the incident at ``ordinal`` happened, None where only this once."""
    group = library.families.group_of(ordinal, view)
    return None if len(group) < 2 else recurrence_of_group(library, group, view)


def recurrence_of_group(library: Library, group: Sequence[int], view: View) -> Recurrence:
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


def _fixes_differ(library: Library, members: Sequence[int]) -> bool | None:
    """Tell whether something else was done the last time than the time before, by those that say what."""
    last: IncidentFacts | None = None
    for member in reversed(members):
        facts = library.facts(member)
        if not facts.deeds or library.snapshot.catalogue.dates[member] is None:
            continue
        if last is not None:
            return last.fixed_otherwise(facts)
        last = facts
    return None
