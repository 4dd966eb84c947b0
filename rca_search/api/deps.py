"""What a route may depend on, named once.

Nothing that searches, reads a file or renders a long answer runs on the event loop: ``Context.answer``
does it in a thread, at most ``threads`` of them side by side, and the rest wait their turn, as many as can
be answered in time. What looks at the whole corpus has a thread of its own, so that no question waits behind
it. Probes wait for no question: they read memory alone, or have a thread of their own.
"""

from __future__ import annotations

import email.message
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rca_search.api.envelope import TooMuchWorkError
from rca_search.api.upkeep import Upkeep
from rca_search.metrics import Metrics
from rca_search.service import SearchService

T = TypeVar("T")


MOST_WAITING = 32
"""Requests that wait for each thread; more are turned away at once instead of being answered too late."""


@dataclass(frozen=True, slots=True)
class Context:
    """What one application answers with."""

    service: SearchService
    metrics: Metrics
    upkeep: Upkeep
    limiter: anyio.CapacityLimiter
    votes_file: Path
    has_own_votes_file: bool = False
    whole_limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))
    probe_limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    async def answer(
        self, work: Callable[[], BaseModel], *, status: int = 200, whole: bool = False
    ) -> Response:
        """Return what ``work`` makes as JSON; both happen in a thread.

        With ``whole`` it looks at the whole corpus: such work is done one at a time, so that a question never
        waits behind it. Raises TooMuchWorkError where too much waits already.
        """

        def rendered() -> bytes:
            return work().model_dump_json().encode()

        limiter = self.whole_limiter if whole else self.limiter
        if limiter.statistics().tasks_waiting >= MOST_WAITING * limiter.total_tokens:
            raise TooMuchWorkError
        content = await anyio.to_thread.run_sync(rendered, limiter=limiter)
        return Response(content, status_code=status, media_type="application/json")

    async def probe(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, from a thread that no question can occupy."""
        return await anyio.to_thread.run_sync(work, limiter=self.probe_limiter)


def default_threads() -> int:
    """Return the processors that this process may use, at least 2."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, usable)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


def _require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON; browsers then need leave to send one from elsewhere."""
    kind = email.message.Message()
    kind["content-type"] = request.headers.get("content-type", "")
    if kind.get_content_type() != "application/json":
        raise HTTPException(415)


ContextDep = Annotated[Context, Depends(_context)]
JSON_BODY = Depends(_require_json)
