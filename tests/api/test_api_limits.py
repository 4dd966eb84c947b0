"""What happens to every request: its id, its size, its headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

LIMIT = 2000
JSON = {"content-type": "application/json"}


@pytest.fixture
def small(opened: Any) -> Iterator[TestClient]:
    with opened(max_request_bytes=LIMIT) as client:
        yield client


def body_of(size: int) -> bytes:
    start, end = b'{"text": "disk', b'"}'
    return start + b" " * (size - len(start) - len(end)) + end


def pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 100):
        yield content[start : start + 100]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_exactly_the_limit_is_read(small: TestClient, chunked: bool) -> None:
    content = body_of(LIMIT)
    answer = small.post("/v1/similar", content=pieces(content) if chunked else content, headers=JSON)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("chunked", [False, True])
def test_one_byte_more_is_refused(small: TestClient, chunked: bool) -> None:
    content = body_of(LIMIT + 1)
    answer = small.post("/v1/similar", content=pieces(content) if chunked else content, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["error"] == {
        "code": "request_too_large",
        "message": "The body of the request has more than 2,000 bytes.",
        "remedy": "Send the part that shows what went wrong.",
        "request_id": answer.headers["x-request-id"],
        "details": [],
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_limit_holds_on_every_address(small: TestClient) -> None:
    for path in ("/livez", "/v1/incidents/RCAs/disk", "/nowhere"):
        assert small.request("GET", path, content=body_of(LIMIT + 1)).status_code == 413


@pytest.mark.parametrize("length", ["9" * 30, "9" * 5000])
def test_an_absurd_length_is_refused(small: TestClient, length: str) -> None:
    answer = small.post("/v1/similar", content=b"{}", headers={**JSON, "content-length": length})
    assert answer.status_code == 413


@pytest.mark.parametrize("given", ["a", "0b9f6f3e-8a7c:4d52.b1_f0", "x" * 64])
def test_a_request_keeps_the_id_it_came_with(client: TestClient, given: str) -> None:
    answer = client.get("/livez", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a;b", "<script>", "a\tb", b"\xff\xfe"])
def test_an_id_that_could_do_harm_is_replaced(client: TestClient, given: Any) -> None:
    seen = {client.get("/livez", headers={"X-Request-Id": given}).headers["x-request-id"] for _ in range(2)}
    assert len(seen) == 2
    assert all(len(each) == 32 and int(each, 16) for each in seen)


@pytest.mark.parametrize("path", ["/livez", "/v1/status", "/metrics", "/nowhere", "/openapi.json"])
def test_security_headers_stand_on_every_answer(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-request-id"]
