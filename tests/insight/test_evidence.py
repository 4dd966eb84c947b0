"""What ties an incident to a question and what sets it apart, over a small company's documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.insight.evidence.alignment import MOST_ASKED, MOST_PAIRS, AskedSentences
from rca_search.insight.sentences import sentences
from rca_search.models import (
    Difference,
    DifferenceKind,
    Evidence,
    Query,
    Reason,
    ReasonKind,
    Side,
    Span,
)
from rca_search.service import SearchService
from rca_search.text.lines import line_kinds

STALL = """\
---
title: Ledger stalled
date: 2025-01-05
services: [ledger]
tags: [kafka, tls]
---
# Ledger stalled

## Symptoms

The alert LedgerLagHigh fired in eu-west-1, production.
Consumers of topic orders threw CommitFailedException.

## Root Cause

A certificate of broker kf-02 had expired.

## Action items

- alert CertificateExpiresSoon
"""
OTHERS = {
    f"RCAs/other-{n}.md": f"# Other {n}\n\n## Summary\n\nThe {word} was slow because of {word} number {n}.\n"
    for n, word in enumerate(["printer", "mailer", "search", "billing", "router", "cache", "crawler", "feed"])
}
NOTES = {
    "Services/ledger.md": "# ledger\n\n## Dependencies\n\n- [[payments]]\n",
    "Services/payments.md": "# payments\n\nTakes money.\n",
    "Services/portal.md": "# portal\n\nShows it.\n",
}
PAYMENTS = "---\nservices: [payments, portal]\n---\n# Payments slow\n\n## Summary\n\nIt was slow.\n"
BOOK = "# Unblock the ledger\n\n## Symptoms\n\nCommitFailedException in the log.\n"
DOCUMENTS = {
    "Runbooks/unblock.md": BOOK,
    "RCAs/stall.md": STALL,
    "RCAs/payments.md": PAYMENTS,
    **OTHERS,
    **NOTES,
}


@pytest.fixture(scope="module")
def company(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def evidence(service: SearchService, question: str, name: str = "RCAs/stall") -> Evidence:
    hits = service.search(Query(question, limit=20)).incidents
    return next(hit.evidence for hit in hits if hit.document.id == name)


def reasons(found: Evidence) -> list[tuple[str, str, str]]:
    return [(reason.kind.value, reason.subject, reason.detail) for reason in found.reasons]


def differences(found: Evidence) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.side.value, one.subject) for one in found.differences]


def test_the_line_of_the_question_stands_beside_the_line_it_met(company: SearchService) -> None:
    found = evidence(company, "it is slow again\nconsumers throw CommitFailedException\n")
    pair = found.pairs[0]
    assert (pair.asked.path, pair.asked.line, pair.asked.text) == (
        None,
        2,
        "consumers throw CommitFailedException",
    )
    assert (pair.told.path, pair.told.line) == ("RCAs/stall.md", 12)
    assert pair.told.text == "Consumers of topic orders threw CommitFailedException."
    assert pair.asked.highlights == (Span(2, 0, 9), Span(2, 16, 37))
    assert pair.told.highlights == (Span(12, 0, 9), Span(12, 32, 53))
    assert pair.role == "symptom"


def test_only_the_part_of_a_name_that_both_have_is_marked(company: SearchService) -> None:
    pair = evidence(company, "SSLCertificateFailure, expired").pairs[0]
    assert [pair.asked.text[mark.start : mark.end] for mark in pair.asked.highlights] == [
        "Certificate",
        "expired",
    ]


def test_why_is_told_as_facts(company: SearchService) -> None:
    question = "ledger: LedgerLagHigh is firing\nCommitFailedException, kafka"
    assert reasons(evidence(company, question)) == [
        ("identifier", "LedgerLagHigh", "alert"),
        ("identifier", "CommitFailedException", "error"),
        ("service", "ledger", ""),
        ("tag", "kafka", ""),
        ("role", "symptom", ""),
    ]


def test_a_common_word_is_no_reason(make_service: Callable[..., SearchService]) -> None:
    found = evidence(make_service(OTHERS, HashingEncoder()), "number slow", "RCAs/other-1")
    assert found == Evidence()


def test_a_service_next_to_the_one_that_is_asked_about(company: SearchService) -> None:
    found = evidence(company, "payments is slow, consumers throw CommitFailedException")
    assert Reason(ReasonKind.NEIGHBOUR, "ledger", "payments") in found.reasons
    assert ("service", "asked", "payments") in differences(found)
    assert ("service", "told", "ledger") in differences(found)
    found = evidence(company, "portal is slow, consumers throw CommitFailedException")
    assert ReasonKind.NEIGHBOUR not in {reason.kind for reason in found.reasons}


def test_a_hidden_note_makes_no_neighbours(company: SearchService) -> None:
    query = Query(
        "payments is slow, consumers throw CommitFailedException", limit=20, exclude=("Services/ledger",)
    )
    kinds = {reason.kind for hit in company.search(query).incidents for reason in hit.evidence.reasons}
    assert ReasonKind.NEIGHBOUR not in kinds


def test_what_differs_is_told_of_both_sides(company: SearchService) -> None:
    found = evidence(company, "staging us-east-1: LedgerLagHigh fired, TimeoutError from orders")
    assert differences(found) == [
        ("place", "asked", "us-east-1"),
        ("place", "told", "eu-west-1"),
        ("environment", "asked", "staging"),
        ("environment", "told", "production"),
        ("error", "asked", "TimeoutError"),
        ("error", "told", "CommitFailedException"),
    ]
    assert found.differences[0].span == Span(1, 8, 17)
    assert found.differences[1].span == Span(11, 33, 42)


@pytest.mark.parametrize(
    "question",
    [
        "ledger stalled",
        "CommitFailedException of ledger in production",
        "LedgerLagHigh fired and CommitFailedException in eu-west-1",
    ],
)
def test_what_one_side_does_not_speak_of_is_no_difference(company: SearchService, question: str) -> None:
    kinds = {one.kind for one in evidence(company, question).differences if one.side is Side.ASKED}
    assert kinds == set()


def test_an_alert_that_was_only_wished_for_did_not_fire_then(company: SearchService) -> None:
    found = evidence(company, "LedgerLagHigh fired, CommitFailedException")
    assert differences(found) == []


def test_a_line_of_which_the_document_has_no_word_is_new(company: SearchService) -> None:
    found = evidence(company, "CommitFailedException\nwet floor near turbine")
    assert found.differences == (
        Difference(DifferenceKind.SYMPTOM, Side.ASKED, "wet floor near turbine", Span(2, 0, 22)),
    )


def test_an_incident_that_is_asked_with_is_quoted_from_its_own_file(
    make_service: Callable[..., SearchService],
) -> None:
    again = STALL.replace("Ledger stalled", "Ledger stalled again").replace("2025-01-05", "2025-06-05")
    service = make_service({**DOCUMENTS, "RCAs/again.md": again}, HashingEncoder())
    hit = next(
        hit
        for hit in service.search_like("RCAs/again", Query("", limit=20)).incidents
        if hit.document.id == "RCAs/stall"
    )
    lines = again.split("\n")
    assert hit.evidence.pairs
    for pair in hit.evidence.pairs:
        assert pair.asked.path == "RCAs/again.md"
        assert lines[pair.asked.line - 1][pair.asked.start : pair.asked.end] == pair.asked.text
        assert pair.asked.line < lines.index("## Action items")
    assert {("service", "ledger"), ("tag", "kafka"), ("tag", "tls")} <= {
        (reason.kind.value, reason.subject) for reason in hit.evidence.reasons
    }
    assert hit.evidence.differences == ()


def test_runbooks_have_lines_and_names_but_no_reasons_of_this_kind(company: SearchService) -> None:
    hit = company.search(Query("consumers throw CommitFailedException")).runbooks[0]
    assert hit.evidence.pairs[0].told.text == "CommitFailedException in the log."
    assert [one.name for one in hit.evidence.identifiers] == ["CommitFailedException"]
    assert (hit.evidence.reasons, hit.evidence.differences) == ((), ())


def test_of_a_long_question_its_beginning_and_its_end_are_compared() -> None:
    lines = [f"line number{n} says word{n}" for n in range(5_000)]
    found = sentences(lines, range(1, len(lines) + 1), line_kinds(lines))
    asked = AskedSentences(None, found, {f"word{n}": 2.0 for n in range(5_000)})
    assert len(asked.sentences) == MOST_ASKED
    assert (asked.sentences[0].line, asked.sentences[-1].line) == (1, 5_000)


def test_pairs_are_few_and_each_brings_words_of_its_own(company: SearchService) -> None:
    found = evidence(company, STALL * 3)
    told = [(pair.told.line, pair.told.start) for pair in found.pairs]
    assert 2 <= len(told) <= MOST_PAIRS
    assert len(set(told)) == len(told)
