"""Measures of probabilities, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from rca_search.evaluation.calibration_measures import (
    auroc,
    brier,
    calibration_error,
    cut_at_precision,
    debiased_error,
    noise_floor,
    recall_at_precision,
    reliability,
)

graded = st.lists(st.tuples(st.integers(0, 10).map(lambda n: n / 10), st.booleans()), min_size=1, max_size=60)


def split(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray([p for p, _ in pairs]), np.asarray([label for _, label in pairs], dtype=np.bool_)


@given(graded)
def test_against_the_library(pairs: list[tuple[float, bool]]) -> None:
    probabilities, labels = split(pairs)
    if labels.all() or not labels.any():
        assert auroc(probabilities, labels) is None
    else:
        assert auroc(probabilities, labels) == pytest.approx(roc_auc_score(labels, probabilities))
    assert brier(probabilities, labels) == pytest.approx(
        brier_score_loss(labels, probabilities, pos_label=True)
    )


@given(graded, st.sampled_from([0.5, 0.8, 0.95]))
def test_the_cut_keeps_its_promise_and_no_lower_one_does(
    pairs: list[tuple[float, bool]], promise: float
) -> None:
    probabilities, labels = split(pairs)
    cut = cut_at_precision(probabilities, labels, promise)
    kept = {float(p): labels[probabilities >= p].mean() >= promise - 1e-12 for p in probabilities}
    assert cut == min((p for p, keeps in kept.items() if keeps), default=None)


def test_recall_by_hand() -> None:
    probabilities = np.asarray([0.9, 0.8, 0.7, 0.6, 0.5])
    labels = np.asarray([True, True, False, True, False])
    assert recall_at_precision(probabilities, labels, 0.75) == 1
    assert recall_at_precision(probabilities, labels, 0.8) == pytest.approx(2 / 3)
    assert recall_at_precision(probabilities[::-1], labels, 1.0) == 0
    assert recall_at_precision(probabilities, np.zeros(5, dtype=np.bool_), 0.8) is None


def test_errors_by_hand() -> None:
    probabilities = np.asarray([0.2] * 10 + [0.8] * 10)
    labels = np.asarray([True] * 4 + [False] * 6 + [True] * 10)
    assert calibration_error(probabilities, labels, bins=2) == pytest.approx(0.2)
    chance = 0.4 * 0.6 / 9
    assert debiased_error(probabilities, labels, bins=2) == pytest.approx(np.sqrt((0.04 - chance + 0.04) / 2))
    assert reliability(probabilities, labels, bins=2) == [
        (pytest.approx(0.2), pytest.approx(0.4), 10),
        (pytest.approx(0.8), 1.0, 10),
    ]


def test_a_perfect_model_reaches_the_floor() -> None:
    generator = np.random.default_rng(7)
    probabilities = generator.random(4000)
    labels = generator.random(4000) < probabilities
    floor = noise_floor(probabilities)
    assert 0 < floor < 0.02
    assert calibration_error(probabilities, labels) < 3 * floor
    assert debiased_error(probabilities, labels) < 0.02
    assert calibration_error(np.clip(probabilities + 0.2, 0, 1), labels) > 0.1
