"""For whom the server answers: names that it is called by, and pages that may ask it.

A page in somebody's browser can send requests to this machine, and by a name that it makes resolve to
127.0.0.1 even read the answers (DNS rebinding). So a server on loopback answers for loopback's names alone,
and none answers a page of another site. See Fetch Metadata, https://www.w3.org/TR/fetch-metadata/.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rca_search.api.envelope import ErrorAnswer

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PROBES = frozenset({"/livez", "/readyz"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_NAME = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_SETTING = "Set RCA_ALLOWED_HOSTS to the names that the server is reached by, with commas between them."


def host_name(host: str) -> str:
    """Return the name in a Host header or an address, without port and brackets, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Return whether an address to bind to is reached from this machine alone."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OriginMiddleware:
    """Refuses requests for foreign names and from foreign pages."""

    def __init__(self, app: ASGIApp, *, host: str, allowed: Iterable[str]) -> None:
        """Wrap ``app``; ``host`` is what the server binds to, ``allowed`` the further names of it.

        Names are checked where the server is on loopback or names are set: else nobody knows them.
        """
        self._app = app
        self._given = frozenset(filter(None, map(host_name, allowed)))
        self._checks_names = bool(self._given) or is_loopback(host)
        self._names = self._given | {host_name(host)} | _LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ErrorAnswer | None:
        if scope["path"] in _PROBES:
            return None
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._checks_names and host_name(host) not in self._names:
            said = f" {host!r}" if _NAME.fullmatch(host) else ""
            message = f"This server does not answer for the host{said}."
            return ErrorAnswer(421, "foreign_host", message, remedy=_SETTING)
        if self._is_foreign(scope["method"], host, headers):
            message = "Pages of other sites may not ask this server."
            return ErrorAnswer(403, "foreign_origin", message, remedy=_SETTING)
        return None

    def _is_foreign(self, method: str, host: str, headers: Headers) -> bool:
        """Return whether a page of another site makes a browser ask; following a link from it is no such."""
        site = headers.get("sec-fetch-site", "")
        follows = method in _READING and headers.get("sec-fetch-mode", "") == "navigate"
        if site in {"cross-site", "same-site"} and not follows:
            return True
        origin = headers.get("origin")
        if origin is None or follows:
            return False
        try:
            parts = urlsplit(origin)
            name = (parts.hostname or "").rstrip(".")
        except ValueError:
            return True
        return parts.netloc.casefold() != host.casefold() and name not in self._given
