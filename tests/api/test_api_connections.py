"""Connections that never finish, never read, or come by the thousand keep nobody else out."""

from __future__ import annotations

import json
import logging
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from rca_search import logs
from rca_search.api import server as serving
from rca_search.api.connections import MAX_HEADER_BYTES, ConnectionLimits

HEAD = b"POST /v1/similar HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the times, so that a test can wait for them."""
    times = {"header_seconds": 0.6, "body_seconds": 0.6, "fetch_seconds": 0.6}
    monkeypatch.setattr(serving, "ConnectionLimits", partial(ConnectionLimits, **times))


@contextmanager
def connected(url: str, sent: bytes = b"") -> Iterator[socket.socket]:
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        if sent:
            connection.sendall(sent)
        yield connection


def answered(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of all that comes until the end of the connection."""
    content = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = content.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    assert b"connection: close" in head.lower()
    return int(head.split(b" ")[1]), json.loads(body)["error"]


def live(url: str) -> float:
    started = time.monotonic()
    assert httpx.get(f"{url}/livez", timeout=5).status_code == 200
    return time.monotonic() - started


@pytest.mark.parametrize("sent", [b"", b"GET /livez HTT", HEAD, HEAD + b'Content-Length: 100\r\n\r\n{"te'])
def test_a_thousand_half_open_connections_keep_nobody_out(served: Any, sent: bytes) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 8192), hard), hard))
    with served(max_connections=200) as url, ExitStack() as stack:
        for _ in range(190 if b"\r\n\r\n" in sent else 1000):
            stack.enter_context(connected(url, sent))
        assert max(live(url) for _ in range(5)) < 2
        assert httpx.post(f"{url}/v1/similar", json={"text": "disk full"}, timeout=20).status_code == 200


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n", "headers"),
        (HEAD + b"Content-Length: 500\r\n\r\n{", "body"),
        (HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"te', "body"),
    ],
)
def test_who_does_not_go_on_is_told_so_and_let_go(served: Any, sent: bytes, part: str) -> None:
    with served() as url, connected(url, sent) as connection:
        started = time.monotonic()
        status, error = answered(connection)
        assert 0.3 < time.monotonic() - started < 5
        assert (status, error["code"]) == (408, "request_timeout")
        assert error["message"] == f"The {part} of the request took too long to arrive."
        live(url)


@pytest.mark.usefixtures("brief")
def test_a_byte_now_and_then_gains_no_time(served: Any) -> None:
    with served() as url, connected(url, HEAD) as connection:
        started = time.monotonic()
        with suppress(OSError):
            for number in range(100):
                connection.sendall(b"X-%d: 1\r\n" % number)
                time.sleep(0.1)
        assert number < 50
        assert time.monotonic() - started < 5


@pytest.mark.usefixtures("brief")
def test_who_never_asks_is_let_go_without_a_word(served: Any) -> None:
    with served() as url, connected(url) as connection:
        assert connection.recv(100) == b""


@pytest.mark.usefixtures("brief")
def test_a_connection_that_is_used_again_has_its_times_again(served: Any) -> None:
    with served() as url, connected(url) as connection:
        for _ in range(4):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            time.sleep(0.4)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_busy_connections_are_not_closed_for_new_ones(
    served: Any, fake_encoder: Any, fake_source: Any
) -> None:
    pause = threading.Event()
    encoder = fake_encoder(pause=pause)
    source = fake_source(encoder)
    body = b'{"text": "disk full"}'
    asked = HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with served(max_connections=2, source=source) as url, ExitStack() as stack:
        busy = [stack.enter_context(connected(url, asked)) for _ in range(2)]
        assert all(encoder.entered.acquire(timeout=10) for _ in busy)
        with connected(url, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as third:
            status, error = answered(third)
        assert (status, error["code"]) == (503, "too_many_connections")
        pause.set()
        for connection in busy:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET  /livez\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * (MAX_HEADER_BYTES + 1000),
        b"POST /v1/similar HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/similar HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/similar HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_the_one_envelope(served: Any, sent: bytes) -> None:
    with served() as url:
        with connected(url, sent) as connection:
            status, error = answered(connection)
        assert (status, error["code"]) == (400, "malformed_request")
        assert error["remedy"]
        live(url)


def test_a_flood_of_lines_is_counted_instead_of_written() -> None:
    stream = StringIO()
    logs.configure_logging("text", "INFO", stream=stream)
    logger = logging.getLogger("rca_search.flood")
    for number in range(20_000):
        logger.info("the same place, %d", number)
    logger.info("another place")
    lines = stream.getvalue().splitlines()
    assert logs.LINES_AT_ONCE <= len(lines) < 2 * logs.LINES_AT_ONCE
    assert lines[-1].endswith("another place")
    time.sleep(0.1)
    logger.info("the same place, %d", -1)
    told = stream.getvalue().splitlines()[-2:]
    assert "lines like the next one were left out." in told[0]
    assert told[1].endswith("the same place, -1")
