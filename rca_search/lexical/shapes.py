"""What a run of characters looks like: a time, a digest, a version, an address, an error code, a number.

Every pattern here is matched against one bounded piece (see ``LONGEST_WHOLE``) or is free of ambiguity
between its repeated parts, so that time stays linear in the length of the text.
"""

from __future__ import annotations

import re

#: Longer pieces are never kept whole: nobody types them, and they are blobs more often than names.
LONGEST_WHOLE = 128
#: Longer runs without any separator are blobs (base64, keys), not words.
LONGEST_RUN = 64

_LONG_RANDOM = 16
_SHORTEST_DIGEST = 7
_SURE_DIGEST = 12
_LONGEST_CODE = 5
_LONGEST_HEX_LITERAL = 12

# Names of POSIX errors and signals, and DNS answers, that are written in capitals without any digit.
_ERROR_NAMES = """
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAGAIN EAI_AGAIN EALREADY EBADF EBUSY ECANCELED ECHILD
    ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDQUOT EEXIST EFAULT EFBIG EHOSTDOWN
    EHOSTUNREACH EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE ENAMETOOLONG
    ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODATA ENODEV ENOENT ENOEXEC ENOLCK ENOMEM ENOSPC ENOSYS
    ENOTCONN ENOTDIR ENOTEMPTY ENOTFOUND ENOTSUP ENXIO EOPNOTSUPP EPERM EPIPE EPROTO ERANGE EROFS
    ESOCKETTIMEDOUT ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EWOULDBLOCK EXDEV
    NXDOMAIN SERVFAIL NOERROR FORMERR
    SIGABRT SIGALRM SIGBUS SIGFPE SIGHUP SIGILL SIGINT SIGKILL SIGPIPE SIGQUIT SIGSEGV SIGTERM SIGTRAP SIGUSR
"""
ERROR_NAMES = frozenset(_ERROR_NAMES.split())

_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:[ap]m|z|utc)?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}([-.])\d\d(?:\1\d\d)?(?:[tT]\d\d(?::?\d\d){0,2}(?:\.\d+)?[zZ]?(?:-\d\d:?\d\d)?)?"
    r"|\d{1,2}([-.])\d{1,2}\2\d{4}"
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_HEX_LITERAL = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)
_DECIMAL = re.compile(r"\d+\.\d+")
_MINOR_VERSION = re.compile(r"[1-9]\d?\.\d{1,3}")
_VERSION = re.compile(
    r"(?P<bare>v?(?P<numbers>\d+(?:\.\d+){2,}|(?<=v)\d+(?:\.\d+)+|[1-9]\d?\.\d{1,3}(?=-)))"
    r"(?P<suffix>[-_.]?[a-z][a-z0-9.-]*)?",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\d+(?:\.\d+)?(?:[num]?s|min|mins|[smhdwkx]|hrs?|[kmgtp]i?b?|[kmg]?hz|rps|qps|m?cpu|st|nd|rd|th|am|pm)",
    re.IGNORECASE,
)
_LETTER_DIGIT_EDGE = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", re.IGNORECASE)
_IPV6_GROUPS = 8
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.IGNORECASE)
_IPV6 = re.compile(r"(?:[0-9a-f]{1,4}::?){2,7}[0-9a-f]{1,4}", re.IGNORECASE)
_CAMEL = re.compile(
    r"[A-Z]+s(?![a-z0-9])|[A-Z]+[0-9]+[a-z]*[0-9]*|[A-Z]+(?![a-z])|[A-Z]?[a-z][a-z0-9]*"
    r"|[0-9]+[a-z0-9]*"
)
_GLUED = re.compile(r"(?<![^\W_])[A-Za-z][A-Za-z0-9]{5,63}(?![^\W_])")
_DATED = re.compile(r"\d{4}([-_.])\d\d\1\d\d[-_.](?P<name>.*[a-z].*)", re.IGNORECASE | re.DOTALL)


def camel_parts(run: str) -> list[str]:
    """Split ``HTTPServerError`` into HTTP, Server, Error; digits stay with the letters before them."""
    return _CAMEL.findall(run)


def spaced_names(text: str) -> str:
    """Return ``text`` with names glued together cut at their inner capitals.

    ``KubePodCrashLooping`` becomes ``Kube Pod Crash Looping``: encoders know these words, and not the name.
    Words in capitals, and those with a single inner capital of no weight (``iPhone``, ``PhDs``), stay.
    """
    return _GLUED.sub(_spaced_name, text)


def _spaced_name(found: re.Match[str]) -> str:
    parts = camel_parts(found[0])
    is_glued = not found[0].isupper() and sum(len(part) > 1 for part in parts) > 1
    return " ".join(parts) if is_glued else found[0]


def is_moment(piece: str) -> bool:
    """Return whether the piece is a date, a time of day or both."""
    return bool(_TIME.fullmatch(piece) or _DATE.fullmatch(piece))


def undated(piece: str) -> str | None:
    """Return the ``db-outage`` of ``2024-03-01-db-outage``, or nothing where no date stands in front."""
    found = _DATED.fullmatch(piece)
    return found["name"] if found else None


def is_random(piece: str) -> bool:
    """Return whether the piece names one object among millions: a UUID, digest, address, key or pod suffix.

    A short commit id counts from seven digits on, and only where letters and digits change at least
    twice, so that ``ed25519`` is a name. Other runs count where they change four times (``x2x4z``).
    """
    if _UUID.fullmatch(piece):
        return True
    if _HEX_LITERAL.fullmatch(piece):
        return len(piece) > _LONGEST_HEX_LITERAL
    if not (piece.isascii() and piece.isalnum()):
        return False
    edges = len(_LETTER_DIGIT_EDGE.findall(piece))
    if edges and _HEX.fullmatch(piece):
        least = 1 if len(piece) >= _SURE_DIGEST else 2
        return edges >= 4 or (len(piece) >= _SHORTEST_DIGEST and edges >= least)
    return edges >= 4 or len(piece) > LONGEST_RUN or _is_scrambled(piece)


def _is_scrambled(piece: str) -> bool:
    """Return whether capitals and digits stand too dense for words, as in base64."""
    return len(piece) >= _LONG_RANDOM and len(camel_parts(piece)) * 3 > len(piece)


def is_code_number(digits: str) -> bool:
    """Return whether a pure number may be a code: three to five digits, such as an HTTP status or a port."""
    return 3 <= len(digits) <= _LONGEST_CODE


def is_quantity(piece: str) -> bool:
    """Return whether the piece is a number with a unit (``500ms``, ``4GiB``) or a plain decimal."""
    return bool(_QUANTITY.fullmatch(piece) or _DECIMAL.fullmatch(piece))


def is_decimal(piece: str) -> bool:
    """Return whether the piece is two numbers around a point."""
    return bool(_DECIMAL.fullmatch(piece))


def is_minor_version(piece: str) -> bool:
    """Return whether a decimal could be a version, such as the 1.2 of "TLS 1.2"."""
    return bool(_MINOR_VERSION.fullmatch(piece))


def version(piece: str) -> re.Match[str] | None:
    """Match a version or an IPv4 address: groups ``bare``, ``numbers`` and, where there, ``suffix``."""
    return _VERSION.fullmatch(piece)


def is_colon_address(piece: str) -> bool:
    """Return whether the piece is an IPv6 or a hardware address."""
    if _MAC.fullmatch(piece):
        return True
    groups = len(piece.replace("::", ":").split(":"))
    return bool(_IPV6.fullmatch(piece)) and (groups == _IPV6_GROUPS or "::" in piece)
