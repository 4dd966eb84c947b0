"""What keeps a document out of an answer: the day, the caller's exclusion, or the fields of the filter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Barrier, Filter, KeptOut, Kind, Query
from rca_search.ranking.filters import candidates

_FIELDS = (
    Barrier.KINDS,
    Barrier.SERVICES,
    Barrier.SEVERITIES,
    Barrier.TAGS,
    Barrier.SINCE,
    Barrier.UNTIL,
)


def hidden_by(snapshot: Snapshot, query: Query, ordinal: int) -> tuple[KeptOut, ...]:
    """Return what the caller named that makes the document not exist for the answer."""
    found = []
    date = snapshot.catalogue.dates[ordinal]
    if query.as_of is not None and date is not None and date > query.as_of:
        found.append(KeptOut(Barrier.AS_OF, (query.as_of.isoformat(),)))
    names = tuple(name for name in query.exclude if snapshot.ordinal(name) == ordinal)
    if names:
        found.append(KeptOut(Barrier.EXCLUDE, names))
    return tuple(found)


def filtered_by(snapshot: Snapshot, wanted: Filter, ordinal: int) -> tuple[KeptOut, ...]:
    """Return the fields of the filter that do not let the document through; no filter narrows runbooks."""
    if snapshot.catalogue.kinds[ordinal] is Kind.RUNBOOK:
        return ()
    return tuple(
        each for each in fields(wanted) if not candidates(snapshot.catalogue, _only(wanted, each))[ordinal]
    )


def fields(wanted: Filter) -> tuple[KeptOut, ...]:
    """Return the fields of the filter that narrow, each with what it wants."""
    narrowing = ((field, getattr(wanted, field.value)) for field in _FIELDS)
    return tuple(KeptOut(field, _spelled(value)) for field, value in narrowing if value)


def without(wanted: Filter, dropped: Iterable[KeptOut]) -> Filter:
    """Return the filter with some fields left open."""
    names = {each.barrier for each in dropped}
    return Filter(**{each.value: getattr(wanted, each.value) for each in _FIELDS if each not in names})


def _only(wanted: Filter, one: KeptOut) -> Filter:
    return without(wanted, [each for each in fields(wanted) if each != one])


def _spelled(value: object) -> tuple[str, ...]:
    if isinstance(value, dt.date):
        return (value.isoformat(),)
    return tuple(str(each) for each in value) if isinstance(value, tuple) else ()
