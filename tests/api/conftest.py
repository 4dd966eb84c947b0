"""A small folder of documents, an index of it, and applications around that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rca_search.api.app import create_app
from rca_search.api.server import address, bind, make_server
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.embedding.hashing import HashingEncoder
from rca_search.protocols import Encoded, TextKind
from rca_search.service import SearchService

CERTIFICATE = """\
---
title: Checkout refused by browsers
date: 2025-11-02
severity: SEV-1
services: [checkout-api, ingress]
tags: [tls]
duration_minutes: 42
author: Ada
team_room: blue
---
# Checkout refused by browsers

## Summary

Every call to checkout-api failed with x509 certificate expired.

## Root Cause

The renewal job had no permission to write the secret.

## Resolution

Issued the certificate by hand and granted the permission.

## Related Incidents

- [[Runbooks/certificates|certificates]]
"""
LAG = """\
---
title: Payments fell behind
date: 2025-03-14
severity: sev2
services: [payments-api]
tags: [kafka]
---
# Payments fell behind

## Summary

KafkaConsumerLag fired: the consumer group rebalances over and over.

## Resolution

Raised max.poll.interval.ms.
"""
DISK = "---\nid: INC-7\ndate: 2024-07-01\n---\n# Disk full\n\n## Summary\n\nThe disk of search filled.\n"
RENEWAL = "# Certificates\n\n## Symptoms\n\nx509 certificate expired.\n\n## Steps\n\n1. Renew.\n"
DOCUMENTS = {
    "RCAs/2025-11-02-checkout-certificate.md": CERTIFICATE,
    "RCAs/2025-03-14-payments-lag.md": LAG,
    "RCAs/disk.md": DISK,
    "RCAs/disk/similar.md": "# Disk slow\n\n## Summary\n\nThe disk of search was slow.\n",
    "RCAs/lone/similar.md": "# Lone\n\n## Summary\n\nNothing like it.\n",
    "RCAs/north/outage.md": "# North\n\n## Summary\n\nThe north region lost power.\n",
    "RCAs/south/outage.md": "# South\n\n## Summary\n\nThe south region lost power.\n",
    "RCAs/100% odd näme #1?.md": "# Odd\n\n## Summary\n\nAn odd file name.\n",
    "Runbooks/certificates.md": RENEWAL,
    "Runbooks/kafka-lag.md": "# Consumer lag\n\n## Symptoms\n\nKafkaConsumerLag on any group.\n",
    "Services/checkout-api.md": "# checkout-api\n\n## Dependencies\n\n- ingress\n",
}


def write(folder: Path, documents: dict[str, str]) -> Path:
    """Write ``documents`` below ``folder``."""
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def build(index: Path, folder: Path) -> str:
    """Publish an index of ``folder``; return the version."""
    settings = Settings(index=index, model="test-hashing")
    return build_index(settings, [folder], progress=lambda *_: None).version


class FakeEncoder(HashingEncoder):
    """The stand-in model, with a fault or a pause where a test wants one."""

    def __init__(self, fault: Exception | None = None, pause: threading.Event | None = None) -> None:
        self.fault, self.pause = fault, pause
        self.entered = threading.Semaphore(0)

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        self.entered.release()
        if self.pause is not None:
            assert self.pause.wait(30)
        if self.fault is not None:
            raise self.fault
        return super().encode(texts, kind=kind, tokens=tokens)


@dataclass
class FakeSource:
    """An encoder source that takes its time, or fails, where a test wants it to."""

    encoder: Any = None
    fault: Exception | None = None
    pause: threading.Event | None = None
    name: str = "test-hashing"

    def files_digest(self) -> str:
        return "test"

    def load(self) -> Any:
        if self.pause is not None:
            assert self.pause.wait(30)
        if self.fault is not None:
            raise self.fault
        return self.encoder or HashingEncoder()


Open = Callable[..., AbstractContextManager[TestClient]]


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for ``condition``; fail where it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that no test changes."""
    home = tmp_path_factory.mktemp("api")
    build(home / "index", write(home / "notes", DOCUMENTS))
    return home / "index"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of documents that a test may change."""
    return write(tmp_path / "notes", DOCUMENTS)


@pytest.fixture
def publish() -> Callable[[Path, Path], str]:
    """``publish(index, folder)`` builds an index and returns its version."""
    return build


@pytest.fixture
def eventually() -> Callable[..., None]:
    """``eventually(condition)`` waits for it."""
    return wait_until


@pytest.fixture
def opened(shared_index: Path) -> Open:
    """``with opened(...) as client``: an application in this process, ready unless ``source`` is given."""

    @contextmanager
    def open_client(
        *, index: Path | None = None, source: FakeSource | None = None, **values: Any
    ) -> Iterator[TestClient]:
        settings = Settings(index=index or shared_index, model="test-hashing", **values)
        service = SearchService(settings.index, source) if source else open_service(settings)
        with TestClient(create_app(service, settings)) as client:
            if source is None:
                wait_until(lambda: client.get("/readyz").status_code == 200)
            yield client

    return open_client


@pytest.fixture
def client(opened: Open) -> Iterator[TestClient]:
    """A ready application around the shared index."""
    with opened() as ready:
        yield ready


@pytest.fixture
def served(shared_index: Path) -> Callable[..., AbstractContextManager[str]]:
    """``with served(...) as url``: a real server on the loopback interface."""

    @contextmanager
    def serve(*, index: Path | None = None, source: FakeSource | None = None, **values: Any) -> Iterator[str]:
        settings = Settings(index=index or shared_index, model="test-hashing", port=0, **values)
        service = SearchService(settings.index, source) if source else open_service(settings)
        with bind(settings) as listener:
            server = make_server(service, settings)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                wait_until(lambda: server.started)
                yield address(listener)
            finally:
                server.should_exit = True
                thread.join(30)
                assert not thread.is_alive()

    return serve


@pytest.fixture
def fake_encoder() -> type[FakeEncoder]:
    """The stand-in model with faults and pauses."""
    return FakeEncoder


@pytest.fixture
def fake_source() -> type[FakeSource]:
    """An encoder source with faults and pauses."""
    return FakeSource
