"""How sure to be that a hit is the same failure, by what people said of the hits they were shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rca_search.analysis.fit import fit_scaling
from rca_search.evaluation.calibration_measures import Flags, brier
from rca_search.models import Aspect, Kind, Vote
from rca_search.ranking.calibration import OWN, Calibration, PlattScaling
from rca_search.ranking.fusion import Floats

ENOUGH = 30
"""Votes on incidents from which on they are listened to."""

_BLOCKS = 5
_EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class VotedFit:
    """What came of votes: a calibration, or None where they change nothing, and how many there were."""

    calibration: Calibration | None
    votes: int


def fit_voted(base: Calibration, votes: Iterable[Vote], incidents: frozenset[str]) -> VotedFit:
    """Refit how likely hits are the same failure to votes on ``incidents`` that say whether they were.

    A Platt scaling of the log odds that were shown is put behind the one that ``base`` has for hits.
    Votes are taken in the order of time; each fifth but the first is judged by one fitted to those before
    it. Where that is no better than what was shown, by the Brier score, or votes are few or all of one mind,
    nothing changes. What comes of it belongs to the encoder and the reranker of ``base``.
    """
    told = sorted((vote for vote in votes if _counts(vote, incidents)), key=lambda vote: vote.at)
    shown = np.asarray([_log_odds(vote.probability or 0.0) for vote in told], dtype=np.float64)
    labels = np.asarray([vote.value for vote in told], dtype=np.bool_)
    if len(told) < ENOUGH or labels.all() or not labels.any() or not _is_better(shown, labels):
        return VotedFit(None, len(told))
    scaling, hits = fit_scaling(shown, labels), base.kinds[Kind.INCIDENT]
    joined = PlattScaling(
        scaling.slope * hits.hit_same.slope, scaling.slope * hits.hit_same.offset + scaling.offset
    )
    kinds = {Kind.INCIDENT: replace(hits, hit_same=joined)}
    return VotedFit(replace(base, name=OWN, kinds=kinds), len(told))


def _counts(vote: Vote, incidents: frozenset[str]) -> bool:
    return vote.aspect is Aspect.SAME and vote.probability is not None and vote.document in incidents


def _is_better(shown: Floats, labels: Flags) -> bool:
    """Return whether scalings fitted to earlier votes are closer to later ones than what was shown."""
    blocks = np.arange(len(labels)) * _BLOCKS // len(labels)
    before: list[float] = []
    after: list[float] = []
    told: list[bool] = []
    for block in range(1, _BLOCKS):
        known, here = blocks < block, blocks == block
        if labels[known].all() or not labels[known].any():
            continue
        scaling = fit_scaling(shown[known], labels[known])
        before += [PlattScaling().probability(odds) for odds in shown[here].tolist()]
        after += [scaling.probability(odds) for odds in shown[here].tolist()]
        told += labels[here].tolist()
    return bool(told) and _brier(after, told) < _brier(before, told)


def _brier(probabilities: Sequence[float], labels: Sequence[bool]) -> float:
    return brier(np.asarray(probabilities, dtype=np.float64), np.asarray(labels, dtype=np.bool_))


def _log_odds(probability: float) -> float:
    held = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(held / (1 - held))
