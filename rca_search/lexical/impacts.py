"""What terms add to the units that hold them, documents or chunks: the formula of ``bm25`` in its parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.arrays import summed

OBJECT_BYTES = 512
"""What an entry takes in memory besides its numbers, about."""

_K1 = 1.5

_TAKEN_TOGETHER = 1 << 16
"""Entries up to which those of all terms are added in one pass, which copies them; more term by term."""


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """Units that hold a term, each once and ascending, and what it adds to each before its weight and idf."""

    units: NDArray[np.int32]
    gains: NDArray[np.float64]

    def size(self) -> int:
        """Return the memory that it takes, in bytes."""
        return self.units.nbytes + self.gains.nbytes + OBJECT_BYTES


def idfs(holding: NDArray[np.integer], units: int) -> NDArray[np.float64]:
    """Return ``idf`` of each; equal numbers are taken together, for there are few different ones."""
    different, places = np.unique(holding, return_inverse=True)
    found = np.asarray([idf(each, units) for each in different.tolist()], dtype=np.float64)
    return found[places]


def idf(holding: int, units: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)), and 0 where no unit holds the term."""
    return math.log(1 + (units - holding + 0.5) / (holding + 0.5)) if holding else 0.0


def gains(
    counts: NDArray[np.integer], lengths: NDArray[np.integer], average: float, share: float
) -> NDArray[np.float64]:
    """Return what a term adds to units that hold it ``counts`` times, before its weight and rarity.

    ``share`` is that of the length, in means of ``average``, that damps.
    """
    if len(counts) == 0:
        return np.zeros(0, dtype=np.float64)
    damping = lengths * (_K1 * share / average)
    damping += _K1 * (1 - share)
    damping += counts
    found: NDArray[np.float64] = counts / damping
    return found


def added(
    impacts: Sequence[Impact], weights: Sequence[float], units: int, places: int
) -> NDArray[np.float64]:
    """Return what all terms add to each of ``places``; ``units`` is how many the view has."""
    factors = [weight * idf(len(one.units), units) for one, weight in zip(impacts, weights, strict=True)]
    parts = [one.gains * factor for one, factor in zip(impacts, factors, strict=True)]
    if 0 < sum(map(len, parts)) <= _TAKEN_TOGETHER:
        owners = np.concatenate([one.units for one in impacts])
        return summed(owners, np.concatenate(parts), places)
    scores = np.zeros(places, dtype=np.float64)
    for one, gained in zip(impacts, parts, strict=True):
        np.add.at(scores, one.units, gained)
    return scores
