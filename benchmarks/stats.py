"""Medians and spreads of what was measured, and ratios taken pair by pair."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of ``count`` values, and the range that nine tenths of them lie in."""

    median: float
    p5: float
    p95: float
    count: int

    def as_json(self) -> dict[str, float]:
        """Return plain values, rounded to what can have been measured."""
        return {name: _significant(value) for name, value in asdict(self).items()}

    def scaled(self, factor: float) -> Spread:
        """Return the same values in another unit."""
        return Spread(self.median * factor, self.p5 * factor, self.p95 * factor, self.count)


def spread(values: Sequence[float]) -> Spread:
    """Summarise ``values``; raises ValueError where there is none."""
    if not values:
        raise ValueError("nothing was measured")
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return Spread(statistics.median(values), cuts[0], cuts[-1], len(values))


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Summarise ``above`` over ``below``, each pair measured one right after the other.

    A machine that is slow for a while is slow for both of a pair, which a ratio of two medians would not see.
    """
    return spread([first / second for first, second in zip(above, below, strict=True)])


def _significant(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.4g}")
