"""How often the failure of one incident is on record in a view."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from rca_search.indexing.catalogue import Catalogue
from rca_search.insight.families.found import FamilyIndex
from rca_search.models import Recurrence
from rca_search.views import View

_DIGITS = 10


def recurrence_of(index: FamilyIndex, ordinal: int, view: View) -> Recurrence | None:
    """Return how often the failure of the incident at ``ordinal`` happened, None where only this once."""
    group = index.group_of(ordinal, view)
    if len(group) < 2:
        return None
    catalogue = index.catalogue
    dates = sorted(date for member in group if (date := catalogue.dates[member]) is not None)
    return Recurrence(family_id(catalogue, group), len(group), tuple(dates))


def family_id(catalogue: Catalogue, group: Iterable[int]) -> str:
    """Return the id of a family, which follows from the id of its earliest incident and nothing else."""
    earliest = catalogue.ids[by_day(catalogue, group)[0]]
    return f"f-{hashlib.sha256(earliest.encode()).hexdigest()[:_DIGITS]}"


def by_day(catalogue: Catalogue, group: Iterable[int]) -> list[int]:
    """Return the documents of ``group`` by day, those without one last, equal ones by id."""
    return sorted(group, key=lambda one: (catalogue.dates[one] or dt.date.max, catalogue.ids[one]))
