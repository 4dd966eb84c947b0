"""Whether the probability of a hit holds: by its rank, and by groups of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.evaluation.calibration_measures import Flags, Floats, calibration_error
from rca_search.evaluation.ladder import LOOKED_AT, Answer, JudgedHit


@dataclass(frozen=True, slots=True)
class HitRow:
    """Judged hits: the mean probability said of them, the share that is relevant, and the calibration error.

    ``unjudged`` hits are left out. Where no hit is left there are no figures.
    """

    name: str
    hits: int
    unjudged: int
    said: float | None
    relevant: float | None
    error: float | None


def by_rank(answers: Sequence[Answer]) -> list[HitRow]:
    """Return a row for the first hits, the second ones, and so on."""
    return [
        _row(f"rank {rank + 1}", [each.hits[rank] for each in answers if len(each.hits) > rank])
        for rank in range(LOOKED_AT)
    ]


def by_group(answers: Sequence[Answer]) -> list[HitRow]:
    """Return a row for all hits looked at of each group of questions, in the order of names."""
    groups = sorted({each.group for each in answers if each.group})
    return [
        _row(group, [hit for each in answers if each.group == group for hit in each.hits]) for group in groups
    ]


def judged_first(answers: Sequence[Answer]) -> tuple[Floats, Flags]:
    """Return the probabilities of the first hits that were judged, and which of these are relevant."""
    return _figures(each.hits[0] for each in answers if each.hits)


def _row(name: str, hits: Sequence[JudgedHit]) -> HitRow:
    said, relevant = _figures(hits)
    left_out = len(hits) - len(said)
    if not len(said):
        return HitRow(name, 0, left_out, None, None, None)
    error = calibration_error(said, relevant)
    return HitRow(name, len(said), left_out, float(said.mean()), float(relevant.mean()), error)


def _figures(hits: Iterable[JudgedHit]) -> tuple[Floats, Flags]:
    judged = [hit for hit in hits if hit.grade is not None]
    return (
        np.asarray([hit.probability for hit in judged], dtype=np.float64),
        np.asarray([bool(hit.grade) for hit in judged], dtype=np.bool_),
    )
