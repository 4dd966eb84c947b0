"""Outcomes of questions drawn together: means with their intervals, overall and by metadata."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.intervals import SEED, Interval, intervals_of
from rca_search.evaluation.run import MEASURES, OPTIONAL, QueryOutcome


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over some questions, each with its interval; both are empty where there is no question.

    ``counts`` has the questions of each measure that applies to some of them only.
    """

    queries: int
    means: Mapping[str, float]
    intervals: Mapping[str, Interval]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """The questions whose metadata have ``value`` under ``key``."""

    key: str
    value: str
    summary: Summary


def summarise(outcomes: Sequence[QueryOutcome], *, seed: int = SEED) -> Summary:
    """Return the means over ``outcomes`` with their intervals."""
    if not outcomes:
        return Summary(0, {}, {})
    rows = [[outcome.measures[name] for name in MEASURES] for outcome in outcomes]
    means = dict(zip(MEASURES, map(_mean, zip(*rows, strict=True)), strict=True))
    intervals = dict(zip(MEASURES, intervals_of(rows, seed=seed), strict=True))
    counts: dict[str, int] = {}
    for name in OPTIONAL:
        values = [outcome.measures[name] for outcome in outcomes if name in outcome.measures]
        if values:
            means[name], counts[name] = _mean(values), len(values)
            intervals[name] = intervals_of([[value] for value in values], seed=seed)[0]
    return Summary(len(rows), means, intervals, counts)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def grouped(
    outcomes: Sequence[QueryOutcome], queries: Sequence[JudgedQuery], key: str, *, seed: int = SEED
) -> list[Group]:
    """Return a group for each value that the metadata of the questions asked have under ``key``, by value.

    A list counts for each of its values; a question without the key is in no group.
    """
    asked = {outcome.query_id: outcome for outcome in outcomes}
    members: dict[str, list[QueryOutcome]] = {}
    for query in queries:
        for value in values_of(query.metadata.get(key)):
            members.setdefault(value, []).append(asked[query.id])
    return [Group(key, value, summarise(members[value], seed=seed)) for value in sorted(members)]


def values_of(value: object) -> list[str]:
    """Return the texts of a metadata value, each once: those of a list, or the one of anything else."""
    parts = value if isinstance(value, list | tuple) else [value]
    texts = (part if isinstance(part, str) else json.dumps(part) for part in parts if part is not None)
    return [text for text in dict.fromkeys(texts) if text]


def keys_of(queries: Sequence[JudgedQuery]) -> list[str]:
    """Return the metadata keys that any of ``queries`` has a value for, sorted."""
    return sorted({name for query in queries for name, value in query.metadata.items() if values_of(value)})


def require_keys(keys: Sequence[str], queries: Sequence[JudgedQuery]) -> None:
    """Raise InvalidRequestError, with the keys that there are, on one that no question has a value for."""
    known = keys_of(queries)
    for key in keys:
        if key not in known:
            raise InvalidRequestError(
                f"No judged question has a value for {key!r} in its metadata.",
                remedy=f"There are: {', '.join(known)}." if known else "The questions have no metadata.",
            )
