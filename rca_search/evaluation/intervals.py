"""How far a mean over questions, or a difference of two, would move with other questions: the bootstrap.

The percentile interval of Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: as many
questions as there are, drawn again with replacement, 2,000 times; the middle 95 % of the means.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
SEED = 20_251_102
_PERCENTILES = (2.5, 97.5)
_TIE = 1e-9
"""Measures closer than this are the same but for rounding."""
_CELLS = 4_000_000
"""Question numbers drawn at once, so that memory stays small with many questions."""

Rows = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of resampled means, both ends inclusive."""

    low: float
    high: float

    def includes(self, value: float) -> bool:
        """Return whether ``value`` lies between the ends."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """How far measures of the same ``count`` questions are apart: the mean difference with its interval.

    ``rose`` questions measure higher in the first, ``fell`` lower; the rest measure the same.
    """

    mean: float
    interval: Interval
    rose: int
    fell: int
    count: int

    @property
    def sure(self) -> bool:
        """Return whether the interval leaves 0 out."""
        return not self.interval.includes(0.0)


def paired(first: Rows, second: Rows, *, seed: int = SEED) -> list[Difference]:
    """Return for each column how far ``first`` is above ``second``; both have one row for each question.

    The measures of a question are drawn together, so that hard questions are hard for both. Raises ValueError
    where the rows do not match or there is none.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(f"{len(first)} and {len(second)} measures cannot be paired")
    apart = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return [
        Difference(
            mean=math.fsum(column) / len(column),
            interval=interval,
            rose=int((column > _TIE).sum()),
            fell=int((column < -_TIE).sum()),
            count=len(column),
        )
        for column, interval in zip(apart.T, intervals_of(apart.tolist(), seed=seed), strict=True)
    ]


def intervals_of(rows: Rows, *, seed: int = SEED) -> list[Interval]:
    """Return the interval of the mean of each column of ``rows``, which has one row for each question.

    All columns are resampled alike. The same rows and seed give the same intervals. Raises ValueError where
    there is no row.
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
