"""What ``--json`` prints: complete, exactly of the documented shapes, errors included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import Result

from rca_search.schemas.catalogue import ANSWERS

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"


def faults(value: dict[str, Any], name: str) -> list[str]:
    """Return where ``value`` is not as the published schema called ``name`` and its model say.

    Keys may neither be missing nor be more.
    """
    model = ANSWERS[name][0]
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    found = [error.message for error in Draft202012Validator(schema).iter_errors(value)]
    if found:
        return found
    told = model.model_validate(value).model_dump(mode="json")
    return [] if told == value else [f"{key} differs" for key in told.keys() | value.keys()]


def test_the_check_finds_faults(answer: Answer) -> None:
    body = answer("verify")
    assert faults(body, "verify") == []
    assert faults({**body, "more": 1}, "verify") != []
    assert faults({**body, "intact": "yes"}, "verify") == ["'yes' is not of type 'boolean'"]
    del body["faults"]
    assert faults(body, "verify") == ["'faults' is a required property"]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("similar", "certificate expired"), "similar"),
        (("similar", "--incident", CERTIFICATE, "--service", "payments-api"), "similar"),
        (("runbooks", "certificate expired"), "runbooks"),
        (("similar", "disk is full", "--why-not", CERTIFICATE), "why_not"),
        (("similar", "disk is full", "--why-not", "disk", "--exclude", "disk"), "why_not"),
        (("runbooks", "disk is full", "--why-not", "certificates"), "why_not"),
        (("families",), "families"),
        (("show", "disk"), "document"),
        (("show", "checkout-api"), "document"),
        (("status",), "status"),
        (("verify",), "verify"),
        (("gaps",), "gaps"),
        (("show", "disk", "--graph"), "graph"),
    ],
)
def test_commands_print_what_is_documented(answer: Answer, arguments: tuple[str, ...], name: str) -> None:
    body = answer(*arguments)
    assert faults(body, name) == []
    assert body["schema_version"] == 2


def test_an_answer_is_complete(answer: Answer, index: Path) -> None:
    body = answer("similar", "the browser says x509 certificate expired", "-k", "1", "--severity", "sev-1")
    hit = body["incidents"][0]
    assert body["query"] == {
        "source": "text",
        "text": "the browser says x509 certificate expired",
        "incident": None,
        "limit": 1,
        "as_of": None,
        "exclude": [],
        "elapsed_minutes": None,
        "about": [],
        "precision": 0.8,
        "filter": {"services": [], "severities": ["sev-1"], "tags": [], "since": None, "until": None},
    }
    assert body["windows"] == 1
    assert body["index_version"] == json.loads((index / "CURRENT").read_text())["version"]
    assert body["freshness"]["stale"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["freshness"]["checked_at"])
    assert {key: hit[key] for key in list(hit)[:14]} == {
        "rank": 1,
        "url": "/v1/incidents/RCAs/2025-11-02-checkout-certificate",
        "id": CERTIFICATE,
        "kind": "incident",
        "title": "Checkout refused by browsers",
        "path": "RCAs/2025-11-02-checkout-certificate.md",
        "source": "vault",
        "date": "2025-11-02",
        "severity": "SEV-1",
        "services": ["checkout-api", "ingress"],
        "tags": ["tls"],
        "status": None,
        "duration_minutes": 102,
        "authors": ["Ada"],
    }
    assert set(hit["matched_terms"]) == {"x509", "certificate", "expired", "browser"}
    score = hit["score"]
    total = 0.37 * score["dense"] + 0.27 * score["lexical"] + 0.28 * score["spelling"]
    total += 0.08 * score["title"]
    assert score["total"] == pytest.approx(total, abs=1e-5)


def test_passages_are_the_lines_they_name(answer: Answer, helpers: Any) -> None:
    hit = answer("similar", "x509 certificate expired", "-k", "1")["incidents"][0]
    lines = helpers.documents["RCAs/2025-11-02-checkout-certificate.md"].split("\n")
    assert hit["passages"]
    for passage in (*hit["passages"], hit["resolution"]):
        spanned = "\n".join(lines[passage["first_line"] - 1 : passage["last_line"]])
        assert passage["text"] == spanned
        assert passage["path"] == hit["path"]
    assert hit["resolution"]["role"] == "resolution"
    assert "kubectl -n edge create secret tls" in hit["resolution"]["text"]
    assert hit["passages"][0]["headings"][-1] == "Summary"


def test_evidence_points_at_characters_of_both_sides(answer: Answer, helpers: Any) -> None:
    body = answer("similar", "x509 certificate expired", "-k", "1")
    evidence = body["incidents"][0]["evidence"]
    lines = helpers.documents["RCAs/2025-11-02-checkout-certificate.md"].split("\n")
    pair = evidence["pairs"][0]
    assert (pair["asked"]["path"], pair["asked"]["text"]) == (None, "x509 certificate expired")
    told = pair["told"]
    assert (told["path"], told["line"], pair["role"]) == (body["incidents"][0]["path"], 15, "summary")
    assert lines[14][told["start"] : told["end"]] == told["text"]
    marked = [lines[mark["line"] - 1][mark["start"] : mark["end"]] for mark in told["highlights"]]
    assert marked == ["x509", "certificate", "expired"]
    (shared,) = evidence["identifiers"]
    assert (shared["name"], shared["kind"], shared["asked"]) == (
        "x509",
        "name",
        [{"line": 1, "start": 0, "end": 4}],
    )
    assert [(one["kind"], one["subject"]) for one in evidence["reasons"]] == [
        ("identifier", "x509"),
        ("words", "certificate"),
        ("words", "expired"),
        ("role", "summary"),
    ]
    assert evidence["differences"] == []
    assert body["runbooks"][0]["evidence"]["pairs"][0]["told"]["path"] == "Runbooks/certificates.md"


def test_an_incident_without_a_resolution_says_so(answer: Answer) -> None:
    hit = answer("similar", "disk of search filled up", "-k", "1")["incidents"][0]
    assert (hit["id"], hit["resolution"]) == ("RCAs/disk", None)


def test_runbooks_come_with_their_reasons(answer: Answer) -> None:
    hit = answer("similar", "x509 certificate expired")["runbooks"][0]
    assert hit["id"] == "Runbooks/certificates"
    assert [(reason["source"], reason["subject"], reason["path"]) for reason in hit["reasons"]] == [
        ("linked", CERTIFICATE, []),
        ("text", "Symptoms", []),
    ]
    linked, text = (reason["probability"] for reason in hit["reasons"])
    assert hit["likelihood"]["probability"] == pytest.approx(1 - (1 - linked) * (1 - text), abs=1e-5)
    assert hit["probability_by_text"] == text
    age = {"last_updated": None, "line": None, "incidents_since": 1, "last_incident": "2025-11-02"}
    standing = {"retired": False, "stale_after": None, "generated": False, "vouched_by": ""}
    assert hit["age"] == age | standing
    assert answer("similar", "x509 certificate expired")["alike_runbooks"] == []


def test_a_document_is_shown_as_indexed(answer: Answer, helpers: Any) -> None:
    body = answer("show", "2025-11-02-checkout-certificate")
    assert body["text"] == helpers.documents["RCAs/2025-11-02-checkout-certificate.md"]
    assert body["metadata"] == {"team_room": "blue"}
    assert body["kind_reason"] == "folder: RCAs"
    roles = {section["headings"][-1]: section["role"] for section in body["sections"]}
    assert roles["Root Cause"] == "cause"
    assert roles["Resolution"] == "resolution"
    lines = body["text"].split("\n")
    for section in body["sections"][1:]:
        assert lines[section["first_line"] - 1] == f"## {section['headings'][-1]}"


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("similar", ""), "invalid_request", 2),
        (("similar", "--bogus", "x"), "invalid_request", 2),
        (("show", "nothing-like-this"), "document_not_found", 2),
        (("eval", "questions", "--queries", "/nowhere", "--qrels", "/nowhere"), "invalid_request", 2),
    ],
)
def test_errors_are_json_too(ask: Ask, arguments: tuple[str, ...], code: str, exit_code: int) -> None:
    result = ask(*arguments, "--json")
    body = json.loads(result.stdout)
    assert faults(body, "error") == []
    assert body["error"]["request_id"] is None
    assert (result.exit_code, body["error"]["code"]) == (exit_code, code)
    assert body["error"]["message"] in result.stderr


def test_candidates_are_listed(ask: Ask) -> None:
    body = json.loads(ask("show", "2025-03-14-payment-lag", "--json").stdout)
    assert body["error"]["details"] == [{"kind": "candidate", "id": "RCAs/2025-03-14-payments-lag"}]


def test_json_is_ascii_and_survives_any_locale(helpers: Any, tmp_path: Path) -> None:
    text = "---\ndate: 2025-01-01\n---\n# Störung \x9b31m 数据库\n\n## Summary\n\nDas Lager stand still.\n"
    helpers.build(helpers.write(tmp_path / "vault", {"RCAs/a.md": text}), tmp_path / "index")
    result = helpers.invoke("show", "a", "--json", "--index", str(tmp_path / "index"))
    assert result.stdout.isascii()
    assert json.loads(result.stdout)["title"].startswith("Störung")
    assert json.loads(result.stdout)["text"] == text
