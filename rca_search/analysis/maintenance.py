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
_WORK_TITLE = re.compile(
    r"\b(?:migrat\w+|upgrade\w*|brownouts?|operation|removal|preparation|downgrading|update|switchover)\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:is|are) planned\b|(?:\bwe.ll|\bwe will|\bwill be|\bwill) [^.\n]{0,80}?"
    r"(?:migrat|upgrad|perform|proceed|restart|disrupt|unavailable|down\b|restricted|switch)",
    re.IGNORECASE,
)
_LONGEST_ANNOUNCEMENT = 2500
"""Characters: a longer text that speaks of what will be done is a write-up of what went wrong."""

_TAGS = {"maintenance", "plannedmaintenance", "scheduledmaintenance", "plannedwork"}
_STATUSES = {"planned", "scheduled", *_TAGS}
_PLAIN = re.compile(r"[\W_]+")
_HEADING_LEVEL = 2


def is_planned_maintenance(document: Document) -> bool:
    """Tell whether a write-up is of planned maintenance: by its tags, status, title, file name or a heading.

    A sentence in the text says nothing by itself, since incidents mention maintenance often enough; it does
    where it announces work that the title names.
    """
    if _plain(document.status or "") in _STATUSES or any(_plain(tag) in _TAGS for tag in document.tags):
        return True
    if _announces_work(document):
        return True
    name = document.id.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    return any(
        _PLANNED.search(text) and not _FAILED.search(f"{document.title} {text}")
        for text in (document.title, name, *_headings(document))
    )


def _announces_work(document: Document) -> bool:
    title = document.title
    named = _WORK_TITLE.search(title) and not _FAILED.search(title)
    short = len(document.text) <= _LONGEST_ANNOUNCEMENT
    return bool(named and short and _ANNOUNCED.search(document.text))


def _headings(document: Document) -> list[str]:
    """Return outer headings that call the whole document a maintenance, not those of a part of it."""
    return [
        section.headings[-1]
        for section in document.sections
        if section.headings and section.level < _HEADING_LEVEL
    ]


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.casefold())
