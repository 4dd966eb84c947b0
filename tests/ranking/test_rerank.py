"""The second look: what a reranker says is added on the scale of the totals, to the best documents only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from rca_search.ranking import weights
from rca_search.ranking.fusion import Signals
from rca_search.ranking.reranking import reranked
from rca_search.ranking.retrieval import Ranked


class Table:
    """Scores pairs by the passage."""

    name = "table"

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores = scores
        self.asked: list[tuple[str, str]] = []

    def load(self) -> None: ...

    def score(self, pairs: Sequence[tuple[str, str]], /) -> NDArray[np.float32]:
        self.asked.extend(pairs)
        return np.asarray([self.scores[passage] for _, passage in pairs], dtype=np.float32)


def ranked(totals: list[float]) -> Ranked:
    scores = np.asarray(totals, dtype=np.float64)
    return Ranked(np.arange(len(totals), dtype=np.int32), scores, Signals(scores, scores, scores, scores))


def pair(ordinal: int) -> tuple[str, str]:
    return "question", str(ordinal)


def test_the_model_moves_documents_by_the_spread_of_their_totals() -> None:
    found = reranked(ranked([4.0, 2.0]), pair, Table({"0": -8.0, "1": 12.0}))
    # Both spreads are one standard deviation: 1 for the totals, 1 for the standard scores of the model.
    assert found.documents.tolist() == [0, 1]
    assert found.additions["reranked"].tolist() == pytest.approx([-weights.RERANK, weights.RERANK])
    assert found.totals.tolist() == pytest.approx([4.0 - weights.RERANK, 2.0 + weights.RERANK])


def test_order_and_parts_go_together() -> None:
    found = reranked(ranked([3.0, 2.9, 1.0]), pair, Table({"0": 0.0, "1": 5.0, "2": 0.0}))
    assert found.documents.tolist() == [1, 0, 2]
    assert found.signals.dense.tolist() == [2.9, 3.0, 1.0]
    weighed = found.signals.dense + found.additions["reranked"]
    assert found.totals.tolist() == pytest.approx(weighed.tolist())


def test_only_the_best_are_looked_at() -> None:
    count = weights.RERANKED + 5
    table = Table({str(n): float(n % 7) for n in range(count)})
    found = reranked(ranked([10.0 - n / 100 for n in range(count)]), pair, table)
    assert len(table.asked) == weights.RERANKED
    untouched = {
        ordinal: added
        for ordinal, added in zip(found.documents.tolist(), found.additions["reranked"].tolist(), strict=True)
        if ordinal >= weights.RERANKED
    }
    assert set(untouched.values()) == {0.0}


@pytest.mark.parametrize("scores", [{"0": 1.0, "1": 1.0}, {"0": -3.0, "1": -3.0}])
def test_a_model_without_an_opinion_changes_nothing(scores: dict[str, float]) -> None:
    before = ranked([2.0, 1.0])
    found = reranked(before, pair, Table(scores))
    assert (found.documents.tolist(), found.totals.tolist()) == ([0, 1], [2.0, 1.0])


def test_nothing_found_asks_nothing() -> None:
    table = Table({})
    assert len(reranked(ranked([]), pair, table).documents) == 0
    assert table.asked == []
