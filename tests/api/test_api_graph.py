"""GET /v1/graph/{id} and /v1/gaps."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"


@pytest.mark.parametrize(
    "name", [CERTIFICATE, quote(CERTIFICATE, safe=""), "2025-11-02-checkout-certificate.md"]
)
def test_the_surroundings_of_a_document(client: TestClient, name: str) -> None:
    body = client.get(f"/v1/graph/{name}").json()
    assert (body["id"], body["depth"], body["left_out"]) == (CERTIFICATE, 1, 0)
    assert body["index_version"].startswith("0000000001-")
    assert [(node["id"], node["kind"], node["distance"]) for node in body["nodes"]] == [
        (CERTIFICATE, "incident", 0),
        ("Runbooks/certificates", "runbook", 1),
        ("Services/checkout-api", "service", 1),
        ("service:ingress", "service", 1),
    ]
    link = next(edge for edge in body["edges"] if edge["target"] == "Runbooks/certificates")
    assert link == {
        "source": CERTIFICATE,
        "target": "Runbooks/certificates",
        "kind": "related",
        "path": f"{CERTIFICATE}.md",
        "line": 27,
        "written": "Runbooks/certificates",
    }


def test_more_steps_reach_further(client: TestClient) -> None:
    near, far = (client.get(f"/v1/graph/ingress?depth={depth}").json() for depth in (1, 2))
    assert [node["id"] for node in near["nodes"]] == ["service:ingress", CERTIFICATE, "Services/checkout-api"]
    assert {node["id"] for node in far["nodes"]} > {node["id"] for node in near["nodes"]}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("graph/nothing-of-the-kind", 404, "document_not_found"),
        (f"graph/{CERTIFICATE}?depth=0", 422, "invalid_request"),
        (f"graph/{CERTIFICATE}?depth=4", 422, "invalid_request"),
        ("gaps?stale_from=0", 422, "invalid_request"),
    ],
)
def test_wrong_requests(client: TestClient, path: str, status: int, code: str) -> None:
    answer = client.get(f"/v1/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_gaps(client: TestClient) -> None:
    body = client.get("/v1/gaps?stale_from=1").json()
    assert body["stale_from"] == 1
    sorts = (
        "dangling_links",
        "stale_runbooks",
        "uncovered_services",
        "unlinked_runbooks",
        "uncovered_families",
        "unclosed_actions",
    )
    assert body["total"] == sum(len(body[name]) for name in sorts)
    assert [(book["id"], book["age"]["incidents_since"]) for book in body["stale_runbooks"]][:1] == [
        ("Runbooks/certificates", 1)
    ]
    assert body["index_version"] == client.get("/v1/status").json()["index_version"]
