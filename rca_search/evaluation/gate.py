"""Thresholds that means must reach, so that a change that makes answers worse does not pass unseen."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.run import MEASURES, OPTIONAL
from rca_search.evaluation.summary import Summary

_ROUNDING = 1e-9
"""What adding floating point numbers may take from a mean that equals its threshold."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least mean of a measure that passes."""

    measure: str
    least: float


@dataclass(frozen=True, slots=True)
class Check:
    """A mean against its threshold; ``uncertain``: the interval includes the threshold.

    Where no question has the measure there is no mean, nothing passed and nothing is certain.
    """

    threshold: Threshold
    mean: float | None
    passed: bool
    uncertain: bool


def parse_thresholds(
    texts: Sequence[str], measures: Collection[str] = (*MEASURES, *OPTIONAL)
) -> list[Threshold]:
    """Read thresholds such as ``ndcg@10=0.6`` of any of ``measures``.

    Raises InvalidRequestError on another form, an unknown measure, one named twice, or a value that is not
    between 0 and 1.
    """
    found: dict[str, Threshold] = {}
    for text in texts:
        name, _, value = text.partition("=")
        threshold = Threshold(name.strip().casefold(), _number(text, value))
        if threshold.measure not in measures:
            raise _invalid(text, f"there is no measure {name.strip()!r}, only {', '.join(measures)}")
        if threshold.measure in found:
            raise _invalid(text, f"{threshold.measure} has a threshold already")
        found[threshold.measure] = threshold
    return list(found.values())


def check(thresholds: Sequence[Threshold], summary: Summary) -> list[Check]:
    """Compare the means of ``summary`` with ``thresholds``."""
    return [_check(each, summary) for each in thresholds]


def _check(threshold: Threshold, summary: Summary) -> Check:
    mean = summary.means.get(threshold.measure)
    if mean is None:
        return Check(threshold, None, passed=False, uncertain=True)
    return Check(
        threshold=threshold,
        mean=mean,
        passed=mean >= threshold.least - _ROUNDING,
        uncertain=summary.intervals[threshold.measure].includes(threshold.least),
    )


def check_values(thresholds: Sequence[Threshold], values: Mapping[str, float | None]) -> list[Check]:
    """Compare ``values`` that have no interval with ``thresholds``; what was not measured does not pass."""
    found = [(each, values[each.measure]) for each in thresholds]
    return [
        Check(each, value, value is not None and value >= each.least - _ROUNDING, uncertain=False)
        for each, value in found
    ]


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError as error:
        raise _invalid(text, "it takes the form MEASURE=VALUE") from error
    if not math.isfinite(number) or not 0 <= number <= 1:
        raise _invalid(text, "the value lies between 0 and 1")
    return number


def _invalid(text: str, why: str) -> InvalidRequestError:
    return InvalidRequestError(f"--fail-under {text!r}: {why}.", remedy="Such as --fail-under ndcg@10=0.6.")
