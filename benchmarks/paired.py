"""How far two systems are apart on the same questions, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

ALL = "all questions"
RESAMPLES = 2000
SEED = 1
TIE = 1e-9
"""Measures closer than this are the same but for rounding."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of one system's measure less another's, with the interval that holds it at 95 %.

    ``rose`` questions score higher with the first system, ``fell`` ones lower; the rest score the same.
    """

    mean: float
    low: float
    high: float
    rose: int
    fell: int
    count: int

    @property
    def sure(self) -> bool:
        """Return whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0

    def as_json(self) -> dict[str, float]:
        """Return plain values."""
        return {name: round(value, 5) for name, value in asdict(self).items()}

    def __str__(self) -> str:
        """Spell it with its sign and its interval; a star stands where the interval leaves 0 out."""
        star = " *" if self.sure else ""
        return f"{_signed(self.mean)} ({_signed(self.low)} to {_signed(self.high)}){star}"

    def moved(self) -> str:
        """Say how many questions rose and fell."""
        return f"{self.rose} up, {self.fell} down"


def difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare measures of the same questions: ``first`` less ``second``, by a paired bootstrap.

    Questions are drawn with replacement, both systems' measures of a question together, so that hard
    questions are hard for both. The draw is seeded: the same measures give the same interval. Raises
    ValueError where the two differ in length or are empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} measures cannot be paired")
    apart = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(len(apart), size=(RESAMPLES, len(apart)))
    low, high = np.quantile(apart[drawn].mean(axis=1), [0.025, 0.975])
    rose, fell = int((apart > TIE).sum()), int((apart < -TIE).sum())
    return Difference(float(apart.mean()), float(low), float(high), rose, fell, len(apart))


def by_set(
    first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]]
) -> dict[str, Difference]:
    """Compare measures set by set, and over the questions of all sets together."""
    apart = {name: difference(values, second[name]) for name, values in first.items()}
    return {**apart, ALL: difference(together(first), together({name: second[name] for name in first}))}


def together(values: Mapping[str, Sequence[float]]) -> list[float]:
    """Return the measures of all sets, one set after the other."""
    return [value for part in values.values() for value in part]


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"
