"""Verdicts scored on judged questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.verdict import MEASURES, score_verdicts
from rca_search.models import Kind
from rca_search.service import SearchService

DOCUMENTS = {
    "RCAs/pool.md": "# Pool exhausted\n\n## Summary\n\nHikariPool-1 timed out waiting for a connection\n",
    "RCAs/tls.md": "# Certificate expired\n\n## Summary\n\nbrowsers refused the x509 certificate\n",
    "RCAs/disk.md": "# Disk full\n\n## Summary\n\nno space left on device of the ledger\n",
    "Runbooks/pool.md": "# Recover the pool\n\n## Steps\n\nkill the query\n",
}


def query(name: str, text: str, **relevant: int) -> JudgedQuery:
    return JudgedQuery(name, text, {f"RCAs/{key}": grade for key, grade in relevant.items()}, {}, None)


QUERIES = [
    query("q1", "HikariPool-1 timed out waiting for a connection, pool exhausted", pool=2),
    query("q2", "browsers refused the x509 certificate, certificate expired", tls=2),
    query("q3", "nobody judged this"),
    query("q4", "its document is gone", gone=2),
]


@pytest.fixture(scope="module")
def trio(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def test_every_question_is_asked_twice(trio: SearchService) -> None:
    scores = score_verdicts(trio, QUERIES, kind=Kind.INCIDENT)
    assert (scores.questions, scores.unjudged, scores.off_topic) == (2, 2, 500)
    assert tuple(scores.measures) == MEASURES
    assert scores.measures["auroc"] == scores.measures["recall@p80"] == 1
    assert scores.measures["auroc_foreign"] is None
    assert scores.verdicts["present"] == {
        "same": 2,
        "likely": 0,
        "possible": 0,
        "nothing_similar": 0,
        "too_thin": 0,
    }
    assert scores.verdicts["removed"]["nothing_similar"] == 2
    assert scores.measures["off_topic_rejected"] > 0.97  # type: ignore[operator]
    assert [outcome.removed.nearest in DOCUMENTS or True for outcome in scores.outcomes] == [True, True]


def test_a_foreign_index_is_asked_with_nothing_left_out(
    trio: SearchService, make_service: Callable[..., SearchService]
) -> None:
    elsewhere = make_service({"RCAs/soup.md": "# Soup\n\n## Summary\n\nboil the leeks\n"}, HashingEncoder())
    scores = score_verdicts(trio, QUERIES, foreign=elsewhere)
    assert scores.measures["auroc_foreign"] == 1
    assert scores.verdicts["foreign"]["nothing_similar"] == 2
    assert scores.foreign == elsewhere.version


def test_without_a_judged_document_there_is_nothing_to_score(trio: SearchService) -> None:
    with pytest.raises(InvalidRequestError, match="judged document"):
        score_verdicts(trio, QUERIES[2:])
