"""Means by group, and thresholds."""

from __future__ import annotations

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.gate import Threshold, check, parse_thresholds
from rca_search.evaluation.run import MEASURES, QueryOutcome
from rca_search.evaluation.summary import Summary, grouped, require_keys, summarise, values_of


def outcome(name: str, value: float) -> QueryOutcome:
    return QueryOutcome(name, (), dict.fromkeys(MEASURES, value))


def query(name: str, metadata: dict[str, object]) -> JudgedQuery:
    return JudgedQuery(name, "text", {"a": 1}, metadata, None)


def test_means_and_counts() -> None:
    summary = summarise([outcome("q1", 1.0), outcome("q2", 0.0), outcome("q3", 0.5)])
    assert summary.queries == 3
    assert summary.means == dict.fromkeys(MEASURES, 0.5)
    assert all(0 <= each.low <= 0.5 <= each.high <= 1 for each in summary.intervals.values())
    assert summarise([]) == Summary(0, {}, {})


def test_a_measure_of_some_questions_is_averaged_over_these() -> None:
    some = [QueryOutcome(name, (), {**dict.fromkeys(MEASURES, 1.0), **more}) for name, more in (
        ("q1", {"section@1": 1.0}), ("q2", {"section@1": 0.0}), ("q3", {}),
    )]  # fmt: skip
    summary = summarise(some)
    assert (summary.means["section@1"], summary.counts, summary.means["mrr"]) == (0.5, {"section@1": 2}, 1.0)
    threshold = Threshold("section@1", 0.4)
    assert parse_thresholds(["section@1=0.4"]) == [threshold]
    assert [each.passed for each in check([threshold], summary)] == [True]
    without = check([threshold], summarise([outcome("q1", 1.0)]))
    assert [(each.mean, each.passed) for each in without] == [(None, False)]


def test_a_question_counts_for_each_value_of_a_list() -> None:
    queries = [
        query("q1", {"team": ["a", "b", "a"], "year": 2024}),
        query("q2", {"team": "b", "year": True}),
        query("q3", {"team": []}),
        query("q4", {"team": None}),
    ]
    outcomes = [outcome("q1", 1.0), outcome("q2", 0.0), outcome("q3", 0.5), outcome("q4", 0.5)]
    teams = grouped(outcomes, queries, "team")
    assert [(each.value, each.summary.queries, each.summary.means["mrr"]) for each in teams] == [
        ("a", 1, 1.0),
        ("b", 2, 0.5),
    ]
    assert [each.value for each in grouped(outcomes, queries, "year")] == ["2024", "true"]
    assert values_of({"x": 1}) == ['{"x": 1}']


def test_an_unknown_key_is_answered_with_those_that_there_are() -> None:
    queries = [query("q1", {"team": "a", "empty": []}), query("q2", {"style": "short"})]
    require_keys(["team", "style"], queries)
    with pytest.raises(InvalidRequestError) as caught:
        require_keys(["team", "colour"], queries)
    assert "'colour'" in caught.value.message
    assert caught.value.remedy == "There are: style, team."
    with pytest.raises(InvalidRequestError, match="have no metadata"):
        require_keys(["team"], [query("q", {})])


def test_thresholds_are_read() -> None:
    assert parse_thresholds(["ndcg@10=0.6", " MRR = 1", "hit@1=0"]) == [
        Threshold("ndcg@10", 0.6),
        Threshold("mrr", 1.0),
        Threshold("hit@1", 0.0),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ndcg@10", "MEASURE=VALUE"),
        ("=0.5", "no measure ''"),
        ("map=0.5", "no measure 'map', only hit@1"),
        ("mrr=high", "MEASURE=VALUE"),
        ("mrr=60", "between 0 and 1"),
        ("mrr=-0.1", "between 0 and 1"),
        ("mrr=nan", "between 0 and 1"),
        ("mrr=0,6", "MEASURE=VALUE"),
    ],
)
def test_bad_thresholds_are_told(text: str, said: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_thresholds([text])
    assert said in caught.value.message
    assert repr(text) in caught.value.message


def test_one_measure_has_one_threshold() -> None:
    with pytest.raises(InvalidRequestError, match="already"):
        parse_thresholds(["mrr=0.5", "mrr=0.6"])


def test_a_mean_is_compared_with_its_threshold() -> None:
    summary = summarise([outcome(f"q{n}", float(n < 30)) for n in range(50)])

    def passes(least: float) -> tuple[bool, bool]:
        (found,) = check([Threshold("mrr", least)], summary)
        assert found.mean == 0.6
        return found.passed, found.uncertain

    assert passes(0.6) == (True, True)
    assert passes(0.6 + 1e-12) == (True, True)  # a rounding error stops nobody
    assert passes(0.601) == (False, True)
    assert passes(0.3) == (True, False)
    assert passes(0.9) == (False, False)


def test_without_a_question_nothing_is_certain() -> None:
    (found,) = check([Threshold("mrr", 0.0)], summarise([]))
    assert (found.mean, found.passed, found.uncertain) == (None, False, True)
