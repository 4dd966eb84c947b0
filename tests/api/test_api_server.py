"""A real server on the loopback interface, asked by real clients."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from rca_search.api.server import bind
from rca_search.config import Settings
from rca_search.errors import InvalidRequestError

END = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ["x509 certificate expired", "KafkaConsumerLag", "disk of search", "the region lost power"]


@pytest.fixture(scope="module")
def anyone() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


def exchange(url: str, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return status and body."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


def test_eight_clients_get_equal_answers(served: Any, anyone: httpx.Client) -> None:
    with served(threads=4) as url:
        expected = {text: anyone.post(f"{url}/v1/similar", json={"text": text}).json() for text in QUESTIONS}
        assert len({json.dumps(answer, sort_keys=True) for answer in expected.values()}) == 4

        def ask(number: int) -> int:
            wrong = 0
            with httpx.Client(base_url=url, timeout=60) as client:
                for turn in range(50):
                    text = QUESTIONS[(number + turn) % len(QUESTIONS)]
                    answer = client.post("/v1/similar", json={"text": text})
                    wrong += answer.status_code != 200 or answer.json() != expected[text]
            return wrong

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(8))) == 0
        counted = anyone.get(f"{url}/metrics").text
        assert (
            'rca_search_http_requests_total{method="POST",route="/v1/similar",status="200"} 404.0' in counted
        )


def test_answers_are_whole_while_versions_change(
    served: Any, tmp_path: Path, notes: Path, publish: Any
) -> None:
    index = tmp_path / "index"
    versions = [publish(index, notes)]
    stop, answered = threading.Event(), threading.Semaphore(0)
    with served(index=index, reload_seconds=0.02) as url:

        def ask(_: int) -> dict[str, set[tuple[str, ...]]]:
            seen: dict[str, set[tuple[str, ...]]] = {}
            with httpx.Client(base_url=url, timeout=60) as client:
                while not stop.is_set():
                    answer = client.post("/v1/similar", json={"text": "zookeeper quorum lost", "limit": 50})
                    assert answer.status_code == 200, answer.text
                    body = answer.json()
                    found = tuple(sorted(hit["id"] for hit in body["incidents"]))
                    seen.setdefault(body["index_version"], set()).add(found)
                    answered.release()
            return seen

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask, number) for number in range(4)]
            try:
                assert all(answered.acquire(timeout=30) for _ in range(4))
                with httpx.Client(base_url=url) as client:
                    for number in range(4):
                        text = f"# Quorum {number}\n\n## Summary\n\nThe quorum was lost.\n"
                        (notes / "RCAs" / f"quorum-{number}.md").write_text(text, encoding="utf-8")
                        versions.append(publish(index, notes))
                        wait_for(client, versions[-1])
                    while answered.acquire(blocking=False):
                        pass
                    assert all(answered.acquire(timeout=30) for _ in range(12))
            finally:
                stop.set()
            answers = [future.result(30) for future in asking]
    merged: dict[str, set[tuple[str, ...]]] = {}
    for seen in answers:
        for version, found in seen.items():
            merged.setdefault(version, set()).update(found)
    assert versions[0] in merged
    assert versions[-1] in merged
    for version, found in merged.items():
        assert [len(each) for each in found] == [8 + versions.index(version)]


def wait_for(client: httpx.Client, version: str) -> None:
    for _ in range(2000):
        if client.get("/readyz").json().get("index_version") == version:
            return
        threading.Event().wait(0.01)
    pytest.fail(f"{version} was never served")


@pytest.mark.parametrize("size", [3_000_000, 1_048_577])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_oversize_body_is_refused(served: Any, anyone: httpx.Client, size: int, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(size // 1000 + 1):
            yield b" " * 1000

    content: Any = pieces() if chunked else b" " * size
    with served() as url:
        headers = {"content-type": "application/json"}
        answer = anyone.post(f"{url}/v1/similar", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["error"]["message"] == "The body of the request has more than 1,048,576 bytes."
        assert anyone.get(f"{url}/livez").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/incidents/../../../../etc/passwd",
        b"/v1/incidents/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        b"/v1/runbooks/..%2f..%2f..%2fetc%2fpasswd",
        b"/v1/incidents//etc/passwd",
        b"/v1/incidents/..%5c..%5cCURRENT",
        b"/../../etc/passwd",
        b"/v1/incidents/RCAs/../RCAs/disk",
        b"/v1/incidents/RCAs%252Fdisk",
    ],
)
def test_no_address_leads_out_of_the_index(served: Any, target: bytes) -> None:
    with served() as url:
        request = b"GET " + target + END
        status, body = exchange(url, request)
    assert status == 404
    assert json.loads(body)["error"]["code"] in {"document_not_found", "not_found"}


def test_escaped_slashes_survive_a_real_connection(served: Any) -> None:
    with served() as url:
        got = {}
        for target in (b"RCAs%2Fdisk%2Fsimilar", b"RCAs/disk/similar"):
            request = (
                b"GET /v1/incidents/" + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            )
            got[target] = exchange(url, request)
    assert [status for status, _ in got.values()] == [200, 200]
    assert json.loads(got[b"RCAs%2Fdisk%2Fsimilar"][1])["id"] == "RCAs/disk/similar"
    assert json.loads(got[b"RCAs/disk/similar"][1])["incidents"][0]["id"] == "RCAs/disk/similar"


def test_an_odd_id_survives_a_real_connection(served: Any, anyone: httpx.Client) -> None:
    odd = "RCAs/100% odd näme #1?"
    with served() as url:
        hits = anyone.post(f"{url}/v1/similar", json={"text": "an odd file name", "limit": 1}).json()
        assert hits["incidents"][0]["id"] == odd
        document = anyone.get(url + hits["incidents"][0]["url"])
    assert (document.status_code, document.json()["id"]) == (200, odd)


def test_head_has_no_body_on_the_wire(served: Any) -> None:
    with served() as url:
        status, body = exchange(
            url, b"HEAD /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
    assert (status, body) == (200, b"")


def test_a_request_that_is_no_http_costs_only_itself(served: Any, anyone: httpx.Client) -> None:
    with served() as url:
        status, _ = exchange(url, b"\x16\x03\x01 nonsense\r\n\r\n")
        assert status == 400
        assert anyone.get(f"{url}/livez").status_code == 200


def test_the_server_does_not_name_its_software(served: Any, anyone: httpx.Client) -> None:
    with served() as url:
        assert "server" not in anyone.get(f"{url}/livez").headers


def test_the_served_files_may_be_taken_away(served: Any, shared_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "copy"
    shutil.copytree(shared_index, index)
    with served(index=index, reload_seconds=0) as url, httpx.Client(base_url=url, timeout=30) as client:
        before = client.post("/v1/similar", json={"text": "disk"}).json()
        shutil.rmtree(index)
        after = client.post("/v1/similar", json={"text": "disk"}).json()
        assert after["incidents"] == before["incidents"]
        assert client.get("/v1/status").status_code == 200


PROGRAM = """
import sys
from pathlib import Path
from rca_search.api.server import run
from rca_search.bootstrap import open_service
from rca_search.config import Settings
from rca_search.logs import configure_logging
settings = Settings(index=Path(sys.argv[1]), model="test-hashing", port=0)
configure_logging("json", "INFO")
run(open_service(settings), settings)
"""


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_process_says_where_it_listens_and_ends_when_asked(
    shared_index: Path, anyone: httpx.Client, stop: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(shared_index)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            first = json.loads(process.stderr.readline())
            url = first["message"].removeprefix("Listening on ")
            assert url.startswith("http://127.0.0.1:")
            assert anyone.post(f"{url}/v1/similar", json={"text": "disk"}).status_code == 200
            process.send_signal(stop)
            rest = process.stderr.read()
            assert process.wait(30) == code, rest
        finally:
            process.kill()
    entries = [json.loads(line) for line in rest.splitlines()]
    told = [(entry["method"], entry["route"], entry["status"]) for entry in entries if "route" in entry]
    assert told == [("POST", "/v1/similar", 200)]
    assert {entry["level"] for entry in entries} <= {"INFO", "WARNING"}


def test_an_address_in_use_is_told_with_a_remedy() -> None:
    with bind(Settings(port=0)) as taken:
        port = taken.getsockname()[1]
        assert taken.getsockname()[0] == "127.0.0.1"
        with pytest.raises(InvalidRequestError, match=rf"Cannot listen on 127\.0\.0\.1 port {port}.*--port"):
            bind(Settings(port=port))
