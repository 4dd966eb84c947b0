"""The arithmetic and the files of the benchmarks."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import socket
from pathlib import Path

import pytest

from benchmarks import charts, results, targets
from benchmarks.setting import CannotMeasureError, Measured, Setting
from benchmarks.stats import Spread, ratios, spread
from benchmarks.tables import Table, number, render


def test_spread_is_the_median_with_the_middle_nine_tenths() -> None:
    assert spread([float(value) for value in range(101)]) == Spread(50.0, 5.0, 95.0, 101)
    assert spread([3.0]) == Spread(3.0, 3.0, 3.0, 1)
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


def test_ratios_are_taken_pair_by_pair() -> None:
    # A machine ten times slower in the last round: the ratio of medians would be 10, each pair says 2.
    slowly = ratios([2.0, 20.0, 20.0], [1.0, 10.0, 10.0])
    assert (slowly.median, slowly.p5, slowly.p95) == (2.0, 2.0, 2.0)
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0123, "0.012"), (0.5, "0.50"), (3.456, "3.46"), (34.56, "34.6"), (1234.5, "1,234")],
)
def test_numbers_keep_what_can_have_been_measured(value: float, text: str) -> None:
    assert number(value) == text


def test_tables_line_up_and_are_markdown() -> None:
    lines = render(Table("T", ("what", "ms"), (("a", "1.00"), ("longer", "22")), note="N")).splitlines()
    assert lines[0] == "### T"
    assert len({len(line) for line in lines[2:6]}) == 1
    assert lines[3] == "| ------ | ---: |"
    assert lines[5] == "| longer |   22 |"
    assert lines[-1] == "N"


def test_targets_say_what_is_met() -> None:
    measured = {
        "warm_to_embedding": spread([1.7]),
        "warm_to_txtai": spread([4.5]),
        "cold_to_bare": spread([2.0]),
    }
    rows = {row[0]: row[1:] for row in targets.verdicts(measured).rows}
    assert rows[targets.TARGETS["warm_to_embedding"].label][1:] == ("at most 1.6", "NOT MET")
    assert rows[targets.TARGETS["warm_to_txtai"].label][1:] == ("at least 4", "met")
    assert rows[targets.TARGETS["cold_to_bare"].label][1:] == ("", "")


@pytest.mark.parametrize(
    ("name", "value", "behind"),
    [
        ("warm_to_embedding", 2.4, False),
        ("warm_to_embedding", 2.6, True),
        ("http_to_plain", 1.6, False),
        ("http_to_plain", 1.4, True),
    ],
)
def test_a_regression_is_beyond_limit_and_tolerance(name: str, value: float, behind: bool) -> None:
    found = targets.regressions({name: spread([value])}, {name: 2.0}, 0.25)
    assert [line for line in found if targets.TARGETS[name].label in line] == found
    assert bool(found) == behind


def test_limits_are_ratios_never_times() -> None:
    with pytest.raises(ValueError, match="no ratio"):
        targets.regressions({}, {"rebuild_changed_seconds": 2.0}, 0.1)
    for form in ("short", "full"):
        limits, tolerance = targets.read_limits(form)
        assert targets.regressions({}, limits, tolerance) == []
        assert 0 < tolerance < 1


def test_what_was_not_measured_is_no_regression() -> None:
    assert targets.regressions({}, {"warm_to_embedding": 1.0}, 0.0) == []


def test_a_result_names_commit_and_machine_and_no_place(tmp_path: Path) -> None:
    table = Table("Cold", ("process", "s"), (("rca-search", "0.70"),))
    measured = {"cold": Measured({"cold_to_bare": spread([2.0, 3.0])}, (table,), {"chunks": 7})}
    moment = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
    report = results.collect(Setting(short=True), measured, moment)
    target, page = results.write(tmp_path, report, targets.verdicts(results.ratios_of(measured)))
    assert target.name == f"2026-11-24-{report['commit']}-short.json"
    content = target.read_text(encoding="utf-8")
    assert {"commit", "machine", "ratios", "measurements", "threads"} <= json.loads(content).keys()
    for text in (content, page.read_text(encoding="utf-8")):
        assert str(Path.cwd()) not in text
        assert str(Path.home()) + "/" not in text
        assert socket.gethostname() not in text
    assert "| rca-search | 0.70 |" in page.read_text(encoding="utf-8")
    assert results.latest(tmp_path, having="cold") == json.loads(content)
    assert results.latest(tmp_path, having="warm") is None


def test_charts_are_the_same_for_the_same_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("matplotlib") is None:
        with pytest.raises(CannotMeasureError, match=r"rca-search\[bench\]"):
            charts.draw({"measurements": {}}, tmp_path)
        return
    vectors = tmp_path / "vectors.json"
    searches = {"alike@10": {"recall": 0.99, "p50_ms": 0.5}, "filter 0.1@10": {"recall10": 1, "p50_ms": 9}}
    vectors.write_text(json.dumps([{"kind": "ivf", "rows": 1000, **searches}]), encoding="utf-8")
    assert charts.vector_points(vectors) == [("ivf, 1,000 vectors, alike@10", 0.5, 0.99)]
    assert charts.vector_points(tmp_path / "none.json") == []
    monkeypatch.setattr(charts, "vector_points", lambda: [("ivf", 0.5, 0.99)])
    seconds = spread([0.01, 0.02]).as_json()
    points = [{"chunks": 1000 * n, "build_seconds": n, "question_seconds": seconds} for n in (1, 10)]
    report = {"measurements": {"growth": {"figures": {"points": points}}}}
    first = {path.name: path.read_bytes() for path in charts.draw(report, tmp_path / "a")}
    assert sorted(first) == ["build-by-size.svg", "latency-by-size.svg", "recall-by-latency.svg"]
    assert first == {path.name: path.read_bytes() for path in charts.draw(report, tmp_path / "b")}
