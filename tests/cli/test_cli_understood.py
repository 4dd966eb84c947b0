"""What a pasted question was read as, services as context, and the second look, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CHAT = "@ada 10:02 hi all, x509 certificate expired :fire:\n@bo 10:05 in the browser, then in the app"
ALERT = json.dumps(
    {
        "version": "4",
        "alerts": [
            {
                "labels": {"alertname": "EdgeCertificateExpired", "pod": "edge-7d9f8b6c5d-x2x4z"},
                "annotations": {"summary": "x509 certificate expired."},
            }
        ],
    }
)


def test_a_chat_is_shown_as_it_was_read(ask: Ask) -> None:
    said = "Read as a chat: x509 certificate expired · in the browser, then in the app"
    for command in ("similar", "runbooks"):
        assert ask(command, "-", stdin=CHAT).stdout.split("\n")[0] == said


def test_all_of_it_is_shown_with_v(ask: Ask) -> None:
    lines = ask("similar", "-", "-v", stdin=ALERT).stdout.split("\n")
    assert [line.strip() for line in lines[:5]] == [
        "Read as Alertmanager alerts:",
        "Edge Certificate Expired",
        "x509 certificate expired.",
        "pod edge",
        "and exactly: EdgeCertificateExpired, edge-7d9f8b6c5d-x2x4z",
    ]


def test_it_is_part_of_the_json(answer: Answer) -> None:
    body = answer("similar", "-", stdin=ALERT)
    assert body["query"]["text"] == ALERT
    assert body["understood"] == {
        "forms": ["alertmanager"],
        "text": "Edge Certificate Expired\nx509 certificate expired.\npod edge",
        "names": ["EdgeCertificateExpired", "edge-7d9f8b6c5d-x2x4z"],
        "named": ["EdgeCertificateExpired"],
        "abridged": False,
    }


def test_plain_text_needs_no_word_about_it(ask: Ask) -> None:
    assert "Read as" not in ask("similar", "x509 certificate expired").stdout


def test_a_long_text_says_that_parts_are_compared(ask: Ask) -> None:
    log = "\n".join(f"took {n} ms for session {n * 7919}" for n in range(2000))
    first = ask("similar", "-", stdin=f"certificate expired\n{log}").stdout.split("\n")[0]
    assert first.startswith(
        "Read as a long text, by meaning in its most telling parts and by all of its words"
    )
    assert len(first) <= 100


def test_control_characters_do_not_reach_the_terminal(ask: Ask) -> None:
    assert "\x1b" not in ask("similar", "-", stdin=CHAT.replace("browser", "bro\x1b[31mwser")).stdout


def test_a_service_in_trouble_weighs_more_and_says_so(ask: Ask, answer: Answer) -> None:
    plain = answer("similar", "every call failed")
    about = answer("similar", "every call failed", "--about", "ingress")
    assert {hit["id"] for hit in about["incidents"]} == {hit["id"] for hit in plain["incidents"]}
    assert about["query"]["about"] == ["ingress"]
    tied = {hit["id"]: (hit["score"]["service"], hit["ties"]) for hit in about["incidents"] if hit["ties"]}
    ties = [
        {"service": "checkout-api", "relation": "neighbour", "about": "ingress"},
        {"service": "ingress", "relation": "same", "about": "ingress"},
    ]
    assert tied == {"RCAs/2025-11-02-checkout-certificate": (0.2, ties)}
    shown = ask("similar", "every call failed", "--about", "ingress", "-v").stdout
    assert "Services      checkout-api, ingress; checkout-api is next to ingress\n" in shown
    assert "service +0.20" in shown


def test_a_missing_cross_encoder_is_an_error_with_the_remedy(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (["similar", "x"], ["runbooks", "x"]):
        result = ask(*command, "--rerank", "not-here")
        assert result.exit_code == 5
        assert "'not-here' is neither a folder nor in the local model cache" in result.stderr.replace(
            "\n", " "
        )
    monkeypatch.setenv("RCA_RERANK", "not-here-either")
    assert "not-here-either" in ask("similar", "x").stderr


def test_a_local_cross_encoder_reranks(answer: Answer, cross_encoder: Path) -> None:
    hits = answer("similar", "certificate", "--rerank", str(cross_encoder))["incidents"]
    assert any(hit["score"]["reranked"] for hit in hits)
    assert not any(hit["score"]["reranked"] for hit in answer("similar", "certificate")["incidents"])


def test_evaluation_names_the_cross_encoder(answer: Answer, cross_encoder: Path, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text(json.dumps({"_id": "a", "text": "certificate expired", "metadata": {}}) + "\n")
    qrels.write_text("a\tRCAs/2025-11-02-checkout-certificate\t2\n")
    given = ("eval", "questions", "--queries", str(queries), "--qrels", str(qrels))
    assert answer(*given)["setup"]["reranker"] is None
    assert answer(*given, "--rerank", str(cross_encoder))["setup"]["reranker"] == "tiny-cross-encoder"
