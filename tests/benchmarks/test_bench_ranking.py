"""What the measurements on judged questions compute: pairs, own documents, and parts left out."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import ablation, charts, judged, quality, results
from benchmarks.paired import ALL, by_set, difference, moved, spelled
from benchmarks.setting import CannotMeasureError, Measured, Setting
from rca_search.embedding.hashing import HashingEncoder
from rca_search.evaluation.dataset import JudgedQuery, resolved
from rca_search.evaluation.intervals import Difference
from rca_search.evaluation.run import evaluate
from rca_search.models import Kind
from rca_search.ranking import weights
from rca_search.ranking.retrieval import Retrieval
from rca_search.service import SearchService

LONG = "HikariPool-1 connection is not available, pool pool pool exhausted; labels api waits. " * 30


@pytest.fixture(scope="module")
def vault_service(vault: Path, make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(vault, HashingEncoder())


def test_a_constant_difference_is_certain() -> None:
    found = difference([0.5, 0.7, 0.3], [0.4, 0.6, 0.2])
    assert (found.mean, found.interval.low, found.interval.high) == pytest.approx((0.1, 0.1, 0.1))
    assert (found.rose, found.fell, found.count, found.sure) == (3, 0, 3, True)
    assert spelled(found) == "+0.100 (+0.100 to +0.100) *"
    assert moved(found) == "3 up, 0 down"


def test_the_interval_is_that_of_the_mean() -> None:
    # 400 differences, half 0 and half 1: the standard error is 0.5 / 20, so 95 % lie within 0.049 of 0.5.
    found = difference([0.0, 1.0] * 200, [0.0] * 400)
    assert found.mean == 0.5
    assert (found.interval.low, found.interval.high) == pytest.approx((0.451, 0.549), abs=0.005)
    assert found == difference([0.0, 1.0] * 200, [0.0] * 400)


def test_what_both_find_equally_hard_is_no_noise() -> None:
    hard = [0.0, 1.0] * 50
    found = difference([value + 0.01 for value in hard], hard)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.01, 0.01))


def test_an_interval_around_zero_is_not_certain() -> None:
    found = difference([1.0, 0.0, 0.5], [0.0, 1.0, 0.5])
    assert not found.sure
    assert (found.rose, found.fell) == (1, 1)
    assert spelled(found).startswith("+0.000 (-")
    with pytest.raises(ValueError, match="2 and 1"):
        difference([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="0 and 0"):
        difference([], [])


def test_sets_are_compared_apart_and_together() -> None:
    apart = by_set({"a": [1.0, 1.0], "b": [0.0]}, {"b": [0.5], "a": [0.0, 0.0]})
    assert {name: one.count for name, one in apart.items()} == {"a": 2, "b": 1, ALL: 3}
    assert apart[ALL].mean == pytest.approx(0.5)
    assert (apart[ALL].rose, apart[ALL].fell) == (2, 1)


def test_the_own_document_is_dropped_and_the_next_moves_up() -> None:
    asked: list[tuple[str, int]] = []

    def rank(text: str, depth: int) -> list[str]:
        asked.append((text, depth))
        return ["a", "own", *(f"d{number}" for number in range(depth - 2))]

    question = JudgedQuery("q", "down", {"d0": 1}, {}, "own")
    ranked = judged.without_own(question, rank)
    assert asked == [("down", judged.DEPTH + 1)]
    assert ranked[:3] == ["a", "d0", "d1"]
    assert len(ranked) == judged.DEPTH
    other = JudgedQuery("q", "down", {"d0": 1}, {}, None)
    assert judged.without_own(other, rank)[:2] == ["a", "own"]
    assert len(judged.without_own(other, rank)) == judged.DEPTH


def test_judgements_are_named_by_document_ids() -> None:
    known = {"INC-1": "RCAs/one", "RCAs/one": "RCAs/one", "self": "RCAs/self"}
    query = JudgedQuery("q", "text", {"INC-1": 1, "RCAs/one": 2, "gone": 1, "self": 2}, {}, "self")
    assert resolved(query, known.get) == JudgedQuery("q", "text", {"RCAs/one": 2, "gone": 1}, {}, "RCAs/self")


def test_rankings_are_measured_as_eval_measures_them(vault_service: SearchService) -> None:
    runs = [("connection pool exhausted", "2024-10-14-tracking-api-pool-exhausted"), ("disk is full", None)]
    queries = [
        JudgedQuery(f"q{number}", text, {"RCAs/2025-03-27-labels-hikari-timeouts": 2}, {}, own)
        for number, (text, own) in enumerate(runs)
    ]
    questions = [resolved(query, vault_service.find) for query in queries]
    assert questions[0].own == "RCAs/2024-10-14-tracking-api-pool-exhausted"
    part = judged.JudgedSet("s", Kind.INCIDENT, None, vault_service, questions)  # type: ignore[arg-type]
    found = judged.measures(questions, part.product)
    report = evaluate(vault_service, queries, kind=Kind.INCIDENT)
    for name in judged.SHOWN:
        assert found[name] == [outcome.measures[name] for outcome in report.outcomes]


@pytest.mark.parametrize("part", ablation.PARTS)
def test_leaving_a_part_out_changes_totals_and_is_undone(vault_service: SearchService, part: str) -> None:
    def totals() -> list[Any]:
        question = JudgedQuery("q", LONG, {}, {}, None)
        ask = vault_service.ranking
        query = judged.Query(text=question.text)
        return [ask(query, kind, depth=100) for kind in (Kind.INCIDENT, Kind.RUNBOOK)]

    before, plain, at_first = dict(vars(weights)), Retrieval.__init__, totals()
    with ablation.PARTS[part]():
        changed = totals()
    # So small a corpus has no more candidates than the limits let in.
    assert (changed == at_first) == (part == "the limits on candidates")
    assert vars(weights) == before
    assert Retrieval.__init__ is plain
    assert totals() == at_first


def test_a_failure_inside_leaves_nothing_changed() -> None:
    before, plain = dict(vars(weights)), Retrieval.__init__
    for context in ablation.PARTS.values():
        with pytest.raises(ZeroDivisionError), context():
            raise ZeroDivisionError
    with pytest.raises(AttributeError), ablation.replaced(weights, WORDS=(), NO_SUCH_NUMBER=1):
        pass
    assert vars(weights) == before
    assert Retrieval.__init__ is plain


def test_signals_that_are_left_out_leave_their_share_to_the_others() -> None:
    before = [getattr(weights, name) for name in ablation.SHARES]
    with ablation.without_shares("lexical"):
        for name, shares in zip(ablation.SHARES, before, strict=True):
            left = getattr(weights, name)
            assert left[1] == 0.0
            assert sum(left) == pytest.approx(sum(shares))
            assert left[0] / left[2] == pytest.approx(shares[0] / shares[2])
    with ablation.only("spelling"):
        for name, shares in zip(ablation.SHARES, before, strict=True):
            assert getattr(weights, name) == pytest.approx((0.0, 0.0, sum(shares), 0.0))


def _found() -> dict[str, dict[str, judged.Measures]]:
    ours = {"ndcg@10": [1.0, 0.5], "hit@1": [1.0, 0.0], "hit@10": [1.0, 1.0]}
    theirs = {"ndcg@10": [0.5, 0.5], "hit@1": [0.0, 0.0], "hit@10": [1.0, 1.0]}
    return {"recurrence": {quality.PRODUCT: ours, "txtai": theirs}}


def test_systems_and_differences_stand_in_tables() -> None:
    found, counts = _found(), {"recurrence": 2}
    apart = quality.differences(found)
    assert isinstance(apart["txtai"][ALL], Difference)
    scores = quality.scores_table(found, counts)
    assert scores.rows[0] == ("rca-search", "0.750 / 0.500 / 1.000")
    assert scores.headings == ("system", "recurrence (2)")
    (row,) = quality.differences_table(apart, counts).rows
    assert row[1] == "+0.250 (+0.000 to +0.500); 1 up, 0 down"


def test_results_on_judged_questions_have_files_of_their_own(tmp_path: Path) -> None:
    table = quality.scores_table(_found(), {"recurrence": 2})
    means = {"rca-search": {"ndcg@10": 0.75}, "txtai": {"ndcg@10": 0.5}}
    figures = {"sets": {"recurrence": {"questions": ["a", "b"], "means": means}}}
    moment = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    report = results.collect(Setting(short=True), {"quality": Measured({}, (table,), figures)}, moment)
    target, page = results.write_ranking(tmp_path, report, "quality")
    assert target.name == f"quality-2026-11-24-{report['commit']}-short.json"
    text = page.read_text(encoding="utf-8")
    assert page.name == "quality-short.md"
    assert f"`python -m benchmarks quality --short` at commit {report['commit']}" in text
    assert "0.750 / 0.500 / 1.000" in text
    assert json.loads(target.read_text(encoding="utf-8"))["measurements"]["quality"]["figures"] == figures
    if importlib.util.find_spec("matplotlib") is None:
        with pytest.raises(CannotMeasureError, match=r"rca-search\[bench\]"):
            charts.draw_quality(report, tmp_path)
        return
    (drawn,) = charts.draw_quality(report, tmp_path)
    assert drawn.name == "quality.svg"
    first = drawn.read_bytes()
    assert b"txtai hybrid" in first
    assert charts.draw_quality(report, tmp_path)[0].read_bytes() == first
    assert charts.draw_quality({"measurements": {"ablation": {"figures": {}}}}, tmp_path) == []


@pytest.mark.parametrize("name", command.ON_JUDGED_QUESTIONS)
def test_without_judged_questions_a_run_says_what_is_missing(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RCA_CORPORA", raising=False)
    assert command.main([name, "--short", f"--work={tmp_path}"]) == 2
    assert f"{name} needs judged questions: set RCA_CORPORA" in capsys.readouterr().err
