"""Verdicts on the command line: what opens an answer, ``--precision``, ``eval verdict``, ``calibrate``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from rca_search.insight.judge import Judge
from rca_search.models import Verdict

Ask = Callable[..., Result]

COPY = (
    "Every call to checkout-api failed with x509 certificate expired, first in the browser, then in the app."
)
RECIPE = "Fry leeks until golden"


def test_an_answer_opens_with_the_verdict(ask: Ask) -> None:
    assert ask("similar", COPY).stdout.startswith("Probably the same failure as on 2025-11-02")
    nothing = ask("similar", RECIPE).stdout
    assert re.match(r"Nothing similar on record( \(the nearest is \d+ % likely\))?\n", nothing)
    assert "\n\nNearest misses\n" in nothing
    thin = ask("similar", "database").stdout.splitlines()
    assert thin[0] == "Too little to judge by"
    assert thin[1].startswith("  Add: the exact error line")


def test_runbooks_open_with_theirs(ask: Ask) -> None:
    assert ask("runbooks", RECIPE).stdout.startswith("No runbook for this on record")


def test_json_has_it_first(ask: Ask) -> None:
    body = json.loads(ask("similar", COPY, "--json").stdout)
    assert list(body)[:3] == ["schema_version", "verdict", "probability"]
    assert body["verdict"] == body["incident_judgement"]["verdict"] == "same"
    assert body["incidents"][0]["likelihood"]["verdict"] == "same"
    assert body["query"]["precision"] == 0.8
    strict = json.loads(ask("similar", COPY, "--json", "--precision", "0.9").stdout)
    assert strict["incident_judgement"]["precision"] == 0.9
    assert strict["probability"] == body["probability"]


@pytest.mark.parametrize("value", ["0", "1", "1.5", "-0.1", "nan"])
def test_a_promise_that_makes_no_sense_is_refused(ask: Ask, value: str) -> None:
    refused = ask("similar", COPY, "--precision", value)
    assert refused.exit_code == 2
    assert "between 0 and 1" in refused.stderr


@pytest.mark.parametrize("command", ["similar", "runbooks"])
@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.SAME, 0),
        (Verdict.LIKELY, 0),
        (Verdict.POSSIBLE, 0),
        (Verdict.NOTHING_SIMILAR, 1),
        (Verdict.TOO_THIN, 1),
    ],
)
def test_exit_codes_follow_the_verdict(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, command: str, verdict: Verdict, code: int
) -> None:
    monkeypatch.setattr(Judge, "_verdict", lambda *_: verdict)
    assert ask(command, COPY, "--exit-code").exit_code == code
    assert ask(command, COPY).exit_code == 0
    assert json.loads(ask(command, COPY, "--json").stdout)["verdict"] == verdict.value


def test_an_answer_that_the_calibration_does_not_know_says_so(ask: Ask) -> None:
    body = json.loads(ask("similar", COPY, "--json").stdout)  # the test model is not the default one
    for name in ("incident_judgement", "runbook_judgement"):
        assert (body[name]["calibration"], body[name]["calibrated"]) == ("default", False)


@pytest.fixture
def judged(tmp_path: Path) -> tuple[str, ...]:
    queries = [{"_id": "q1", "text": COPY}, {"_id": "q2", "text": "nobody judged this"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text("q1\tRCAs/2025-11-02-checkout-certificate\t2\n")
    return ("--queries", str(tmp_path / "queries.jsonl"), "--qrels", str(tmp_path / "qrels.tsv"))


def test_verdicts_are_scored(ask: Ask, judged: tuple[str, ...]) -> None:
    shown = ask("eval", "verdict", *judged, "--incidents")
    assert shown.exit_code == 0, shown.output
    assert "1 judged question on incidents, 1 without a judged document left out" in shown.stdout
    assert re.search(r"called same +1 +0 +1\.000", shown.stdout)
    assert "The judgements hold no grade 0" in shown.stderr
    with Path(judged[-1]).open("a") as qrels:
        qrels.write("q1\tRCAs/disk\t0\n")
    assert "grade 0" not in ask("eval", "verdict", *judged).stderr
    gate = ("--fail-under", "same_right=0.9", "--fail-under", "nothing_rejected=0.9")
    failed = ask("eval", "verdict", *judged, "--incidents", "--json", *gate)
    body: dict[str, Any] = json.loads(failed.stdout)
    assert failed.exit_code == 6
    assert [check["passed"] for check in body["gate"]["checks"]] == [True, False]
    assert body["promises"]["same"] == {"answers": 1, "unjudged": 0, "share": 1.0}
    assert (body["unjudged"], body["asked"]) == (1, {"judged": 1, "off_topic": 500})
    assert [(each["sort"], each["verdict"]) for each in body["outcomes"]] == [("judged", "same")]
    assert body["outcomes"][0]["hits"][0]["grade"] == 2


def test_questions_that_nothing_answers_are_told_by_kind(
    ask: Ask, judged: tuple[str, ...], tmp_path: Path
) -> None:
    lines = [
        {"text": RECIPE, "kind": "recipe\x1b[31m" + "x" * 60},
        {"text": "database"},
        {"text": COPY, "kind": None},
    ]
    (tmp_path / "nothing.jsonl").write_text("\n".join(map(json.dumps, lines)))
    given = ("eval", "verdict", *judged, "--incidents", "--nothing", str(tmp_path / "nothing.jsonl"))
    shown = ask(*given)
    assert shown.exit_code == 0, shown.output
    assert "\x1b" not in shown.stdout
    assert re.search(r"^  nothing answers them +3 +0\.333", shown.stdout, re.MULTILINE)
    assert re.search(r"^    nothing +2 +0\.500 .* 0\.500$", shown.stdout, re.MULTILINE)
    body = json.loads(ask(*given, "--json").stdout)
    assert body["asked"]["nothing"] == 3
    assert body["rungs"]["nothing"]["too_thin"] == pytest.approx(1 / 3)
    assert body["measures"]["nothing_rejected"] == pytest.approx(2 / 3)
    assert {hit["grade"] for each in body["outcomes"][1:] for hit in each["hits"]} == {0}


@pytest.mark.parametrize("line", ['{"kind": "x"}', '{"text": " "}', '{"text": "a", "kind": 3}', "[]", ""])
def test_a_bad_file_of_such_questions_is_told(
    ask: Ask, judged: tuple[str, ...], tmp_path: Path, line: str
) -> None:
    (tmp_path / "nothing.jsonl").write_text(line)
    refused = ask("eval", "verdict", *judged, "--nothing", str(tmp_path / "nothing.jsonl"))
    assert refused.exit_code == 2
    assert "nothing.jsonl" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nothing", "missing.jsonl"),
        ("--save-cases", "folder"),
        ("--worst", "3"),
        ("--fail-under", "ndcg@10=0.5"),
    ],
)
def test_what_does_not_go_together_is_refused(
    ask: Ask, judged: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    assert ask("eval", "verdict", *judged, *arguments).exit_code == 2


def test_verdicts_need_questions(ask: Ask) -> None:
    assert ask("eval", "verdict").exit_code == 2


def test_calibrate_says_where_there_is_too_little(ask: Ask, tmp_path: Path) -> None:
    shown = ask("calibrate", "--picture", str(tmp_path / "curve.svg"))
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("Too little history: the default stays.\n  0 cases of linked incidents")
    assert not (tmp_path / "curve.svg").exists()
    body = json.loads(ask("calibrate", "--json").stdout)
    assert (body["calibration"], body["reason"], body["before"]) == ("default", "too_few_cases", None)
    assert "The default does not know this model" in shown.stdout
    assert json.loads(ask("calibrate", "--reset", "--json").stdout)["reason"] == "reset"
    assert ask("calibrate", "--reset", "--picture", "x.svg").exit_code == 2
