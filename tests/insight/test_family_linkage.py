"""Average linkage gives what scikit-learn gives, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.insight.families.clustering import average_linkage


def oracle(chances: np.ndarray, threshold: float) -> list[list[int]]:
    from sklearn.cluster import AgglomerativeClustering

    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - threshold + 1e-9
    )
    labels = clustering.fit_predict(1 - chances)
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(row)
    return sorted(groups.values())


@given(
    count=st.integers(2, 24), seed=st.integers(0, 2**32 - 1), threshold=st.sampled_from([0.2, 0.5, 0.6, 0.8])
)
def test_groups_are_those_of_scikit_learn(count: int, seed: int, threshold: float) -> None:
    chances = np.random.default_rng(seed).beta(0.5, 0.7, (count, count))
    chances = (chances + chances.T) / 2
    np.fill_diagonal(chances, 1.0)
    assert average_linkage(chances, threshold) == oracle(chances, threshold)


def test_the_mean_over_all_pairs_counts_not_the_best_pair() -> None:
    chances = np.asarray([[1, 0.9, 0.0], [0.9, 1, 0.9], [0.0, 0.9, 1]])
    assert average_linkage(chances, 0.6) == [[0, 1], [2]]
    assert average_linkage(chances, 0.45) == [[0, 1, 2]]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_join(count: int) -> None:
    assert average_linkage(np.ones((count, count)), 0.5) == [[row] for row in range(count)]
