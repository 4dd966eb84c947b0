"""Bootstrap intervals against what they are by calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rca_search.evaluation.intervals import RESAMPLES, Interval, intervals_of


def binomial_quantile(trials: int, share: float, level: float) -> int:
    """Return the least k with P(X <= k) >= level."""
    total = 0.0
    for k in range(trials + 1):
        total += math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
        if total >= level:
            return k
    return trials


@pytest.mark.parametrize(("questions", "hits"), [(40, 10), (91, 59), (206, 171)])
def test_a_share_is_resampled_as_a_binomial(questions: int, hits: int) -> None:
    """The resampled sum of k ones among n questions is binomial(n, k / n), exactly."""
    (found,) = intervals_of([[float(number < hits)] for number in range(questions)])
    for end, level in ((found.low, 0.025), (found.high, 0.975)):
        # With 2,000 resamples the drawn quantile lies between those of levels 1 % apart.
        low = binomial_quantile(questions, hits / questions, level - 0.01)
        high = binomial_quantile(questions, hits / questions, min(level + 0.01, 0.9999))
        assert low <= end * questions <= high


def test_the_mean_of_many_values_is_resampled_as_a_normal() -> None:
    values = np.random.default_rng(7).uniform(size=4_000)
    (found,) = intervals_of([[value] for value in values])
    margin = 1.959964 * values.std() / math.sqrt(len(values))
    assert found.low == pytest.approx(values.mean() - margin, abs=0.06 * margin)
    assert found.high == pytest.approx(values.mean() + margin, abs=0.06 * margin)


def test_equal_values_have_no_width() -> None:
    assert intervals_of([[0.25, 1.0]] * 5) == [Interval(0.25, 0.25), Interval(1.0, 1.0)]
    assert intervals_of([[0.5]]) == [Interval(0.5, 0.5)]


def test_columns_are_resampled_alike_and_the_seed_decides() -> None:
    rows = [[float(n % 3), 2 * float(n % 3), 1 - float(n % 3)] for n in range(50)]
    single, double, mirrored = intervals_of(rows)
    assert double == Interval(2 * single.low, 2 * single.high)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - single.high, 1 - single.low))
    assert intervals_of(rows) == [single, double, mirrored]
    assert intervals_of(rows, seed=1) != [single, double, mirrored]


def test_memory_does_not_change_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[float(n % 7)] for n in range(60)]
    whole = intervals_of(rows)
    monkeypatch.setattr("rca_search.evaluation.intervals._CELLS", 60 * 13)
    assert intervals_of(rows) == whole
    assert RESAMPLES == 2_000


def test_no_question_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one question"):
        intervals_of([])


def test_both_ends_are_included() -> None:
    interval = Interval(0.2, 0.4)
    assert [interval.includes(value) for value in (0.19, 0.2, 0.3, 0.4, 0.41)] == [
        False,
        True,
        True,
        True,
        False,
    ]
