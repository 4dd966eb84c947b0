"""Long work does not hold up short work, and what would be answered too late is turned away."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2 as httpx
import pytest

from rca_search.api import deps
from rca_search.service import SearchService


@pytest.fixture
def slow_views(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Make families wait for an event, as they would for the processor in a large corpus."""
    go_on = threading.Event()
    real = SearchService.families

    def families(self: SearchService, *args: Any, **more: Any) -> Any:
        assert go_on.wait(30)
        return real(self, *args, **more)

    monkeypatch.setattr(SearchService, "families", families)
    return go_on


def test_a_question_does_not_wait_for_what_looks_at_everything(
    served: Any, slow_views: threading.Event
) -> None:
    with served(threads=2) as url, ThreadPoolExecutor(8) as pool:
        try:
            long = [pool.submit(httpx.get, f"{url}/v1/families", timeout=60) for _ in range(6)]
            time.sleep(0.3)
            started = time.monotonic()
            for _ in range(5):
                answer = httpx.post(f"{url}/v1/similar", json={"text": "disk full"}, timeout=20)
                assert answer.status_code == 200
            assert time.monotonic() - started < 10
            assert not any(request.done() for request in long)
        finally:
            slow_views.set()
        assert {request.result().status_code for request in long} == {200}


def test_too_much_that_waits_is_turned_away_at_once(
    served: Any, slow_views: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deps, "MOST_WAITING", 3)
    with served(threads=2) as url, ThreadPoolExecutor(8) as pool:
        try:
            waiting = [pool.submit(httpx.get, f"{url}/v1/families", timeout=60) for _ in range(4)]
            time.sleep(0.5)
            refused = httpx.get(f"{url}/v1/families", timeout=20)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_much_work")
            assert refused.headers["retry-after"] == "5"
            assert httpx.post(f"{url}/v1/similar", json={"text": "disk full"}, timeout=20).status_code == 200
            assert httpx.get(f"{url}/readyz", timeout=5).status_code == 200
        finally:
            slow_views.set()
        assert {request.result().status_code for request in waiting} == {200}
