"""Liveness, readiness, status and metrics: true at all times, and never behind a question."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

import rca_search
from rca_search import errors


def sample(client: Any, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for each in family.samples:
            if each.name == name and labels.items() <= each.labels.items():
                return float(each.value)
    return None


def test_ready(client: TestClient) -> None:
    version = client.get("/v1/status").json()["index_version"]
    assert client.get("/livez").json() == {"status": "live"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "index_version": version, "degraded": []},
    )
    assert sample(client, "rca_search_ready") == 1


def test_while_the_model_loads_the_server_lives_but_is_not_ready(
    opened: Any, fake_source: Any, eventually: Any
) -> None:
    loaded = threading.Event()
    with opened(source=fake_source(pause=loaded)) as client:
        try:
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["error"] == {
                "code": "encoder_loading",
                "message": "The model is loading.",
                "remedy": "Ask again in a few seconds.",
                "request_id": answer.headers["x-request-id"],
                "details": [],
            }
            assert answer.headers["retry-after"] == "5"
            assert client.get("/livez").status_code == 200
            status = client.get("/v1/status").json()
            assert (status["ready"], status["degraded"]) == (False, [])
            assert sample(client, "rca_search_ready") == 0
        finally:
            loaded.set()
        eventually(lambda: client.get("/readyz").status_code == 200)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (errors.EncoderUnavailableError("no /srv/model"), "encoder_unavailable"),
        (errors.IndexMismatchError("not /srv/model"), "index_mismatch"),
        (OSError("disk /srv/model"), "internal"),
    ],
)
def test_without_a_usable_model_the_reason_is_told(
    opened: Any, fake_source: Any, eventually: Any, fault: Exception, code: str
) -> None:
    source = fake_source(fault=fault)
    with opened(source=source) as client:
        eventually(lambda: client.get("/v1/status").json()["degraded"] != [])
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == code
        assert "/srv" not in answer.text
        assert client.get("/livez").status_code == 200
        assert client.get("/v1/incidents/RCAs/disk").status_code == 200
        source.fault = None
        eventually(lambda: client.get("/readyz").status_code == 200)
        assert client.get("/v1/status").json()["degraded"] == []


def test_status(client: TestClient) -> None:
    body = client.get("/v1/status").json()
    freshness = body.pop("freshness")
    assert freshness["stale"] is False
    assert freshness["source_revision"] is None
    assert body.pop("chunks") > 11
    assert body.pop("warnings") > 0  # incidents without a date
    assert body.pop("index_version").startswith("0000000001-")
    assert body == {
        "schema_version": 2,
        "release": rca_search.__version__,
        "documents": {"incident": 8, "runbook": 2, "service": 1},
        "encoder": "test-hashing",
        "store": "faiss",
        "search": {"exact": True, "description": "exact: every row compared, in FAISS", "recall": 1.0},
        "rejected": 0,
        "ready": True,
        "degraded": [],
    }


def test_metrics_count_what_happened(client: TestClient) -> None:
    for _ in range(3):
        client.post("/v1/similar", json={"text": "disk"})
    client.get("/v1/incidents/RCAs/disk/similar")
    client.get("/v1/incidents/RCAs/secret-name")
    client.request("BREW-123", "/livez")
    client.get("/no/such/place")
    count = "rca_search_http_requests_total"
    assert sample(client, count, method="POST", route="/v1/similar", status="200") == 3
    assert sample(client, count, route="/v1/incidents/{id}/similar", status="200") == 1
    assert sample(client, count, route="/v1/incidents/{id}", status="404") == 1
    assert sample(client, count, method="other", route="/livez", status="405") == 1
    assert sample(client, count, route="unmatched", status="404") == 1
    assert sample(client, "rca_search_http_request_duration_seconds_count", route="/v1/similar") == 3
    assert sample(client, "rca_search_questions_total", source="text") == 3
    assert sample(client, "rca_search_questions_total", source="incident") == 1
    assert sample(client, "rca_search_question_windows_count") == 4
    assert sample(client, "rca_search_errors_total", code="document_not_found") == 1
    assert sample(client, "rca_search_http_requests_in_progress") == 1  # the scrape itself
    text = client.get("/metrics").text
    assert "secret-name" not in text
    assert "BREW" not in text


def test_metrics_describe_the_index(client: TestClient) -> None:
    status = client.get("/v1/status").json()
    version = status["index_version"]
    info = {"version": version, "encoder": "test-hashing", "store": "faiss"}
    assert sample(client, "rca_search_index_info", **info) == 1
    assert sample(client, "rca_search_build_info", version=rca_search.__version__) == 1
    assert sample(client, "rca_search_index_documents", kind="incident") == 8
    assert sample(client, "rca_search_index_chunks") == status["chunks"]
    published = dt.datetime.fromisoformat(status["freshness"]["published_at"]).timestamp()
    assert sample(client, "rca_search_index_published_timestamp_seconds") == published
    age = sample(client, "rca_search_index_age_seconds")
    assert age is not None
    assert 0 <= age < 3600


def test_two_applications_do_not_share_their_metrics(opened: Any) -> None:
    with opened() as one, opened() as other:
        one.post("/v1/similar", json={"text": "disk"})
        assert sample(one, "rca_search_questions_total", source="text") == 1
        assert sample(other, "rca_search_questions_total", source="text") is None


def test_probes_answer_while_every_thread_is_taken(
    served: Any, fake_encoder: Any, fake_source: Any, eventually: Any
) -> None:
    go_on = threading.Event()
    encoder = fake_encoder(pause=go_on)
    with served(source=fake_source(encoder), threads=1) as url, httpx.Client(base_url=url) as client:
        answers: list[int] = []

        def ask() -> None:
            answers.append(httpx.post(f"{url}/v1/similar", json={"text": "disk"}, timeout=30).status_code)

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        try:
            assert encoder.entered.acquire(timeout=10)
            for path in ("/livez", "/readyz", "/v1/status", "/metrics"):
                assert client.get(path, timeout=5).status_code == 200
            eventually(lambda: sample(client, "rca_search_http_requests_in_progress") == 4)
            assert not encoder.entered.acquire(blocking=False)  # one thread, so one question at a time
        finally:
            go_on.set()
            for thread in asking:
                thread.join(30)
        assert answers == [200, 200, 200]
