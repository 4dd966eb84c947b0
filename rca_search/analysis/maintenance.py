"""Planned maintenance is no incident: nothing failed, and nothing that failed came back."""

from __future__ import annotations

import re

from rca_search.models import Document

_WORK = r"maintenance|migration|upgrade|downtime|outage|switchover|reboot|restart|work"
_PLANNED = re.compile(
    rf"\b(?:planned|scheduled|announced)\W+(?:\w+\W+){{0,2}}(?:{_WORK})\b|\bmaintenances?\b", re.IGNORECASE
)
_FAILED = re.compile(
    r"\b(?:un(?:planned|scheduled|announced)|emergency|during|after|following|caused|fail\w*|incident"
    r"|broke\w*)\b",
    re.IGNORECASE,
)
_TAGS = {"maintenance", "plannedmaintenance", "scheduledmaintenance", "plannedwork"}
_STATUSES = {"planned", "scheduled", *_TAGS}
_PLAIN = re.compile(r"[\W_]+")
_HEADING_LEVEL = 2


def is_planned_maintenance(document: Document) -> bool:
    """Tell whether a write-up is of planned maintenance: by its tags, status, title, file name or a heading.

    A sentence in the text says nothing: incidents mention maintenance often enough.
    """
    if _plain(document.status or "") in _STATUSES or any(_plain(tag) in _TAGS for tag in document.tags):
        return True
    name = document.id.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    return any(
        _PLANNED.search(text) and not _FAILED.search(f"{document.title} {text}")
        for text in (document.title, name, *_headings(document))
    )


def _headings(document: Document) -> list[str]:
    """Return outer headings that call the whole document a maintenance, not those of a part of it."""
    return [
        section.headings[-1]
        for section in document.sections
        if section.headings and section.level < _HEADING_LEVEL
    ]


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.casefold())
