"""Which services stand next to each other: those whose notes link to one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rca_search.ranking.filters import fold

Neighbours = Mapping[str, frozenset[str]]
"""The services next to each service, all names folded as filters fold them."""


def neighbours(links: Iterable[tuple[str, str]]) -> Neighbours:
    """Return which services stand next to each other, given the ids of service notes that link to another.

    A service note is known by the name of its file; a link counts in both directions.
    """
    found: dict[str, set[str]] = {}
    for source, target in links:
        one, other = _name(source), _name(target)
        if one != other:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {name: frozenset(others) for name, others in found.items()}


def _name(document_id: str) -> str:
    return fold(document_id.rsplit("/", 1)[-1])
