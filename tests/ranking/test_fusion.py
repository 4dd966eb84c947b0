"""Standard scores, their sum, and how a question's terms are weighed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rca_search.ranking.fusion import Background, Signals, fuse_passages
from rca_search.ranking.question import term_weights


def test_standard_scores_are_distances_from_the_mean_in_deviations() -> None:
    background = Background.of(np.array([1.0, 2.0, 3.0, 4.0]))
    assert background.mean == 2.5
    assert background.deviation == pytest.approx(math.sqrt(1.25))
    np.testing.assert_allclose(
        background.standardise(np.array([2.5, 2.5 + math.sqrt(1.25), 0.0])), [0, 1, -2.5 / math.sqrt(1.25)]
    )


def test_the_scale_of_a_retriever_does_not_matter() -> None:
    scores = np.array([0.1, 0.5, 0.2, 0.9])
    stretched = scores * 1000 - 7
    np.testing.assert_allclose(
        Background.of(scores).standardise(scores), Background.of(stretched).standardise(stretched)
    )


@pytest.mark.parametrize("scores", [[], [3.0], [2.0, 2.0, 2.0], [0.3, 0.3 + 6e-8]])
def test_where_all_are_equal_every_score_is_average(scores: list[float]) -> None:
    background = Background.of(np.array(scores))
    assert background.standardise(np.array([5.0, -5.0])).tolist() == [0, 0]
    assert math.isfinite(background.mean)


def test_each_signal_of_a_document_counts_its_share() -> None:
    one, none = np.array([1.0, 0.0, 0.0, -2.0]), np.zeros(4)
    signals = Signals(one, np.roll(one, 1), np.roll(one, 2), np.roll(one, 3))
    np.testing.assert_allclose(signals.fused(), [-0.17, -0.29, 0.12, -0.66], atol=1e-12)
    assert Signals(none, none, none, none).fused().tolist() == [0] * 4
    taken = signals.taken(np.array([3, 0]))
    parts = (taken.dense, taken.lexical, taken.spelling, taken.title)
    assert [part.tolist() for part in parts] == [[-2, 1], [0, -2], [0, 0], [1, 0]]


def test_in_a_passage_meaning_counts_three_fifths_and_words_two() -> None:
    fused = fuse_passages(np.array([1.0, 0.0, -2.0]), np.array([0.0, 1.0, 3.0]))
    np.testing.assert_allclose(fused, [0.6, 0.4, 0.0], atol=1e-12)


def test_repeated_terms_count_ever_less() -> None:
    weights = term_weights(["b", "a", "b", "b"])
    assert list(weights) == ["a", "b"]
    assert weights["a"] == 1.0
    assert weights["b"] == pytest.approx(1 + math.log(3))
    assert term_weights([]) == {}
