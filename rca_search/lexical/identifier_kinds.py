"""What a name that machines give stands for, as far as its form and its line tell; nothing is guessed.

An alert looks like any other CamelCase name, so it is one only where a line that holds it speaks of an alert.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rca_search.lexical import shapes
from rca_search.models import IdentifierKind

_ERROR = re.compile(
    r"(?:[\w.]*\.)?[A-Z](?:\w*[a-z\d])?(?:Error|Exception|Failure|Fault)"
    r"|(?:ORA|TNS|PLS|SQL|SQLSTATE|ERR|KB|MSB|TS|CS)-?\d{3,6}|E\d{4,6}|ERR_[A-Z_]+"
)
_METRIC = re.compile(
    r"[a-z][a-z0-9]*(?:[_:][a-z0-9]+)+[_:](?:total|seconds|bytes|count|sum|bucket|ratio|percent|entries|info)"
    r"|(?:node|kube|kafka|container|process|go|jvm|http|grpc|nodejs|redis|pg|mysql|nginx|coredns|etcd)"
    r"(?:_[a-z0-9]+){2,}"
)
_HOST = re.compile(
    r"(?:[a-z0-9]+-)*[a-z]+(?:-[a-z0-9]+)*-\d{1,3}(?:\.[a-z0-9-]+)*"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|dev|cloud|local|internal|lan|corp|example|svc)"
)
MAX_HOST_CHARS = 253
"""A host has no longer name (RFC 1035, 2.3.4)."""
_PORT = re.compile(r":\d{1,5}")
_ALERT_LINE = re.compile(r"\b(?:alert(?:s|ed|name)?|firing|fires|fired|paged?|pager)\b", re.IGNORECASE)
_LEAST_HUMPS = 2


def identifier_kind(name: str, lines: Iterable[str]) -> IdentifierKind:
    """Return what ``name`` stands for, given the ``lines`` that hold it."""
    if name.upper() in shapes.ERROR_NAMES or _ERROR.fullmatch(name):
        return IdentifierKind.ERROR
    host = _PORT.sub("", name)
    if shapes.version(name):
        return IdentifierKind.HOST if _is_address(name) else IdentifierKind.VERSION
    if _is_address(host) or (len(host) <= MAX_HOST_CHARS and _HOST.fullmatch(host)):
        return IdentifierKind.HOST
    if _METRIC.fullmatch(name):
        return IdentifierKind.METRIC
    camel = name.isalnum() and name[0].isupper() and len(shapes.camel_parts(name)) >= _LEAST_HUMPS
    if camel and not name.isupper() and any(map(_ALERT_LINE.search, lines)):
        return IdentifierKind.ALERT
    return IdentifierKind.NAME


def _is_address(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)
