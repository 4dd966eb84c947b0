"""How far two systems are apart on the questions of each set, as the tables of the benchmarks spell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rca_search.evaluation.intervals import RESAMPLES, Difference, paired

ALL = "all questions"
SEED = 1
NOTE = (
    "In parentheses the 95 % interval of a paired bootstrap over questions "
    f"({RESAMPLES:,} resamples, seeded); * where it leaves 0 out."
)
"""What a table of differences says of itself."""


def difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare one measure of the same questions: ``first`` less ``second``.

    Raises ValueError where the two differ in length or are empty.
    """
    return paired([[value] for value in first], [[value] for value in second], seed=SEED)[0]


def by_set(
    first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]]
) -> dict[str, Difference]:
    """Compare measures set by set, and over the questions of all sets together."""
    apart = {name: difference(values, second[name]) for name, values in first.items()}
    return {**apart, ALL: difference(together(first), together({name: second[name] for name in first}))}


def together(values: Mapping[str, Sequence[float]]) -> list[float]:
    """Return the measures of all sets, one set after the other."""
    return [value for part in values.values() for value in part]


def as_json(found: Difference) -> dict[str, float]:
    """Return plain values."""
    ends = {"low": round(found.interval.low, 5), "high": round(found.interval.high, 5)}
    counts = {"rose": found.rose, "fell": found.fell, "count": found.count}
    return {"mean": round(found.mean, 5), **ends, **counts}


def spelled(found: Difference) -> str:
    """Spell it with its sign and its interval; a star stands where the interval leaves 0 out."""
    star = " *" if found.sure else ""
    return f"{_signed(found.mean)} ({_signed(found.interval.low)} to {_signed(found.interval.high)}){star}"


def moved(found: Difference) -> str:
    """Say how many questions rose and fell."""
    return f"{found.rose} up, {found.fell} down"


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"
