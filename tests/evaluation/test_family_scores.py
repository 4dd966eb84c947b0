"""B-cubed precision and recall, by hand and on the corpora."""

from __future__ import annotations

import pytest

from benchmarks.scoring.families import bcubed, components, score_families
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.service import SearchService


def test_bcubed_by_hand() -> None:
    """The example of Bagga and Baldwin: one group too large, worse where the larger two meet."""
    truth = dict.fromkeys("12345", "a") | dict.fromkeys("67", "b") | dict.fromkeys("89ABC", "c")
    first = dict.fromkeys("12345", 1) | dict.fromkeys("6789ABC", 2)
    second = dict.fromkeys("1234589ABC", 1) | dict.fromkeys("67", 2)
    assert bcubed(first, truth).precision == pytest.approx(0.762, abs=0.001)
    assert bcubed(second, truth).precision == pytest.approx(0.583, abs=0.001)
    assert bcubed(first, truth).recall == bcubed(second, truth).recall == 1
    assert bcubed({item: item for item in truth}, truth).precision == 1
    with pytest.raises(ValueError, match="nothing to compare"):
        bcubed({}, {})


def test_components() -> None:
    found = components("abcdef", [("a", "b"), ("c", "b"), ("e", "e")])
    assert sorted(map(sorted, found)) == [["a", "b", "c"], ["d"], ["e"], ["f"]]


@pytest.mark.model
def test_judgements_of_one_failure_are_compared_with_families(example_service: SearchService) -> None:
    names = ["RCAs/2025-04-15-label-pods-oomkilled", "RCAs/2025-10-07-route-planner-memory", "RCAs/elsewhere"]
    judged = [JudgedQuery("q", "", {names[1]: 2, names[2]: 1}, {}, names[0])]
    scores = score_families(example_service.snapshot, judged)
    assert (scores.agreement.precision, scores.agreement.recall) == (1, 1)
    assert (scores.alone.recall, scores.failures, scores.missing) == (pytest.approx(2 / 3), 1, (names[2],))
    with pytest.raises(InvalidRequestError, match="made from"):
        score_families(example_service.snapshot, [JudgedQuery("q", "", {}, {}, None)])
