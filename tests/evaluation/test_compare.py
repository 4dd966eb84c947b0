"""Two runs, question by question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.compare import FormerOutcome, FormerRun, compare, digest, load_former
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.run import MEASURES, QueryOutcome


def query(name: str, text: str = "text") -> JudgedQuery:
    return JudgedQuery(name, text, {"a": 1}, {}, None)


def outcome(name: str, value: float) -> QueryOutcome:
    return QueryOutcome(name, (), dict.fromkeys(MEASURES, value))


def former(values: dict[str, float], *, text: str = "text") -> FormerRun:
    return FormerRun(
        "v1",
        {
            name: FormerOutcome(digest(query(name, text)), dict.fromkeys(MEASURES, value))
            for name, value in values.items()
        },
    )


def test_differences_are_paired_and_counted() -> None:
    before = {"q1": 0.0, "q2": 1.0, "q3": 0.5, "q4": 0.25, "gone": 1.0}
    now = {"q1": 1.0, "q2": 0.5, "q3": 0.5, "q4": 0.75, "new": 0.0}
    found = compare(former(before), [outcome(*pair) for pair in now.items()], [query(name) for name in now])
    assert (found.version, found.queries) == ("v1", 4)
    assert (found.altered, found.only_before, found.only_now) == (0, 1, 1)
    assert list(found.changes) == list(MEASURES)
    change = found.changes["mrr"]
    assert change.mean == pytest.approx(0.25)
    assert (change.rose, change.fell) == (2, 1)
    assert change.interval.low < 0.25 < change.interval.high


def test_equal_differences_leave_no_doubt_whatever_the_spread() -> None:
    before = {f"q{n}": 0.9 * (n % 2) for n in range(20)}
    now = [outcome(name, value + 0.1) for name, value in before.items()]
    change = compare(former(before), now, [query(name) for name in before]).changes["mrr"]
    assert (change.interval.low, change.interval.high) == (pytest.approx(0.1), pytest.approx(0.1))
    assert (change.rose, change.fell) == (20, 0)


def test_a_question_asked_otherwise_is_left_out() -> None:
    run = FormerRun("v1", {**former({"q1": 0.0}).outcomes, **former({"q2": 0.0}, text="other").outcomes})
    found = compare(run, [outcome("q1", 1.0), outcome("q2", 0.5)], [query("q1"), query("q2")])
    assert (found.queries, found.altered) == (1, 1)
    assert found.changes["mrr"].mean == 1.0
    with pytest.raises(InvalidRequestError, match="Not one question"):
        compare(former({"q1": 0.0}, text="other"), [outcome("q1", 1.0)], [query("q1")])


def test_measures_that_the_former_run_lacks_are_left_out() -> None:
    run = FormerRun("v1", {"q1": FormerOutcome(digest(query("q1")), {"mrr": 0.5, "unknown": 1.0})})
    assert list(compare(run, [outcome("q1", 1.0)], [query("q1")]).changes) == ["mrr"]


def test_the_digest_tells_text_judgements_and_own_document_apart() -> None:
    base = JudgedQuery("q", "text", {"a": 1, "b": 2}, {"style": "short"}, None)
    same = JudgedQuery("other", "text", {"b": 2, "a": 1}, {}, None)
    assert digest(base) == digest(same)
    others = [
        JudgedQuery("q", "texts", {"a": 1, "b": 2}, {}, None),
        JudgedQuery("q", "text", {"a": 1}, {}, None),
        JudgedQuery("q", "text", {"a": 2, "b": 2}, {}, None),
        JudgedQuery("q", "text", {"a": 1, "b": 2}, {}, "own"),
    ]
    assert len({digest(base), *map(digest, others)}) == 5


GOOD = {"index_version": "v1", "outcomes": [{"id": "q1", "digest": "d", "measures": {"mrr": 0.5}}]}


def test_a_former_run_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(GOOD))
    assert load_former(path) == FormerRun("v1", {"q1": FormerOutcome("d", {"mrr": 0.5})})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "scores.json:1 is not JSON"),
        ('{\n"outcomes": [\n', "scores.json:3 is not JSON"),
        ("[]", "no outcome of each question"),
        ({"index_version": "v1"}, "no outcome of each question"),
        ({**GOOD, "outcomes": None}, "no outcome of each question"),
        ({**GOOD, "outcomes": [{"id": "q1", "measures": {}}]}, "no outcome of each question"),
        ({**GOOD, "outcomes": [{"id": "q1", "digest": "d", "measures": {"mrr": "1"}}]}, "no outcome"),
        ({**GOOD, "outcomes": [{"id": "q1", "digest": "d", "measures": {"mrr": 7}}]}, "no outcome"),
        ({**GOOD, "outcomes": [{"id": [], "digest": "d", "measures": {}}]}, "no outcome"),
        ({"schema_version": 1, "hit@1": 0.5, "index_version": "v1"}, "no outcome"),
    ],
)
def test_damaged_runs_are_told(tmp_path: Path, content: Any, said: str) -> None:
    path = tmp_path / "scores.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(InvalidRequestError) as caught:
        load_former(path)
    assert said in caught.value.message
    assert str(path) in caught.value.message


def test_a_missing_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="cannot be read"):
        load_former(tmp_path / "none.json")
