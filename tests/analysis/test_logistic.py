"""The fit of a logistic model with signs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from rca_search.analysis.logistic import fit_logistic


@pytest.fixture
def sample() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(600, 3)) * [1.0, 5.0, 0.2] + [0, 3, 1]
    odds = 1.5 * rows[:, 0] - 0.4 * rows[:, 1] + 0.5
    return rows, (generator.random(600) < 1 / (1 + np.exp(-odds))).astype(np.float64)


def test_it_finds_what_the_library_finds(sample: tuple[np.ndarray, np.ndarray]) -> None:
    rows, labels = sample
    found = fit_logistic(rows, labels, np.ones(600), signs=[2, 2, 2], penalty=1e-3)
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    library = LogisticRegression(C=1 / (1e-3 * 600), tol=1e-8, max_iter=1000).fit(scaled, labels)
    assert found.weights == pytest.approx((library.coef_[0] / rows.std(axis=0)).tolist(), abs=2e-3)


def test_signs_hold(sample: tuple[np.ndarray, np.ndarray]) -> None:
    rows, labels = sample
    found = fit_logistic(rows, labels, np.ones(600), signs=[-1, 1, 0], penalty=1e-3)
    assert found.weights == pytest.approx((0.0, 0.0, 0.0))
    share = labels.mean()
    assert found.intercept == pytest.approx(np.log(share / (1 - share)), abs=1e-3)


def test_a_constant_feature_gets_no_weight_and_importance_counts() -> None:
    rows = np.asarray([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = np.asarray([0.0, 1.0, 1.0, 0.0])
    found = fit_logistic(rows, labels, np.asarray([1.0, 1.0, 0.0, 0.0]), signs=[2, 2], penalty=0.01)
    assert found.weights[0] == 0
    assert found.weights[1] > 1


def test_without_examples_there_is_no_fit() -> None:
    with pytest.raises(ValueError, match="needs an example"):
        fit_logistic(np.zeros((0, 2)), np.zeros(0), np.zeros(0), signs=[1, 1], penalty=1.0)


@pytest.mark.parametrize("signs", [[2, 2, 2], [1, 1, 1], [-1, -1, -1], [0, 2, 1]])
def test_no_step_that_the_signs_allow_makes_it_better(
    sample: tuple[np.ndarray, np.ndarray], signs: list[int]
) -> None:
    """The conditions of Karush, Kuhn and Tucker: the slope is 0, or leads out of what is allowed."""
    rows, labels = sample
    importance, penalty = np.linspace(0.5, 1.5, len(rows)), 1e-2
    found = fit_logistic(rows, labels, importance, signs=signs, penalty=penalty)
    share = importance / importance.sum()
    centre = share @ rows
    spread = np.sqrt(share @ (rows - centre) ** 2)
    weights = np.asarray(found.weights) * spread
    odds = rows @ np.asarray(found.weights) + found.intercept
    wrong = share * (1 / (1 + np.exp(-odds)) - labels)
    slopes = ((rows - centre) / spread).T @ wrong + penalty * weights
    assert wrong.sum() == pytest.approx(0, abs=1e-6)
    for sign, weight, slope in zip(signs, weights, slopes, strict=True):
        if sign == 0:
            assert weight == 0
        elif sign == 2 or weight != 0:
            assert slope == pytest.approx(0, abs=1e-6)
            assert weight * sign >= 0 or sign == 2
        else:
            assert slope * sign >= -1e-6
