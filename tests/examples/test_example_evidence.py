"""Evidence over the example vault with the real model: judged by hand, and verbatim to the character."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.alignment import CASES, judged
from rca_search.models import AlignedPair, Evidence, Query, Quote, Span
from rca_search.service import SearchService

QUESTIONS = Path(__file__).parents[2] / "examples" / "questions.jsonl"

pytestmark = pytest.mark.model


def spans(evidence: Evidence) -> Iterator[tuple[str | None, Span, str | None]]:
    """Yield every place that evidence names, and what stands there where it says."""
    for pair in evidence.pairs:
        for quote in (pair.asked, pair.told):
            yield quote.path, Span(quote.line, quote.start, quote.end), quote.text
            yield from ((quote.path, mark, None) for mark in quote.highlights)
    for one in evidence.identifiers:
        yield from ((None, span, one.name.lower()) for span in one.asked)
        yield from (("", span, one.name.lower()) for span in one.told)
    for one in evidence.differences:
        if one.span is not None:
            yield ("" if one.side == "told" else None), one.span, one.subject


def is_inside(quote: Quote) -> bool:
    return all(
        mark.line == quote.line and quote.start <= mark.start < mark.end <= quote.end
        for mark in quote.highlights
    )


def test_every_quotation_and_mark_is_found_at_its_line_and_characters(
    example_service: SearchService, vault: Path
) -> None:
    questions = [json.loads(line)["text"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    seen = 0
    for question in questions:
        result = example_service.search(Query(question, limit=10))
        for hit in (*result.incidents, *result.runbooks):
            told = (vault / hit.document.path).read_text("utf-8").split("\n")
            assert all(pair.told.path == hit.document.path for pair in hit.evidence.pairs)
            assert all(is_inside(pair.asked) and is_inside(pair.told) for pair in hit.evidence.pairs)
            for path, span, text in spans(hit.evidence):
                line = (result.understood.text.split("\n") if path is None else told)[span.line - 1]
                assert 0 <= span.start < span.end <= len(line)
                assert text is None or line[span.start : span.end] in (text, _as_spelled(line, span, text))
                seen += 1
    assert seen > 2_000


def _as_spelled(line: str, span: Span, text: str) -> str:
    """Return what stands at ``span`` where only its case differs from ``text``."""
    found = line[span.start : span.end]
    return found if found.lower() == text else text


def test_pairs_are_marked_on_both_sides_and_in_order(example_service: SearchService) -> None:
    def key(pair: AlignedPair) -> tuple[int, int]:
        return pair.told.line, pair.told.start

    for hit in example_service.search(Query("kafkajs log full of rejoin, lag keeps growing")).incidents:
        pairs = hit.evidence.pairs
        assert all(pair.asked.highlights and pair.told.highlights for pair in pairs)
        assert len({key(pair) for pair in pairs}) == len(pairs)


def test_the_best_pair_is_one_that_a_reader_chose(example_service: SearchService, vault: Path) -> None:
    found = judged(example_service, vault)
    assert found.cases == len(CASES.read_text("utf-8").splitlines()) == 38
    assert found.shown >= 34
    # A case more or less is chance: any change of what counts as a function word moves one.
    assert found.right / found.shown >= 0.7


def test_evidence_is_the_same_each_time(example_service: SearchService) -> None:
    query = Query("[FIRING:1] LockersOnlineDrop\nmosquitto: certificate verify failed", limit=5)

    def told() -> list[Any]:
        return [hit.evidence for hit in example_service.search(query).incidents]

    assert told() == told()
