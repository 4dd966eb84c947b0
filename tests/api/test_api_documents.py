"""GET /v1/incidents/{id} and /v1/runbooks/{id}: whole documents, and ids of every shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
ODD = "RCAs/100% odd näme #1?"


def test_a_document_has_its_sections_and_their_lines(client: TestClient) -> None:
    body = client.get(f"/v1/incidents/{CERTIFICATE}").json()
    assert body["kind"] == "incident"
    assert body["kind_reason"]
    assert body["source"] == "notes"
    assert body["metadata"] == {"team_room": "blue"}
    assert len(body["sha256"]) == 64
    assert body["index_version"].startswith("0000000001-")
    assert body["freshness"]["stale"] is False
    lines = body["text"].split("\n")
    told = {section["headings"][-1]: section for section in body["sections"] if section["headings"]}
    cause = told["Root Cause"]
    assert cause["role"] == "cause"
    assert lines[cause["first_line"] - 1] == "## Root Cause"
    assert "The renewal job had no permission" in cause["text"]
    assert cause["text"] == "\n".join(lines[cause["first_line"] - 1 : cause["last_line"]])
    assert [(link["target"], link["label"]) for link in body["links"]] == [
        ("Runbooks/certificates", "certificates")
    ]
    assert "[[Runbooks/certificates" in lines[body["links"][0]["line"] - 1]


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (f"incidents/{CERTIFICATE}", CERTIFICATE),
        (f"incidents/{quote(CERTIFICATE, safe='')}", CERTIFICATE),
        ("incidents/INC-7", "RCAs/disk"),
        ("incidents/2025-03-14-payments-lag", "RCAs/2025-03-14-payments-lag"),
        (f"incidents/{quote(ODD)}", ODD),
        ("incidents/RCAs/disk%2Fsimilar", "RCAs/disk/similar"),
        ("incidents/RCAs%2Fdisk%2Fsimilar", "RCAs/disk/similar"),
        ("runbooks/Runbooks/kafka-lag", "Runbooks/kafka-lag"),
        ("runbooks/Runbooks%2Fkafka-lag", "Runbooks/kafka-lag"),
    ],
)
def test_ids_in_addresses(client: TestClient, path: str, document: str) -> None:
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == document


@pytest.mark.parametrize(
    ("path", "like"),
    [
        ("RCAs/disk/similar", "RCAs/disk"),
        ("RCAs%2Fdisk/similar", "RCAs/disk"),
        ("RCAs/disk/simil%61r", "RCAs/disk"),
        ("RCAs/disk/similar/similar", "RCAs/disk/similar"),
        ("RCAs/disk%2Fsimilar/similar", "RCAs/disk/similar"),
        (f"{quote(ODD, safe='')}/similar", ODD),
    ],
)
def test_the_last_segment_asks_for_what_is_similar(client: TestClient, path: str, like: str) -> None:
    answer = client.get(f"/v1/incidents/{path}", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    found = {hit["id"] for hit in answer.json()["incidents"]}
    assert like not in found
    assert len(found) == 7


def test_where_only_an_id_that_ends_in_similar_fits_it_is_named(client: TestClient) -> None:
    answer = client.get("/v1/incidents/RCAs/lone/similar")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["details"][0] == {"kind": "candidate", "id": "RCAs/lone/similar"}
    assert client.get("/v1/incidents/RCAs/lone%2Fsimilar").json()["id"] == "RCAs/lone/similar"


@pytest.mark.parametrize(
    "path",
    [
        "incidents/Runbooks/kafka-lag",
        "incidents/Services/checkout-api",
        f"runbooks/{CERTIFICATE}",
        "incidents/Runbooks/kafka-lag/similar",
    ],
)
def test_a_document_of_another_kind_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "document_not_found"


@pytest.mark.parametrize(
    "path",
    [
        "../../../../etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%2f..%2fCURRENT",
        "%2Fetc%2Fpasswd",
        "RCAs/disk.md%00",
        "%00",
        "%ff%fe",
        "",
        "/",
        "a" * 999,
    ],
)
@pytest.mark.parametrize("resource", ["incidents", "runbooks"])
def test_an_address_never_leads_to_a_file(client: TestClient, resource: str, path: str) -> None:
    answer = client.get(f"/v1/{resource}/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in {"document_not_found", "not_found"}
    assert "root:" not in answer.text


@pytest.mark.parametrize("path", ["incidents/", "runbooks/"])
def test_an_endless_id_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(f"/v1/{path}{'a' * 1001}")
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "path.id"


def envelope(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert error.pop("request_id") == answer.headers["x-request-id"]
    return error


def test_an_unknown_id_comes_with_near_spellings(client: TestClient) -> None:
    answer = client.get("/v1/incidents/RCAs/2025-11-02-checkout-certifikate")
    assert answer.status_code == 404
    assert envelope(answer) == {
        "code": "document_not_found",
        "message": "No document is called 'RCAs/2025-11-02-checkout-certifikate'.",
        "remedy": f"Did you mean {CERTIFICATE}?",
        "details": [{"kind": "candidate", "id": CERTIFICATE}],
    }


def test_an_ambiguous_name_comes_with_all_it_may_mean(client: TestClient) -> None:
    for path in ("outage", "outage/similar"):
        answer = client.get(f"/v1/incidents/{path}")
        assert answer.status_code == 409
        assert envelope(answer) == {
            "code": "ambiguous_id",
            "message": "'outage' could be any of 2 documents.",
            "remedy": "Use the full id: RCAs/north/outage, RCAs/south/outage.",
            "details": [
                {"kind": "candidate", "id": "RCAs/north/outage"},
                {"kind": "candidate", "id": "RCAs/south/outage"},
            ],
        }
