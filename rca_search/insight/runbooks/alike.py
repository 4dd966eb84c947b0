"""Runbooks written from one template, which differ in nothing but the name of their service."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rca_search.models import AlikeRunbook, Document
from rca_search.ranking.filters import fold

COMPARED = 64
"""Best-ranked runbooks that are compared with the first."""

_LEAST_SHARED = 0.8
"""Share of distinct lines that two runbooks must have in common, names of services and days masked."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FEWEST_LINES = 5


def find_alike(
    ranked: Sequence[int], services: Mapping[int, str], read: Callable[[int], Document]
) -> tuple[AlikeRunbook, ...]:
    """Return the runbooks that are like the first of ``ranked`` but of another service, that one included.

    ``services`` has the service of each runbook that has just one. By service; empty where there is no other.
    """
    if not ranked or ranked[0] not in services:
        return ()
    others = [n for n in ranked[1:COMPARED] if n in services and services[n] != services[ranked[0]]]
    if not others:
        return ()
    first = read(ranked[0])
    lines = _masked(first, services[ranked[0]])
    alike = [first] if len(lines) >= _FEWEST_LINES else []
    named = {first.id: services[ranked[0]]}
    for ordinal in others if alike else ():
        document = read(ordinal)
        named[document.id] = services[ordinal]
        if _shared(lines, _masked(document, services[ordinal])) >= _LEAST_SHARED:
            alike.append(document)
    if len(alike) < 2:
        return ()
    found = (AlikeRunbook(named[each.id], each.id, each.title) for each in alike)
    return tuple(sorted(found, key=lambda each: (each.service, each.document_id)))


def are_alike(one: Document, its_service: str, other: Document, service: str) -> bool:
    """Tell whether two runbooks, of one service each, differ in nothing but that."""
    lines = _masked(one, its_service)
    enough = len(lines) >= _FEWEST_LINES
    return enough and _shared(lines, _masked(other, service)) >= _LEAST_SHARED


def _masked(document: Document, service: str) -> frozenset[str]:
    """Return the lines of ``document``, each once, with its service and every day made the same."""
    parts = [re.escape(part) for part in re.split(r"[\W_]+", service) if part]
    name = re.compile(r"[\W_]{0,3}".join(parts) or re.escape(fold(service)), re.IGNORECASE)
    lines = (_DAY.sub("#", name.sub("*", line)).strip() for line in document.text.split("\n"))
    return frozenset(line for line in lines if line)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
