"""Families over HTTP: listed, one by one, narrowed, and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rca_search.api.app import create_app
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings


@pytest.fixture(scope="module")
def families_client(vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server over the example vault, indexed with the test model."""
    settings = Settings(index=tmp_path_factory.mktemp("families") / "index", model="test-hashing")
    build_index(settings, [vault], progress=lambda *_: None)
    with TestClient(create_app(open_service(settings), settings)) as client:
        yield client


def test_families_are_listed_and_each_has_an_address(families_client: TestClient) -> None:
    body = families_client.get("/v1/families", params={"limit": 2}).json()
    assert body["found"] >= len(body["families"]) >= 1
    assert body["incidents"] == 53
    family = body["families"][0]
    assert families_client.get(family["url"]).json()["family"] == family
    by_incident = families_client.get(f"/v1/families/{family['members'][0]['id']}").json()
    assert by_incident["family"] == family
    assert by_incident["index_version"] == body["index_version"]


def test_a_hit_leads_to_its_family(families_client: TestClient) -> None:
    family = families_client.get("/v1/families", params={"limit": 1}).json()["families"][0]
    member = family["members"][0]["id"]
    text = families_client.get(f"/v1/incidents/{member}").json()["text"]
    hits = families_client.post("/v1/similar", json={"text": text[:2000], "limit": 5}).json()["incidents"]
    found = next(hit["recurrence"] for hit in hits if hit["id"] == member)
    assert (found["family"], found["count"], found["url"]) == (family["id"], family["total"], family["url"])
    assert found["last"] == family["last"] == found["dates"][-1]


def test_hidden_members_are_not_counted(families_client: TestClient) -> None:
    family = families_client.get("/v1/families", params={"limit": 1}).json()["families"][0]
    hidden = [member["id"] for member in family["members"][1:]]
    answer = families_client.get(f"/v1/families/{family['id']}", params={"exclude": hidden})
    assert answer.status_code == 404
    assert not any(name in answer.text for name in hidden)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/families/f-0000000000", 404, "document_not_found"),
        ("/v1/families?limit=0", 422, "invalid_request"),
        ("/v1/families?since=yesterday", 422, "invalid_request"),
        ("/v1/families?since=2026-01-01&until=2025-01-01", 422, "invalid_request"),
        ("/v1/families?unknown=1", 422, "invalid_request"),
        ("/v1/families?exclude=nothing", 404, "document_not_found"),
    ],
)
def test_what_is_refused(families_client: TestClient, path: str, status: int, code: str) -> None:
    answer = families_client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
