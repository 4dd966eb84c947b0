"""Our measures against those of ir_measures (trec_eval)."""

from __future__ import annotations

from typing import Any

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from rca_search.evaluation.measures import hit, ndcg, recall, reciprocal_rank
from rca_search.evaluation.run import MEASURES

NAMES = [f"d{number}" for number in range(30)]
# Rankings end at depth 100, beyond which nothing is measured.
rankings = st.lists(st.sampled_from(NAMES), unique=True, max_size=30) | st.permutations(
    [*NAMES, *(f"x{number}" for number in range(70))]
)
judgements = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), min_size=1, max_size=30)


def oracle(measures: list[Any], ranking: list[str], relevant: dict[str, int]) -> dict[str, float]:
    run = {"q": {name: float(len(ranking) - place) for place, name in enumerate(ranking)} or {"none": 0.0}}
    found = ir_measures.calc_aggregate(measures, {"q": relevant}, run)
    return {str(measure): value for measure, value in found.items()}


@given(rankings, judgements)
@settings(max_examples=200)
def test_measures_are_those_of_trec_eval(ranking: list[str], relevant: dict[str, int]) -> None:
    expected = oracle(
        [
            *(nDCG @ 10, nDCG @ 3, RR, Success @ 1, Success @ 5, Success @ 10),
            *(R @ 5, R @ 10, R @ 100),
        ],
        ranking,
        relevant,
    )
    found = {name: measure(ranking, relevant) for name, measure in MEASURES.items()}
    assert found == pytest.approx(
        {
            "hit@1": expected["Success@1"],
            "hit@5": expected["Success@5"],
            "hit@10": expected["Success@10"],
            "recall@10": expected["R@10"],
            "recall@100": expected["R@100"],
            "mrr": expected["RR"],
            "ndcg@10": expected["nDCG@10"],
        },
        abs=1e-6,
    )
    assert ndcg(ranking, relevant, depth=3) == pytest.approx(expected["nDCG@3"], abs=1e-6)
    assert recall(ranking, relevant, depth=5) == pytest.approx(expected["R@5"], abs=1e-6)


def test_measures_by_hand() -> None:
    relevant = {"a": 2, "b": 1}
    assert ndcg(["x", "a"], relevant, depth=10) == pytest.approx((2 / 1.5849625) / (2 + 1 / 1.5849625))
    assert ndcg(["a", "b"], relevant, depth=10) == 1.0
    assert ndcg(["a"], relevant, depth=1) == 1.0
    assert ndcg([], relevant, depth=10) == ndcg(["x"], {}, depth=10) == 0.0
    assert reciprocal_rank(["x", "y", "b"], relevant) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], relevant) == 0.0
    assert (hit(["x", "a"], relevant, depth=1), hit(["x", "a"], relevant, depth=2)) == (0.0, 1.0)
    assert recall(["a", "x"], relevant, depth=2) == 0.5
    assert recall(["a"], {}, depth=2) == 0.0
