"""The first documents in the order of how likely each is."""

from __future__ import annotations

import numpy as np

from rca_search.ranking import weights
from rca_search.ranking.fusion import Signals
from rca_search.ranking.reranking import by_likelihood
from rca_search.ranking.retrieval import Ranked


def ranked(**additions: list[float]) -> Ranked:
    totals = np.asarray([4.0, 3.0, 2.0, 1.0])
    signals = Signals(*(np.asarray([1.0, 2.0, 3.0, 4.0]) + part for part in range(4)))
    documents = np.asarray([7, 3, 9, 1], dtype=np.int32)
    return Ranked(documents, totals, signals, {name: np.asarray(each) for name, each in additions.items()})


def test_the_likeliest_comes_first_and_what_was_not_looked_at_stays() -> None:
    found = by_likelihood(ranked(), np.asarray([-1.0, 0.5, 0.2]))
    assert found.documents.tolist() == [3, 9, 7, 1]
    assert found.signals.dense.tolist() == [2.0, 3.0, 1.0, 4.0]


def test_totals_descend_and_say_what_the_order_added() -> None:
    found = by_likelihood(ranked(), np.asarray([-1.0, 0.5, 0.2]))
    assert found.totals.tolist() == [4.0, 3.0, 2.0, 1.0]
    assert found.additions["learned"].tolist() == [1.0, 1.0, -2.0, 0.0]


def test_equal_ones_keep_their_places() -> None:
    found = by_likelihood(ranked(), np.zeros(4))
    assert found.documents.tolist() == [7, 3, 9, 1]
    assert found.additions["learned"].tolist() == [0.0] * 4


def test_what_people_asked_for_goes_on_to_count() -> None:
    odds, votes = np.asarray([0.0, 0.4]), [0.3, 0.0, 0.0, 0.0]
    assert weights.TOTAL_LOG_ODDS * 0.3 > 0.4
    assert by_likelihood(ranked(feedback=votes), odds).documents.tolist()[:2] == [7, 3]
    assert by_likelihood(ranked(), odds).documents.tolist()[:2] == [3, 7]


def test_additions_go_with_their_documents() -> None:
    found = by_likelihood(ranked(service=[0.0, 0.2, 0.0, 0.1]), np.asarray([-5.0, 1.0]))
    assert found.documents.tolist() == [3, 7, 9, 1]
    assert found.additions["service"].tolist() == [0.2, 0.0, 0.0, 0.1]
