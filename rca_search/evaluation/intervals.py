"""How far a mean over questions would move with other questions: bootstrap intervals.

The percentile interval of Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: as many
questions as there are, drawn again with replacement, 2,000 times; the middle 95 % of the means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
SEED = 20_251_102
_PERCENTILES = (2.5, 97.5)
_CELLS = 4_000_000
"""Question numbers drawn at once, so that memory stays small with many questions."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of resampled means, both ends inclusive."""

    low: float
    high: float

    def includes(self, value: float) -> bool:
        """Return whether ``value`` lies between the ends."""
        return self.low <= value <= self.high


def intervals_of(rows: Sequence[Sequence[float]], *, seed: int = SEED) -> list[Interval]:
    """Return the interval of the mean of each column of ``rows``, which has one row for each question.

    All columns are resampled alike, so a row may hold differences between two runs (a paired interval). The
    same rows and seed give the same intervals. Raises ValueError where there is no row.
    """
    values = np.asarray(rows, dtype=np.float64)
    if values.ndim != 2 or not len(values):
        raise ValueError("an interval needs at least one question")
    means = np.concatenate([_means(values, drawn) for drawn in _draws(len(values), seed)])
    low, high = np.percentile(means, _PERCENTILES, axis=0)
    return [Interval(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _draws(questions: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Draw every resample, (resamples, questions) in parts."""
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS // questions)
    for done in range(0, RESAMPLES, step):
        yield generator.integers(0, questions, size=(min(step, RESAMPLES - done), questions))


def _means(values: NDArray[np.float64], drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of each resample, (resamples, columns)."""
    counts = np.stack([np.bincount(row, minlength=len(values)) for row in drawn])
    return np.asarray(counts @ values) / len(values)
