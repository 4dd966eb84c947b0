"""Facts on the command line: ``--elapsed``, ``show``, their JSON, and ``eval --extraction``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
QUESTION = "x509 certificate expired"
LABEL: dict[str, Any] = {
    "doc": CERTIFICATE,
    "resolution_lines": [[23, 29]],
    "cause_lines": [[19, 19]],
    "symptom_lines": [[15, 15]],
    "duration_minutes": 100,
    "duration_tolerance_minutes": 5,
    "action_items": [{"line": 99, "status": "open"}],
    "services": ["checkout-api"],
    "planned_maintenance": False,
    "note": "alt_durations: 45 (first part), 60 (to the ticket).",
}


@pytest.fixture
def labels(tmp_path: Path) -> Callable[..., str]:
    def write(*entries: object) -> str:
        path = tmp_path / "labels.jsonl"
        path.write_text("\n".join(json.dumps(entry) for entry in entries) + "\n", "utf-8")
        return str(path)

    return write


def test_facts_in_json(answer: Answer) -> None:
    body = answer("similar", QUESTION, "-k", "1", "--elapsed", "1h30")
    facts = body["incidents"][0]["facts"]
    assert body["query"]["elapsed_minutes"] == 90
    assert facts["duration"] == {"minutes": 102, "basis": "stated", "first_line": 0, "last_line": 0}
    assert [item["first_line"] for item in facts["resolution"]] == [23]
    assert facts["resolved_by"] == ["Ada"]
    assert body["durations"] == [
        {"severity": None, "count": 1, "median": 102, "shortest": 102, "longest": 102, "left_out": 0}
    ]
    assert body["open_actions"] == []


def test_what_was_over_sooner_is_left_out(ask: Ask) -> None:
    result = ask("similar", QUESTION, "-k", "1", "--elapsed", "5h")
    assert "These lasted longer than the 5 h so far: none, 1 shorter one left out" in result.stdout


@pytest.mark.parametrize("value", ["soon", "-5m", "2 to 3 hours"])
def test_an_elapsed_time_that_is_none(ask: Ask, value: str) -> None:
    result = ask("similar", QUESTION, "--elapsed", value)
    assert result.exit_code == 2
    assert "--elapsed takes a time such as 45m" in result.stderr


def test_show_lists_every_fact_with_its_lines(ask: Ask, answer: Answer) -> None:
    text = ask("show", CERTIFICATE).stdout
    assert "fixed by  23-29  Issued the certificate by hand." in text
    assert "cause     19  The renewal job had no permission" in text
    assert answer("show", CERTIFICATE)["facts"]["causes"][0]["first_line"] == 19
    assert answer("show", "Runbooks/certificates")["facts"] is None


@pytest.mark.parametrize("by_folder", [False, True])
def test_extraction_is_scored(
    ask: Ask, labels: Callable[..., str], vault_folder: Path, helpers: Any, by_folder: bool
) -> None:
    path = labels(LABEL, {**LABEL, "doc": "RCAs/none"})
    arguments = ("eval", "--extraction", path, "--json")
    result = helpers.invoke(*arguments, "--docs", str(vault_folder)) if by_folder else ask(*arguments)
    assert result.exit_code == 0, result.output
    body = json.loads(result.stdout)
    shares = {name: measure["share"] for name, measure in body["extraction"]["measures"].items()}
    names = ("resolution", "cause", "symptom", "duration", "planned", "service_in", "service_first")
    assert shares == dict.fromkeys(names, 1)
    assert body["extraction"]["action_items"] == {"f1": 0, "found": 0, "labelled": 1, "matched": 0}
    assert list(body["organisations"]) == ["RCAs"]
    assert body["missing"] == ["RCAs/none"]
    assert "1 labelled document not there" in result.stderr


@pytest.mark.parametrize(
    ("change", "right"),
    [({}, 1), ({"duration_minutes": 90}, 0), ({"duration_minutes": None}, 0), ({"resolution_lines": []}, 0)],
)
def test_wrong_facts_cost(ask: Ask, labels: Callable[..., str], change: dict[str, Any], right: int) -> None:
    body = json.loads(ask("eval", "--extraction", labels({**LABEL, **change}), "--json").stdout)
    measures = body["extraction"]["measures"]
    assert min(measures["duration"]["right"], measures["resolution"]["right"]) == right


def test_a_rival_duration_is_as_good(ask: Ask, labels: Callable[..., str]) -> None:
    entry = {**LABEL, "duration_minutes": 5, "note": "alt_durations: 45 (why), 102 (all of it)."}
    body = json.loads(ask("eval", "--extraction", labels(entry), "--json").stdout)
    assert body["extraction"]["measures"]["duration"]["right"] == 1


def test_the_table_names_organisations(ask: Ask, labels: Callable[..., str]) -> None:
    text = ask("eval", "--extraction", labels(LABEL)).stdout
    assert "Facts read from 1 labelled document" in text
    assert [line.split()[:2] for line in text.splitlines()[-2:]] == [["RCAs", "1"], ["all", "1"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no label"),
        ("{", "labels.jsonl:1 is no label"),
        ('{"doc": "a"}', "labels.jsonl:1 lacks resolution_lines"),
        (json.dumps({**LABEL, "action_items": [3]}), "labels.jsonl:1 is no label"),
    ],
)
def test_labels_that_are_none(ask: Ask, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(content)
    result = ask("eval", "--extraction", str(path))
    assert result.exit_code == 2
    assert message in result.stderr


def test_extraction_goes_with_nothing_else(ask: Ask, labels: Callable[..., str]) -> None:
    result = ask("eval", "--extraction", labels(LABEL), "--replay")
    assert result.exit_code == 2
    assert "--extraction asks no questions" in result.stderr
