"""Connections with an end: how many there may be, and how long each may take to say what it wants.

uvicorn times connections that have been answered, and no others: a thousand that never finish their first
line would keep everybody else out. Here headers and bodies have their time, an answer that nobody fetches has
too, and where all places are taken the connection that has waited longest without asking makes room.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol, RequestResponseCycle

from rca_search.api.envelope import ErrorAnswer

MAX_HEADER_BYTES = 32 * 1024
KEEP_ALIVE_SECONDS = 15
_LINGER_SECONDS = 1.0
_REMEDY = "Send it again, at once and whole."


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections there may be at once, and the seconds that each step of one may take."""

    connections: int = 512
    header_seconds: float = 10.0
    body_seconds: float = 20.0
    fetch_seconds: float = 30.0


class _Waiting(Enum):
    """What a connection is waited for."""

    FIRST = auto()
    """Anything at all: it has never sent a byte."""
    HEADERS = auto()
    BODY = auto()
    NEXT = auto()
    """Another request, which uvicorn times itself."""
    NOTHING = auto()
    """Its answer is being worked out."""


def limited(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """Return the protocol class that keeps connections within ``limits``."""
    return type("LimitedConnection", (_Connection,), {"limits": limits})


class _Connection(H11Protocol):
    """One connection."""

    limits = ConnectionLimits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or turn it away where nobody can make room for it."""
        self._timer: asyncio.TimerHandle | None = None
        self._fetching: asyncio.TimerHandle | None = None
        self._refused = False
        self._since = self.loop.time()
        self._waiting = _Waiting.NOTHING
        full = len(self.connections) >= self.limits.connections and not self._made_room()
        super().connection_made(transport)
        if full:
            self._refuse(503, "too_many_connections", "The server has all the connections that it can serve.")
        else:
            self._wait(_Waiting.FIRST, self.limits.header_seconds)

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what has to come next."""
        if self._refused:
            return
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.IDLE:
            self._wait(_Waiting.HEADERS, self.limits.header_seconds)
        elif state is h11.SEND_BODY:
            self._wait(_Waiting.BODY, self.limits.body_seconds)
        else:
            self._wait(_Waiting.NOTHING)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._wait(_Waiting.NEXT)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._wait(_Waiting.NOTHING)
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give whoever asked its time to fetch the answer."""
        super().pause_writing()
        if self._fetching is None:
            self._fetching = self.loop.call_later(self.limits.fetch_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self._fetching is not None:
            self._fetching.cancel()
            self._fetching = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with the same envelope as everything else."""
        self._refuse(400, "malformed_request", f"{msg.rstrip('.')}.")

    def _wait(self, waiting: _Waiting, seconds: float | None = None) -> None:
        """Wait for ``waiting`` so long; the clock of what is waited for already goes on."""
        if waiting is self._waiting:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting = waiting
        self._since = self.loop.time()
        if seconds is not None:
            self._timer = self.loop.call_later(seconds, self._expired)

    def _expired(self) -> None:
        if self._refused or self.transport.is_closing():
            return
        if self._waiting is _Waiting.FIRST:
            self.transport.close()
            return
        part = "headers" if self._waiting is _Waiting.HEADERS else "body"
        self._refuse(408, "request_timeout", f"The {part} of the request took too long to arrive.")

    def _made_room(self) -> bool:
        """Close the connection that has waited longest without asking for anything."""
        idle = [other for other in self.connections if isinstance(other, _Connection) and other.is_idle]
        if not idle:
            return False
        min(idle, key=lambda other: other._since).transport.abort()
        return True

    @property
    def is_idle(self) -> bool:
        """Whether no request of it is known yet."""
        idle = self._refused or self._waiting in {_Waiting.FIRST, _Waiting.HEADERS, _Waiting.NEXT}
        return idle and not self.transport.is_closing()

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer without asking the application, where nothing has been answered yet, and close."""
        cycle: RequestResponseCycle | None = self.cycle
        asked = cycle is not None and not cycle.response_complete
        if cycle is None or not (asked and cycle.response_started):
            self.transport.write(_written(ErrorAnswer(status, code, message, remedy=_REMEDY)))
        if cycle is not None and asked:
            cycle.disconnected = True
            cycle.message_event.set()
        # Closed at once, with bytes on their way here, the answer would be lost to a reset.
        self._refused = True
        self._wait(_Waiting.NOTHING)
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)


def _written(answer: ErrorAnswer) -> bytes:
    """Return a whole response as it goes over the wire."""
    headers: list[tuple[bytes, bytes]] = [*answer.raw_headers, (b"connection", b"close")]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    status = answer.status_code
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, STATUS_PHRASES[status], lines, bytes(answer.body))


def connection_options(limits: ConnectionLimits) -> dict[str, Any]:
    """Return what ``uvicorn.Config`` takes to keep connections within ``limits``."""
    return {
        "http": limited(limits),
        "h11_max_incomplete_event_size": MAX_HEADER_BYTES,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }
