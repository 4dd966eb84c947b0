"""Every failure has its status and the one envelope, and tells nothing of the machine."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from rca_search import errors
from rca_search.api.error_handlers import STATUS

JSON = {"content-type": "application/json"}
VALIDATION = {
    "code": "invalid_request",
    "message": "The request cannot be used: see the details.",
    "remedy": "/openapi.json describes every field.",
}


def post(client: TestClient, body: Any) -> Any:
    return client.post("/v1/similar", json=body, headers={"X-Request-Id": "test-1"})


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "body.text", "Field required"),
        ({"text": 7}, "body.text", "Input should be a valid string"),
        ({"text": None}, "body.text", "Input should be a valid string"),
        ({"text": "a", "limit": 0}, "body.limit", "Input should be greater than or equal to 1"),
        ({"text": "a", "limit": 101}, "body.limit", "Input should be less than or equal to 100"),
        ({"text": "a", "limit": "5"}, "body.limit", "Input should be a valid integer"),
        ({"text": "a", "limit": True}, "body.limit", "Input should be a valid integer"),
        ({"text": "a", "limit": 10**30}, "body.limit", "Input should be less than or equal to 100"),
        ({"text": "a", "colour": 1}, "body.colour", "Extra inputs are not permitted"),
        ({"text": "a", "filter": {"kinds": []}}, "body.filter.kinds", "Extra inputs are not permitted"),
        ({"text": "a", "filter": {"tags": "x"}}, "body.filter.tags", "Input should be a valid list"),
        (
            {"text": "a", "filter": {"tags": ["x", ""]}},
            "body.filter.tags[1]",
            "String should have at least 1 character",
        ),
        (
            {"text": "a", "filter": {"tags": ["x"] * 101}},
            "body.filter.tags",
            "List should have at most 100 items after validation, not 101",
        ),
        (
            {"text": "a", "filter": {"since": 1700000000}},
            "body.filter.since",
            "Value error, a date must be written YYYY-MM-DD",
        ),
        (
            {"text": "a", "as_of": "2025-02-30"},
            "body.as_of",
            "Input should be a valid date or datetime, day value is outside expected range",
        ),
        ({"text": "a" * 200_001}, "body.text", "String should have at most 200000 characters"),
        ([], "body", "Input should be a valid dictionary or object to extract fields from"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(
    client: TestClient, body: Any, field: str, message: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == 422
    assert answer.json() == {
        "schema_version": 2,
        "error": {
            **VALIDATION,
            "request_id": "test-1",
            "details": [{"kind": "field", "field": field, "message": message}],
        },
    }


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_question_is_told_what_to_say(client: TestClient, text: str) -> None:
    answer = post(client, {"text": text})
    assert answer.status_code == 422
    assert answer.json() == {
        "schema_version": 2,
        "error": {
            "code": "invalid_request",
            "message": "The question is empty.",
            "remedy": "Say what you see: an alert, an error line, a symptom.",
            "request_id": "test-1",
            "details": [],
        },
    }


def test_a_period_that_ends_before_it_begins(client: TestClient) -> None:
    answer = post(client, {"text": "a", "filter": {"since": "2025-02-02", "until": "2025-02-01"}})
    assert answer.status_code == 422
    assert (
        answer.json()["error"]["message"]
        == "No day is both on or after 2025-02-02 and on or before 2025-02-01."
    )


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=x", "query.limit"),
        ("limt=5", "query.limt"),
        ("since=yesterday", "query.since"),
        ("since=1700000000", "query.since"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(client: TestClient, parameters: str, field: str) -> None:
    answer = client.get(f"/v1/incidents/RCAs/disk/similar?{parameters}")
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "invalid_request"
    assert [detail["field"] for detail in error["details"]] == [field]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"text",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": "a", "limit": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/similar", content=content, headers=JSON)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["message"], error["remedy"]) == (
        "malformed_request",
        "The body of the request cannot be read.",
        "Send JSON in UTF-8.",
    )


@pytest.mark.parametrize(
    "content",
    [b'{"text": "\\ud800"}', b'{"text": "a", "\\ud800": 1}', b'{"text": "a", "exclude": ["\\udfff"]}'],
)
def test_half_of_a_character_is_refused(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/similar", content=content, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", ";"]
)
def test_another_content_type_is_refused(client: TestClient, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = client.post("/v1/similar", content=b'{"text": "disk"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["error"] == {
        "code": "unsupported_media_type",
        "message": "The body must be JSON.",
        "remedy": "Send it with Content-Type: application/json.",
        "request_id": answer.headers["x-request-id"],
        "details": [],
    }


def test_json_with_a_charset_is_json(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/v1/similar", content=b'{"text": "disk"}', headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/similar/", "/v2/similar", "/docs", "/redoc", "/v1/services/x", "/livez/"]
)
def test_an_address_that_does_not_exist(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "not_found",
        "message": "There is nothing at this address.",
        "remedy": "/openapi.json lists every address.",
        "request_id": answer.headers["x-request-id"],
        "details": [],
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/similar", "POST"),
        ("DELETE", "/v1/similar", "POST"),
        ("POST", "/v1/incidents/RCAs/disk", "GET"),
        ("PUT", "/v1/incidents/RCAs/disk/similar", "GET"),
        ("POST", "/v1/status", "GET"),
        ("BREW", "/readyz", "GET"),
    ],
)
def test_a_method_that_an_address_does_not_take(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json()["error"] == {
        "code": "method_not_allowed",
        "message": "This address does not take this method.",
        "remedy": "The Allow header lists the methods that it takes.",
        "request_id": answer.headers["x-request-id"],
        "details": [],
    }


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/v1/status", "/v1/incidents/RCAs/disk", "/metrics"])
def test_head_answers_as_get_does_but_without_a_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_where_there_is_no_get(client: TestClient) -> None:
    assert client.head("/v1/similar").status_code == 405


def test_an_unknown_document_to_exclude(client: TestClient) -> None:
    answer = post(client, {"text": "disk", "exclude": ["RCAs/disc"]})
    assert answer.status_code == 404
    assert {"kind": "candidate", "id": "RCAs/disk"} in answer.json()["error"]["details"]


SERVER_FAULTS = [
    (errors.EncoderUnavailableError, 503, "encoder_unavailable"),
    (errors.StorageError, 503, "storage"),
    (errors.BuildInProgressError, 503, "build_in_progress"),
    (errors.BackendError, 503, "backend"),
    (errors.IndexMissingError, 503, "index_missing"),
    (errors.IndexCorruptError, 503, "index_corrupt"),
    (errors.IndexFormatError, 503, "index_format"),
    (errors.IndexUnavailableError, 503, "index_unavailable"),
    (errors.IndexMismatchError, 503, "index_mismatch"),
    (errors.RcaSearchError, 500, "internal"),
]


@pytest.mark.parametrize(("kind", "status", "code"), SERVER_FAULTS)
def test_a_fault_of_the_server_tells_its_code_and_no_particulars(
    opened: Any,
    fake_encoder: Any,
    fake_source: Any,
    caplog: pytest.LogCaptureFixture,
    kind: type[errors.RcaSearchError],
    status: int,
    code: str,
) -> None:
    fault = kind("secret.example:/srv/private", remedy="see /srv/private")
    with opened(source=fake_source(fake_encoder(fault=fault))) as client, caplog.at_level(logging.ERROR):
        answer = post(client, {"text": "disk"})
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["code"], error["request_id"], error["details"]) == (code, "test-1", [])
    assert error["message"]
    assert "private" not in answer.text
    assert "secret.example" in caplog.text


def test_an_unexpected_error_has_an_envelope_and_leaks_nothing(
    opened: Any, fake_encoder: Any, fake_source: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(source=fake_source(fake_encoder(fault=RuntimeError("at /srv/private")))) as client:
        answer = post(client, {"text": "disk"})
        counted = client.get("/metrics").text
    assert answer.status_code == 500
    assert answer.json() == {
        "schema_version": 2,
        "error": {
            "code": "internal",
            "message": "The server met an error that it did not expect.",
            "remedy": "Report it with the request id; the server's log has the particulars.",
            "request_id": "test-1",
            "details": [],
        },
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "RuntimeError: at /srv/private" in caplog.text
    assert 'rca_search_errors_total{code="internal"} 1.0' in counted
    assert 'route="/v1/similar",status="500"} 1.0' in counted


def test_every_error_class_has_a_status() -> None:
    tree = [errors.RcaSearchError]
    for kind in tree:
        tree.extend(kind.__subclasses__())
    # Those of a build, never of a question.
    outside = {errors.DocumentRejectedError, errors.DocumentsRejectedError, errors.IndexShrinksError}
    told = {next(STATUS[base] for base in kind.__mro__ if base in STATUS) for kind in tree}
    assert told == {404, 409, 422, 500, 503}
    assert {
        kind for kind in tree if next(STATUS[base] for base in kind.__mro__ if base in STATUS) == 500
    } == outside | {errors.RcaSearchError}


def test_the_input_is_never_sent_back(client: TestClient) -> None:
    answer = post(
        client, {"text": "a", "limit": "sesame", "filter": {"since": "sesame"}, "exclude": "sesame"}
    )
    assert answer.status_code == 422
    assert len(answer.json()["error"]["details"]) == 3
    assert "sesame" not in answer.text


def test_details_are_bounded(client: TestClient) -> None:
    answer = post(client, {"text": "a", **{f"x{n}" * 1000: 1 for n in range(100)}})
    details = answer.json()["error"]["details"]
    assert len(details) == 20
    assert max(len(detail["field"]) for detail in details) == 200
