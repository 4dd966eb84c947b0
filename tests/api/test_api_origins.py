"""Pages of other sites, and names that were made to lead here, get nothing."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from rca_search.api.origins import host_name, is_loopback

QUESTION = {"text": "disk full"}


@pytest.mark.parametrize(
    "path", ["/v1/status", "/v1/incidents/x/similar", "/metrics", "/openapi.json", "/", "/no"]
)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[::2]", "a@b"]
)
def test_a_foreign_name_is_not_answered(served: Any, path: str, host: str) -> None:
    with served(allowed_hosts=()) as url:
        response = httpx.get(f"{url}{path}", headers={"Host": host})
        assert response.status_code == 421
        assert response.json()["error"]["code"] == "foreign_host"
        assert "RCA_ALLOWED_HOSTS" in response.json()["error"]["remedy"]
        assert httpx.get(f"{url}/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:99", "[::1]:80", "rca.example", "rca.example.:80"]
)
def test_its_own_names_are_answered(served: Any, host: str) -> None:
    with served(allowed_hosts=("rca.example",)) as url:
        assert httpx.get(f"{url}/v1/status", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Origin": "https://rca.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_a_page_of_another_site_may_not_ask(served: Any, headers: dict[str, str], status: int) -> None:
    with served(allowed_hosts=("rca.example",)) as url:
        response = httpx.post(f"{url}/v1/similar", json=QUESTION, headers=headers)
        assert response.status_code == status
        if status == 403:
            assert response.json()["error"]["code"] == "foreign_origin"
        own = httpx.post(f"{url}/v1/similar", json=QUESTION, headers={"Origin": url})
        assert own.status_code == 200


def test_a_link_may_be_followed_from_anywhere(served: Any) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    with served() as url:
        assert httpx.get(f"{url}/v1/status", headers=headers).status_code == 200
        assert httpx.get(f"{url}/v1/status", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_off_loopback_any_name_is_answered_until_names_are_set(served: Any) -> None:
    with served(host="0.0.0.0", allowed_hosts=()) as url:
        place = url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{place}/v1/status", headers={"Host": "rca.internal"}).status_code == 200
        foreign = {"Host": "rca.internal", "Origin": "https://evil.example"}
        assert httpx.post(f"{place}/v1/similar", json=QUESTION, headers=foreign).status_code == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_addresses(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "db"])
def test_other_addresses(address: str) -> None:
    assert not is_loopback(address)


def test_names_of_hosts() -> None:
    assert [host_name(host) for host in ("A.example:80", "[::1]:8080", "x.", "", "[", "a:b:c")] == [
        *("a.example", "::1", "x", "", "", "a"),
    ]
