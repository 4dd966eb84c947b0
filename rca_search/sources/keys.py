"""Which field a key means, in front matter and in headers written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Field -> names that real files use for it, the most telling first: where a file has several of them,
# the first named here is taken.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "incident title"),
    "date": (
        "date",
        "incident date",
        "date of incident",
        "date of the incident",
        "date of occurrence",
        "occurred on",
        "occurred",
        "occurred at",
        "incident start",
        "incident started",
        "start date",
        "started",
        "started at",
        "start time",
        "start",
        "began",
        "when",
    ),
    "severity": (
        "severity",
        "incident severity",
        "severity level",
        "sev",
        "impact level",
        "incident level",
        "priority",
    ),
    "services": (
        "services",
        "service",
        "affected services",
        "affected service",
        "services affected",
        "service affected",
        "impacted services",
        "services impacted",
        "service name",
        "affected systems",
        "systems affected",
        "affected components",
        "components affected",
        "components",
        "component",
        "affected",
        "systems",
        "system",
    ),
    "tags": ("tags", "tag", "labels", "keywords"),
    "status": ("status", "incident status", "state"),
    "duration": (
        "duration minutes",
        "duration",
        "incident duration",
        "total duration",
        "outage duration",
        "duration of outage",
        "duration of incident",
        "impact duration",
        "total impact duration",
        "duration hours",
        "time to resolve",
        "time to resolution",
        "time to recovery",
        "time to recover",
        "time to restore",
        "time to repair",
        "ttr",
        "mttr",
        "total downtime",
        "downtime",
    ),
    "authors": (
        "authors",
        "author",
        "written by",
        "prepared by",
        "postmortem author",
        "post mortem author",
        "postmortem owner",
        "post mortem owner",
        "owner of review process",
        "incident owner",
        "owners",
        "owner",
        "incident commander",
        "incident lead",
        "commander",
        "ic",
        "lead",
    ),
    "aliases": ("aliases", "alias"),
    "id": (
        "id",
        "incident id",
        "incident number",
        "incident key",
        "postmortem id",
        "post mortem id",
        "rca id",
        "runbook id",
    ),
}

MAX_KEY_CHARS = 40
_FIELD_OF = {name: field for field, names in SYNONYMS.items() for name in names}
_RANK = {name: rank for names in SYNONYMS.values() for rank, name in enumerate(names)}
_PARENTHESIS = re.compile(r"\([^()]*\)")
_SEPARATORS = re.compile(r"[\s_\-.]+")


def plain_key(key: str) -> str:
    """Return ``key`` in lower case, words divided by single blanks, remarks in parentheses left out."""
    if len(key) > MAX_KEY_CHARS:
        return ""
    return _SEPARATORS.sub(" ", _PARENTHESIS.sub("", key)).strip(" :?").casefold()


def field_of(key: str) -> str | None:
    """Return the field that ``key`` means, or None where it is none of ours."""
    return _FIELD_OF.get(plain_key(key))


def best_keys(keys: Iterable[str]) -> dict[str, str]:
    """Return for each field the key of ``keys`` that names it best; of equals the first."""
    best: dict[str, str] = {}
    for key in keys:
        field = field_of(key)
        if field is None:
            continue
        if field not in best or _RANK[plain_key(key)] < _RANK[plain_key(best[field])]:
            best[field] = key
    return best
