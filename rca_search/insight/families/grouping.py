"""Which incidents of a view form a family.

Incidents are joined by average linkage. Groups whose pairs reach the threshold in the mean hold at least one
pair that does, so that a family never reaches beyond what strong pairs connect: each such part is clustered
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from rca_search.insight.families.likeness import Edge, Likeness, Places
from rca_search.insight.families.linkage import average_linkage
from rca_search.insight.families.pair_model import probability

LARGEST = 1500
"""Incidents clustered at once; of a larger part the weakest pairs are given up until it falls apart."""

_STEP = 0.5
"""Log-odds by which the least strength of a pair is raised for that."""

Group = tuple[int, ...]


def all_groups(likeness: Likeness) -> list[Group]:
    """Return the families of the view, two incidents or more each, ordered by their first place."""
    edges = _distinct(likeness.edges(likeness.visible))
    groups = [group for part in _parts(edges) for group in _clustered(likeness, part)]
    return sorted(groups)


def group_of(likeness: Likeness, place: int) -> Group:
    """Return the family of the incident at ``place``, itself included; it alone where it has none.

    The answer is that of ``all_groups``, at the cost of the incidents that strong pairs lead to.
    """
    found: list[Edge] = []
    reached, new = {place}, [place]
    while new:
        edges = _distinct(likeness.edges(np.asarray(sorted(new), dtype=np.intp)))
        found += edges
        new = sorted({end for edge in edges for end in (edge.one, edge.other)} - reached)
        reached.update(new)
    for part in _parts(_distinct(found)):
        for group in _clustered(likeness, part):
            if place in group:
                return group
    return (place,)


def _clustered(likeness: Likeness, part: Sequence[int]) -> Iterator[Group]:
    places: Places = np.asarray(part, dtype=np.intp)
    chances = probability(likeness.log_odds(places))
    for rows in average_linkage(chances, likeness.model.threshold):
        if len(rows) > 1:
            yield tuple(part[row] for row in rows)


def _distinct(edges: Iterable[Edge]) -> list[Edge]:
    """Return each pair once, in order of its places."""
    by_pair = {(edge.one, edge.other): edge for edge in edges}
    return [by_pair[pair] for pair in sorted(by_pair)]


def _parts(edges: Sequence[Edge]) -> list[list[int]]:
    """Return what ``edges`` connect, each part ascending, none larger than ``LARGEST``."""
    waiting, done = [list(edges)], []
    while waiting:
        for part, inside in _connected(waiting.pop()):
            if len(part) <= LARGEST:
                done.append(part)
            else:
                least = min(edge.log_odds for edge in inside) + _STEP
                waiting.append([edge for edge in inside if edge.log_odds >= least])
    return sorted(done)


def _connected(edges: Sequence[Edge]) -> list[tuple[list[int], list[Edge]]]:
    """Return the connected parts of ``edges`` with the edges of each."""
    root: dict[int, int] = {}

    def find(place: int) -> int:
        root.setdefault(place, place)
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for edge in edges:
        one, other = sorted((find(edge.one), find(edge.other)))
        root[other] = one
    members: dict[int, list[int]] = {}
    for place in sorted(root):
        members.setdefault(find(place), []).append(place)
    inside: dict[int, list[Edge]] = {name: [] for name in members}
    for edge in edges:
        inside[find(edge.one)].append(edge)
    return [(members[name], inside[name]) for name in members]
