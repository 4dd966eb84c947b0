"""What happens to every request, in pure ASGI: its id, its time, its log line, its size limit.

``RequestMiddleware`` is the outer one, so that whatever goes wrong inside has an id, an envelope and a
line in the log.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rca_search import logs
from rca_search.api import error_handlers
from rca_search.api.envelope import ERROR_CODE
from rca_search.metrics import Metrics

REQUEST_ID = "X-Request-Id"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_PROBES = {"/livez", "/readyz", "/metrics"}
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

_log = logging.getLogger(__name__)
_access = logging.getLogger("rca_search.api.access")


@dataclass(slots=True)
class _Exchange:
    """One request and what has been answered so far."""

    scope: Scope
    request_id: str
    method: str
    started: float = field(default_factory=time.perf_counter)
    status: int | None = None

    @property
    def route(self) -> str:
        """The template of the route; the path itself may hold ids and is never logged or counted."""
        return getattr(self.scope.get("route"), "path_format", None) or "unmatched"


class RequestMiddleware:
    """Gives each request an id, counts, times and logs it, and answers what nobody expected."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap ``app``."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        # Where GET is answered, HEAD is answered alike; the server leaves the body out.
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope
        exchange = _Exchange(inner, accepted_id(scope) or uuid.uuid4().hex, method)
        token = logs.request_id.set(exchange.request_id)
        try:
            with self._metrics.in_progress.track_inprogress():
                await self._answer(exchange, receive, send)
        finally:
            self._record(exchange)
            logs.request_id.reset(token)

    async def _answer(self, exchange: _Exchange, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                _add_headers(message, exchange.request_id)
            elif exchange.method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(exchange.scope, receive, sending)
        except Exception:
            _log.exception("Unexpected error in %s %s", exchange.method, exchange.route)
            if exchange.status is not None:
                raise  # too late for another answer: the server closes the connection
            await error_handlers.unexpected()(exchange.scope, receive, sending)

    def _record(self, exchange: _Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        method = exchange.method if exchange.method in _METHODS else "other"
        route, status = exchange.route, exchange.status or 500
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.request_seconds.labels(method, route).observe(seconds)
        if ERROR_CODE in exchange.scope:
            self._metrics.errors.labels(exchange.scope[ERROR_CODE]).inc()
        milliseconds = round(seconds * 1000, 1)
        _access.log(
            logging.DEBUG if route in _PROBES else logging.INFO,
            "%s %s %d %.1f ms",
            *(method, route, status, milliseconds),
            extra=logs.fields(method=method, route=route, status=status, duration_ms=milliseconds),
        )


class BodyLimitMiddleware:
    """Refuses bodies of more than so many bytes, whether announced or sent in pieces."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Wrap ``app``."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_bytes:
            await error_handlers.too_large(self._max_bytes)(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413, error_handlers.too_large_message(self._max_bytes))
            return message

        await self._app(scope, counting, send)


def accepted_id(scope: Scope) -> str | None:
    """Return the id that the caller gave the request, if it is one that can stand in a log."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _REQUEST_ID.fullmatch(given) else None


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers[REQUEST_ID] = request_id
    for name, value in _SECURITY.items():
        headers.setdefault(name, value)
