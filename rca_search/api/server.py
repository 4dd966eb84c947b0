"""Serve the application with uvicorn, one process, on one address."""

from __future__ import annotations

import contextlib
import logging
import socket

import uvicorn

from rca_search.api.app import create_app
from rca_search.api.connections import ConnectionLimits, connection_options
from rca_search.config import Settings
from rca_search.errors import InvalidRequestError
from rca_search.service import SearchService

_GRACE_SECONDS = 30
_BACKLOG = 2048
_OWN_FILES = 128
"""Descriptors that the index, a new version of it and the log take."""

_log = logging.getLogger(__name__)


def run(service: SearchService, settings: Settings) -> None:
    """Serve until interrupted; raises InvalidRequestError where the address cannot be bound."""
    with bind(settings) as listener:
        _log.info("Listening on %s", address(listener))
        # An interrupt comes after open requests have been answered, and is the way to end it.
        with contextlib.suppress(KeyboardInterrupt):
            make_server(service, settings).run(sockets=[listener])


def bind(settings: Settings) -> socket.socket:
    """Return a socket that listens where ``settings`` say."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
        # Connections inherit it. asyncio sets it only on sockets that name their protocol, which these do
        # not; without it every small answer waits 40 ms for the peer's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise InvalidRequestError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}.",
            remedy="Choose another with --host and --port; port 0 picks a free one.",
        ) from error


def _affordable(wanted: int) -> int:
    """Return how many connections the limit of open files leaves room for, raised as far as it may be."""
    try:
        import resource
    except ImportError:  # no POSIX system
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < need:
        soft = need if hard == resource.RLIM_INFINITY else min(need, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft != resource.RLIM_INFINITY and soft < need:
        _log.warning(
            "Only %d connections are held at once: the limit of open files is %d.",
            max(soft - _OWN_FILES, 1),
            soft,
        )
        return max(soft - _OWN_FILES, 1)
    return wanted


def address(listener: socket.socket) -> str:
    """Return the URL at which ``listener`` can be reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(service: SearchService, settings: Settings) -> uvicorn.Server:
    """Return a server that leaves logging to whoever started it and trusts no forwarded address."""
    config = uvicorn.Config(
        create_app(service, settings),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        **connection_options(ConnectionLimits(connections=_affordable(settings.max_connections))),
    )
    return uvicorn.Server(config)
