"""What a family of incidents is called by, and the order of its members."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from rca_search.indexing.catalogue import Catalogue

_DIGITS = 10


def family_id(catalogue: Catalogue, group: Iterable[int]) -> str:
    """Return the id of a family, which follows from the id of its earliest incident and nothing else."""
    earliest = catalogue.ids[by_day(catalogue, group)[0]]
    return f"f-{hashlib.sha256(earliest.encode()).hexdigest()[:_DIGITS]}"


def by_day(catalogue: Catalogue, group: Iterable[int]) -> list[int]:
    """Return the documents of ``group`` by day, those without one last, equal ones by id."""
    return sorted(group, key=lambda one: (catalogue.dates[one] or dt.date.max, catalogue.ids[one]))
