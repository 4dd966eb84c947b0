"""What ``--json`` prints: complete, exactly of the documented shapes, errors included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest
from typer.testing import Result

from rca_search.cli import index_shapes, json_shapes, why_not_shapes

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"


def faults(value: object, hint: Any, where: str = "$") -> list[str]:
    """Return where ``value`` is not of the shape ``hint``; keys may neither be missing nor be more."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Annotated, NotRequired):
        return faults(value, inner[0], where)
    if origin in (Union, UnionType):
        return [] if any(not faults(value, part) for part in inner) else [f"{where}: {value!r} is no {hint}"]
    if origin is Literal:
        return [] if value in inner else [f"{where}: {value!r} is not among {inner}"]
    if is_typeddict(hint):
        return object_faults(value, hint, where)
    if origin in (list, dict):
        return collection_faults(value, origin, inner, where)
    wanted = (float, int) if hint is float else (object,) if hint in (Any, object) else (hint,)
    fits = isinstance(value, wanted) and (hint is bool or not isinstance(value, bool))
    return [] if fits or hint in (Any, object) else [f"{where}: {value!r} is no {hint}"]


def object_faults(value: object, hint: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no object"]
    hints = get_type_hints(hint, include_extras=True)
    wrong = [f"{where}: {key} is missing" for key in hint.__required_keys__ - value.keys()]
    wrong += [f"{where}: {key} is not documented" for key in value.keys() - hints.keys()]
    return wrong + [
        fault
        for key in value.keys() & hints.keys()
        for fault in faults(value[key], hints[key], f"{where}.{key}")
    ]


def collection_faults(value: object, origin: type, inner: tuple[Any, ...], where: str) -> list[str]:
    if not isinstance(value, origin):
        return [f"{where}: {value!r} is no {origin}"]
    parts = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    return [fault for key, part in parts for fault in faults(part, inner[-1], f"{where}[{key}]")]


def test_the_shape_check_finds_faults() -> None:
    score = {
        "total": 1.0,
        "dense": 0.5,
        "lexical": 2,
        "spelling": 0.1,
        "title": -0.2,
        "service": 0,
        "links": 0,
        "reranked": 0,
        "feedback": 0,
        "learned": 0,
    }
    assert faults(score, json_shapes.ScoreShape) == []
    assert faults({**score, "more": 1}, json_shapes.ScoreShape) == ["$: more is not documented"]
    del score["lexical"]
    assert faults(score, json_shapes.ScoreShape) == ["$: lexical is missing"]
    score["lexical"] = 2
    assert len(faults({**score, "total": "1"}, json_shapes.ScoreShape)) == 1
    assert len(faults({**score, "total": True}, json_shapes.ScoreShape)) == 1
    assert len(faults(["a", None], list[str])) == 1
    assert faults(None, NoneType) == []


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        (("similar", "certificate expired"), json_shapes.SimilarShape),
        (("similar", "--incident", CERTIFICATE, "--service", "payments-api"), json_shapes.SimilarShape),
        (("runbooks", "certificate expired"), json_shapes.RunbooksShape),
        (("similar", "disk is full", "--why-not", CERTIFICATE), why_not_shapes.WhyNotShape),
        (("similar", "disk is full", "--why-not", "disk", "--exclude", "disk"), why_not_shapes.WhyNotShape),
        (("runbooks", "disk is full", "--why-not", "certificates"), why_not_shapes.WhyNotShape),
        (("recurring",), json_shapes.RecurringShape),
        (("show", "disk"), json_shapes.ShowShape),
        (("show", "checkout-api"), json_shapes.ShowShape),
        (("status",), index_shapes.StatusShape),
        (("verify",), index_shapes.VerifyShape),
    ],
)
def test_commands_print_what_is_documented(answer: Answer, arguments: tuple[str, ...], shape: type) -> None:
    body = answer(*arguments)
    assert faults(body, shape) == []
    assert next(iter(body.items())) == ("schema_version", 1)


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
    assert {key: hit[key] for key in list(hit)[:13]} == {
        "rank": 1,
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
    assert hit["age"] == age
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
    ("arguments", "code", "exit_code", "more"),
    [
        (("similar", ""), "invalid_request", 2, set()),
        (("similar", "--bogus", "x"), "invalid_request", 2, set()),
        (("show", "nothing-like-this"), "document_not_found", 2, {"candidates"}),
        (("eval", "--queries", "/nowhere", "--qrels", "/nowhere"), "invalid_request", 2, set()),
    ],
)
def test_errors_are_json_too(
    ask: Ask, arguments: tuple[str, ...], code: str, exit_code: int, more: set[str]
) -> None:
    result = ask(*arguments, "--json")
    body = json.loads(result.stdout)
    assert faults(body, json_shapes.ErrorShape) == []
    assert body["error"].keys() == {"code", "message", "remedy"} | more
    assert (result.exit_code, body["error"]["code"]) == (exit_code, code)
    assert body["error"]["message"] in result.stderr


def test_candidates_are_listed(ask: Ask) -> None:
    body = json.loads(ask("show", "2025-03-14-payment-lag", "--json").stdout)
    assert body["error"]["candidates"] == ["RCAs/2025-03-14-payments-lag"]


def test_json_is_ascii_and_survives_any_locale(helpers: Any, tmp_path: Path) -> None:
    text = "---\ndate: 2025-01-01\n---\n# Störung \x9b31m 数据库\n\n## Summary\n\nDas Lager stand still.\n"
    helpers.build(helpers.write(tmp_path / "vault", {"RCAs/a.md": text}), tmp_path / "index")
    result = helpers.invoke("show", "a", "--json", "--index", str(tmp_path / "index"))
    assert result.stdout.isascii()
    assert json.loads(result.stdout)["title"].startswith("Störung")
    assert json.loads(result.stdout)["text"] == text


def test_every_shape_is_documented_with_a_meaning(helpers: Any) -> None:
    page = (helpers.root / "docs" / "cli.md").read_text()
    for shape in (*json_shapes.COMMANDS, *json_shapes.PARTS):
        assert f"`{shape.__name__.removesuffix('Shape')}`" in page
        for field in get_type_hints(shape):
            assert f"| `{field}` |" in page
