"""``POST /v1/feedback``: a vote on what an answer showed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rca_search.insight.answer_tokens import issue, read
from rca_search.models import Aspect
from rca_search.schemas.base import example_answer
from rca_search.sources.votes import read_votes

SIMILAR = example_answer("similar")
JSON = {"content-type": "application/json"}
BODIES = [b"[" * 100_000, b'{"value": ' + b"9" * 100_000 + b"}", b"\xff", b"", b"nul"]
ANSWER_ID = SIMILAR["answer_id"]


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    """The file of votes."""
    return tmp_path / "votes.jsonl"


@pytest.fixture
def client(opened: Any, votes: Path) -> Iterator[TestClient]:
    """A server that keeps votes there."""
    with opened(feedback_file=votes) as client:
        yield client


def answered(client: TestClient) -> dict[str, Any]:
    body: dict[str, Any] = client.post("/v1/similar", json={"text": "x509 certificate expired"}).json()
    return body


def test_a_vote_is_appended(client: TestClient, votes: Path) -> None:
    answer = answered(client)
    first, second = (hit["id"] for hit in answer["incidents"][:2])
    vote = {"answer_id": answer["answer_id"], "aspect": "same", "value": True}
    recorded = client.post("/v1/feedback", json=vote)
    assert recorded.status_code == 201
    (told,) = recorded.json()["votes"]
    assert told == {
        "document": first,
        "aspect": "same",
        "value": True,
        "index_version": answer["index_version"],
        "at": told["at"],
    }
    assert recorded.json()["file"] is None
    client.post("/v1/feedback", json={**vote, "document": second, "value": False, "by": "ana", "note": "no"})
    cast = read_votes(votes).cast
    assert [(entry.document, entry.value, entry.by, entry.note) for entry in cast] == [
        (first, True, None, None),
        (second, False, "ana", "no"),
    ]
    assert 'rca_search_votes_total{aspect="same"} 2.0' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"answer_id": "made.up"}, 422),
        ({"answer_id": ANSWER_ID}, 422),
        ({"document": "RCAs/unknown"}, 422),
        ({"aspect": "liked"}, 422),
        ({"value": "yes"}, 422),
        ({"value": 1}, 422),
        ({"by": "x" * 201}, 422),
        ({"extra": 1}, 422),
    ],
)
def test_what_is_refused_records_nothing(
    client: TestClient, votes: Path, change: dict[str, Any], status: int
) -> None:
    vote = {"answer_id": answered(client)["answer_id"], "aspect": "same", "value": True, **change}
    if change.get("answer_id") == ANSWER_ID:
        vote["document"] = "RCAs/2025-11-02-checkout-certificate"
    refused = client.post("/v1/feedback", json=vote)
    assert refused.status_code == status
    assert refused.json()["error"]["code"]
    assert not votes.exists()


def test_a_file_that_cannot_be_written_is_said(client: TestClient, votes: Path) -> None:
    votes.mkdir()
    vote = {"answer_id": answered(client)["answer_id"], "aspect": "helpful", "value": True}
    failed = client.post("/v1/feedback", json=vote)
    assert failed.status_code == 503
    assert failed.json()["error"]["code"] == "storage"


def test_the_sample_is_an_answer_id() -> None:
    ticket = read(ANSWER_ID, b"")
    assert ticket.version == SIMILAR["index_version"]
    assert [entry.document for entry in ticket.shown] == [
        SIMILAR["incidents"][0]["id"],
        SIMILAR["runbooks"][0]["id"],
    ]


texts = st.text(max_size=40) | st.sampled_from(["\ud800", "a\x00b", "RCAs/disk", "x" * 2000, "\u202e", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@hypothesis.settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_vote_is_refused_or_counted_and_never_a_fault(
    client: TestClient, votes: Path, data: st.DataObject
) -> None:
    """Any field may be anything; what is said to be recorded can be read again and counts."""
    body: dict[str, Any] = {"answer_id": answered(client)["answer_id"], "aspect": "same", "value": True}
    names = st.sampled_from(["answer_id", "aspect", "value", "document", "by", "note", "more"])
    body.update(data.draw(st.dictionaries(names, values, max_size=3)))
    before = read_votes(votes)
    response = client.post("/v1/feedback", content=json.dumps(body), headers=JSON)
    after = read_votes(votes)
    assert response.status_code in {201, 422}, response.text
    assert len(after.cast) == len(before.cast) + (response.status_code == 201)
    assert after.problems == ()
    if response.status_code == 201:
        incidents = {hit["id"] for hit in answered(client)["incidents"]}
        assert after.counted()[-1] == after.cast[-1]
        assert after.cast[-1].document in incidents or after.cast[-1].aspect is not Aspect.SAME


@pytest.mark.parametrize("content", BODIES)
def test_a_body_that_is_no_json_is_no_fault(client: TestClient, votes: Path, content: bytes) -> None:
    response = client.post("/v1/feedback", content=content, headers=JSON)
    assert response.status_code in {400, 422}
    assert "error" in response.json()
    assert not votes.exists()


def test_a_forged_answer_id_is_refused(client: TestClient, votes: Path) -> None:
    forged = issue(read(ANSWER_ID, b""), b"")
    response = client.post("/v1/feedback", json={"answer_id": forged, "aspect": "same", "value": True})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")
    assert "another secret" in response.json()["error"]["message"]
    assert not votes.exists()


@pytest.mark.parametrize("own_file", [False, True])
@pytest.mark.parametrize("lost", ["", "CURRENT"])
def test_where_the_index_is_gone_a_vote_is_refused_and_nothing_made(
    opened: Any, eventually: Any, shared_index: Path, tmp_path: Path, own_file: bool, lost: str
) -> None:
    """The version in memory goes on answering, and readiness says what is wrong."""
    index, votes = tmp_path / "index", tmp_path / "notes" / "votes.jsonl"
    shutil.copytree(shared_index, index)
    with opened(index=index, feedback_file=votes if own_file else None, reload_seconds=0.05) as client:
        body = {"answer_id": answered(client)["answer_id"], "aspect": "same", "value": True}
        if lost:
            (index / lost).unlink()
        else:
            shutil.rmtree(index)
        response = client.post("/v1/feedback", json=body)
        assert (response.status_code, response.json()["error"]["code"]) == (503, "index_missing")
        assert not votes.parent.exists()
        assert index.exists() == bool(lost)
        assert not (index / "feedback.jsonl").exists()
        eventually(lambda: bool(client.get("/readyz").json()["degraded"]))
        (fault,) = client.get("/readyz").json()["degraded"]
        assert (fault["part"], fault["code"]) == ("reload", "index_missing")
        assert answered(client)["incidents"]


def test_a_vote_that_no_build_would_count_is_refused(
    opened: Any, notes: Path, publish: Any, tmp_path: Path
) -> None:
    """A document was taken out since, or the answer is that of another index with the same secret."""
    index, other, secret = tmp_path / "index", tmp_path / "other", "s3cret"
    publish(index, notes)
    publish(other, notes)
    with opened(index=other, feedback_secret=secret) as client:
        answer = answered(client)
        first, second = (hit["id"] for hit in answer["incidents"][:2])
        runbook = answer["runbooks"][0]["id"]
    (notes / f"{first}.md").unlink()
    publish(index, notes)
    with opened(index=index, feedback_secret=secret) as client:
        body = {"answer_id": answer["answer_id"], "aspect": "same", "value": True}
        for document, said in ((first, "is not in the index"), (runbook, "is no incident")):
            refused = client.post("/v1/feedback", json={**body, "document": document})
            assert (refused.status_code, said in refused.json()["error"]["message"]) == (422, True)
        assert not (index / "feedback.jsonl").exists()
        assert client.post("/v1/feedback", json={**body, "document": second}).status_code == 201
