"""Verdicts scored on judged questions, and on such that nothing answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.off_topic import OffTopic
from rca_search.evaluation.verdict import MEASURES, Material, score_verdicts
from rca_search.models import Kind
from rca_search.service import SearchService

DOCUMENTS = {
    "RCAs/pool.md": "# Pool exhausted\n\n## Summary\n\nHikariPool-1 timed out waiting for a connection\n",
    "RCAs/tls.md": "# Certificate expired\n\n## Summary\n\nbrowsers refused the x509 certificate\n",
    "RCAs/disk.md": "# Disk full\n\n## Summary\n\nno space left on device of the ledger\n",
    "Runbooks/pool.md": "# Recover the pool\n\n## Steps\n\nkill the query\n",
}
POOL = "HikariPool-1 timed out waiting for a connection, pool exhausted"


def query(name: str, text: str, own: str | None = None, **graded: int) -> JudgedQuery:
    relevant = {f"RCAs/{key}": grade for key, grade in graded.items() if grade}
    rejected = frozenset(f"RCAs/{key}" for key, grade in graded.items() if not grade)
    return JudgedQuery(name, text, relevant, {"style": "log"} if "Hikari" in text else {}, own, rejected)


QUERIES = [
    query("q1", POOL, pool=2, tls=0),
    query("q2", "browsers refused the x509 certificate, certificate expired", tls=2),
    query("q3", "nobody judged this"),
    query("q4", "its document is gone", gone=2),
    query("q5", "no space left on device of the ledger, disk full", disk=0),
]


@pytest.fixture(scope="module")
def trio(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def test_promises_are_measured_on_what_was_judged(trio: SearchService) -> None:
    scores = score_verdicts(trio, Material(QUERIES), kind=Kind.INCIDENT)
    assert (len(scores.answers["judged"]), scores.unjudged, len(scores.answers["off_topic"])) == (3, 2, 500)
    assert tuple(scores.measures) == MEASURES
    assert (scores.promises["same"].answers, scores.promises["same"].unjudged) == (3, 0)
    assert scores.measures["same_right"] == pytest.approx(2 / 3)
    assert scores.measures["not_denied"] == 1
    assert scores.measures["likely_right"] is scores.measures["nothing_rejected"] is None
    assert scores.measures["off_topic_rejected"] > 0.9  # type: ignore[operator]
    first, second, third = (answer.hits for answer in scores.answers["judged"])
    assert [hit.grade for hit in first if hit.document == "RCAs/tls"] == [0]
    assert (first[0].grade, third[0].grade) == (2, 0)
    assert {hit.grade for hit in second} == {2, None}
    assert [row.name for row in scores.hits] == ["rank 1", "rank 2", "rank 3", "style: log"]


def test_the_document_that_a_question_was_made_from_is_no_answer(trio: SearchService) -> None:
    asked = query("q", POOL, "RCAs/pool", pool=2, tls=0)
    (answer,) = score_verdicts(trio, Material([asked]), kind=Kind.INCIDENT).answers["judged"]
    assert "RCAs/pool" not in {hit.document for hit in answer.hits}
    with pytest.raises(InvalidRequestError, match="judged document"):
        score_verdicts(trio, Material([query("q", POOL, "RCAs/pool", pool=2)]))


def test_what_nothing_answers_counts_by_kind(trio: SearchService) -> None:
    nothing = (OffTopic("near", POOL), OffTopic("far", "qwsxz plmok rfvtg"))
    scores = score_verdicts(trio, Material(QUERIES[:1], nothing), kind=Kind.INCIDENT)
    assert scores.measures["nothing_rejected"] == 0.5
    assert scores.measures["auroc"] < 1  # type: ignore[operator]
    assert [row.name for row in scores.hits[4:]] == ["nothing: far", "nothing: near"]
    assert all(row.relevant == 0 for row in scores.hits[4:])


def test_a_foreign_index_is_asked_too(
    trio: SearchService, make_service: Callable[..., SearchService]
) -> None:
    elsewhere = make_service({"RCAs/soup.md": "# Soup\n\n## Summary\n\nboil the leeks\n"}, HashingEncoder())
    scores = score_verdicts(trio, Material(QUERIES, foreign=elsewhere))
    assert not any(answer.verdict.found for answer in scores.answers["foreign"])
    assert scores.foreign == elsewhere.version


def test_the_kind_says_which_hits_are_looked_at(trio: SearchService) -> None:
    scores = score_verdicts(trio, Material(QUERIES[:1]), kind=Kind.RUNBOOK)
    assert [hit.document for hit in scores.answers["judged"][0].hits] == ["Runbooks/pool"]
    assert scores.hits[0].unjudged == 1


def test_progress_ends_at_the_number_of_questions(trio: SearchService) -> None:
    told: list[tuple[int, int]] = []
    material = Material(QUERIES, (OffTopic("x", "nothing at all"),), foreign=trio)
    score_verdicts(trio, material, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (507, 507)
    assert [done for done, _ in told] == list(range(1, 508))


def test_without_a_judged_document_there_is_nothing_to_score(trio: SearchService) -> None:
    with pytest.raises(InvalidRequestError, match="judged document"):
        score_verdicts(trio, Material(QUERIES[2:4]))
