"""Who resolved an incident, as a person, role or team, whichever the file gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rca_search.models import Document
from rca_search.sources.keys import plain_key
from rca_search.sources.values import texts

MAX_NAMES = 4
HEADER_LINES = 60

# The most telling first; what the file gives as author is taken where none of these is given.
_KEYS = (
    "resolved by",
    "fixed by",
    "mitigated by",
    "resolver",
    "responders",
    "responder",
    "on call",
    "assignee",
    "incident commander",
)
_TEAMS = ("team", "owning team", "responsible team", "owner team", "squad", "group")
_LINE = re.compile(
    r"[-*+\s]{0,6}[*_]{0,2}(?P<key>(?:resolved|fixed|mitigated) by|responders?|resolver"
    r"|on-?call(?: engineer)?)[*_]{0,2}\s*:[*_]{0,2}\s*(?P<value>[^\n|]{2,120})",
    re.I,
)
_SPLIT = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_NOBODY = re.compile(r"(?:n/?a|none|tbd|unknown|-|\?)", re.I)


def find_resolvers(document: Document) -> tuple[str, ...]:
    """Return who resolved it where the file says so, else its authors or owners, else its team."""
    stated = {plain_key(key): value for key, value in document.metadata.items()}
    for key in _KEYS:
        if names := _names(texts(stated.get(key, ""))):
            return names
    for line in document.text.split("\n", HEADER_LINES)[:HEADER_LINES]:
        match = _LINE.match(line[:200])
        if match and (names := _names(_SPLIT.split(match["value"]))):
            return names
    teams = next((names for key in _TEAMS if (names := _names(texts(stated.get(key, ""))))), ())
    return _names(document.authors) or teams


def _names(values: Iterable[str]) -> tuple[str, ...]:
    found = (value.strip(" *_@[]") for value in values)
    return tuple(dict.fromkeys(name for name in found if name and not _NOBODY.fullmatch(name)))[:MAX_NAMES]
