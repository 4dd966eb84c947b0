"""Scoring an index on judged questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.run import evaluate
from rca_search.models import Kind
from rca_search.service import SearchService

DOCUMENTS = {
    "RCAs/a.md": "---\nid: INC-A\ndate: 2025-01-01\n---\n# Alpha\n\n## Impact\n\nred red red\n",
    "RCAs/b.md": "---\nid: INC-B\ndate: 2025-01-02\n---\n# Beta\n\n## Impact\n\nred green\n",
    "RCAs/c.md": "---\nid: INC-C\ndate: 2025-01-03\n---\n# Gamma\n\n## Impact\n\nblue\n",
    "Runbooks/r.md": "# Paint it red\n\n## Steps\n\nred red red red\n",
}


@pytest.fixture(scope="module")
def paint(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def query(text: str, relevant: dict[str, int], own: str | None = None, name: str = "q") -> JudgedQuery:
    return JudgedQuery(name, text, relevant, {}, own)


def test_the_report_counts_asks_and_averages(paint: SearchService) -> None:
    seen: list[tuple[int, int]] = []
    queries = [
        query("red", {"RCAs/a": 2}, name="q1"),
        query("blue", {}, name="q2"),
        query("red", {"RCAs/b": 1, "RCAs/gone": 1}, name="q3"),
    ]
    report = evaluate(
        paint, queries, kind=Kind.INCIDENT, progress=lambda done, total: seen.append((done, total))
    )
    assert (report.version, report.kind) == (paint.version, Kind.INCIDENT)
    assert (report.queries, report.unjudged, report.missing) == (2, 1, ("RCAs/gone",))
    assert [(o.query_id, o.ranking) for o in report.outcomes] == [
        ("q1", ("RCAs/a", "RCAs/b", "RCAs/c")),
        ("q3", ("RCAs/a", "RCAs/b", "RCAs/c")),
    ]
    assert list(report.means) == [*("hit@1", "hit@5", "hit@10", "recall@10", "recall@100", "mrr", "ndcg@10")]
    assert report.means["hit@1"] == 0.5
    assert report.means["hit@5"] == 1.0
    assert report.means["mrr"] == 0.75
    assert report.means["recall@10"] == report.means["recall@100"] == 0.75
    # What the index lacks counts against it: the best that q3 could have had is two hits.
    assert report.outcomes[1].measures["ndcg@10"] == pytest.approx(0.6309298 / 1.6309298)
    assert seen == [(1, 2), (2, 2)]


def test_only_documents_of_the_kind_are_ranked(paint: SearchService) -> None:
    (books,) = evaluate(paint, [query("red", {"Runbooks/r": 1})], kind=Kind.RUNBOOK).outcomes
    assert books.ranking == ("Runbooks/r",)
    (everything,) = evaluate(paint, [query("red", {"Runbooks/r": 1})]).outcomes
    assert set(everything.ranking) == {"RCAs/a", "RCAs/b", "RCAs/c", "Runbooks/r"}


STEPS = "\n\n## Meaning\n\nred red red red\n\n## Mitigation\n\n"
BOOKS = {
    "Runbooks/red.md": f"# Red{STEPS}Wipe all of it off with a wet cloth, then let it dry for one hour.\n",
    "Runbooks/blue.md": "# Blue\n\n## Meaning\n\nblue blue\n\n## Mitigation\n\nNone.\n",
}


def test_the_section_shown_counts_where_the_right_runbook_comes_first(
    make_service: Callable[..., SearchService],
) -> None:
    service = make_service(BOOKS, HashingEncoder())

    def section(text: str, right: str, heading: object, grade: int = 1) -> float | None:
        judged = JudgedQuery("q", text, {right: grade, "Runbooks/gone": 1}, {"gold_heading": heading}, None)
        (outcome,) = evaluate(service, [judged], kind=Kind.RUNBOOK).outcomes
        return outcome.measures.get("section@1")

    assert section("red", "Runbooks/red", "mitigation") == 1.0
    assert section("red", "Runbooks/red", "Red") == 1.0
    assert section("red", "Runbooks/red", "Meaning") == 0.0
    # Too short a section is not opened.
    assert section("blue", "Runbooks/blue", "Mitigation") == 0.0
    # Another page first, no heading, or no runbooks asked for: nothing to measure.
    assert section("red", "Runbooks/blue", "Mitigation") is None
    assert section("red", "Runbooks/red", None) is None
    judged = JudgedQuery("q", "red", {"Runbooks/red": 1}, {"gold_heading": "Mitigation"}, None)
    assert "section@1" not in evaluate(service, [judged]).outcomes[0].measures


@pytest.mark.parametrize("own", ["RCAs/a", "INC-A", "a.md", "Alpha"])
def test_the_question_s_own_document_is_left_out(paint: SearchService, own: str) -> None:
    (outcome,) = evaluate(paint, [query("red", {"RCAs/b": 1}, own)], kind=Kind.INCIDENT).outcomes
    assert outcome.ranking == ("RCAs/b", "RCAs/c")
    assert outcome.measures["hit@1"] == 1.0


def test_a_judgement_of_the_own_document_does_not_count(paint: SearchService) -> None:
    judged = query("red", {"RCAs/b": 1, "INC-A": 2}, "RCAs/a")
    (outcome,) = evaluate(paint, [judged], kind=Kind.INCIDENT).outcomes
    assert outcome.measures["ndcg@10"] == 1.0


def test_an_own_document_that_the_index_lacks_changes_nothing(paint: SearchService) -> None:
    (outcome,) = evaluate(paint, [query("red", {"RCAs/a": 1}, "RCAs/unknown")], kind=Kind.INCIDENT).outcomes
    assert outcome.ranking[0] == "RCAs/a"


def test_judgements_may_use_any_name_of_a_document(paint: SearchService) -> None:
    for names in ({"INC-A": 2}, {"alpha": 2}, {"a.md": 1, "RCAs/a": 2}, {"RCAs/a": 2, "INC-A": 1}):
        report = evaluate(paint, [query("red", names)], kind=Kind.INCIDENT)
        assert report.missing == ()
        assert report.means["ndcg@10"] == 1.0


def test_no_judgement_at_all_is_refused(paint: SearchService) -> None:
    for queries in ([], [query("red", {})]):
        with pytest.raises(InvalidRequestError, match="No query has a relevant document"):
            evaluate(paint, queries)
