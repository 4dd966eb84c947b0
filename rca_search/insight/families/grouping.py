"""Which incidents of a view form a family.

Incidents are joined by average linkage. Groups whose pairs reach the threshold in the mean hold at least one
pair that does, so that a family never reaches beyond what strong pairs connect: each such part is clustered
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rca_search.insight.families.likeness import Edges, Likeness, Places
from rca_search.insight.families.linkage import average_linkage
from rca_search.insight.families.pair_model import probability

LARGEST = 1500
"""Incidents clustered at once; of a larger part the weakest pairs are given up until it falls apart."""

_STEP = 0.5
"""Log-odds by which the least strength of a pair is raised for that."""

Group = tuple[int, ...]


def all_groups(likeness: Likeness) -> list[Group]:
    """Return the families of the view, two incidents or more each, ordered by their first place."""
    return sorted(group for part in _parts(likeness.all_edges()) for group in _clustered(likeness, part))


def groups_around(likeness: Likeness, place: int) -> dict[int, Group]:
    """Return the family of the incident at ``place`` and of all that strong pairs lead to from it, by place.

    An incident without a family is alone in its group. The answers are those of ``all_groups``, at the cost
    of the incidents that are reached.
    """
    found: list[Edges] = []
    reached, new = {place}, [place]
    while new:
        edges = likeness.edges(np.asarray(new, dtype=np.intp))
        found.append(edges)
        new = sorted({*edges.ones.tolist(), *edges.others.tolist()} - reached)
        reached.update(new)
    groups: dict[int, Group] = {one: (one,) for one in reached}
    for part in _parts(Edges.joined(found)):
        for group in _clustered(likeness, part):
            groups.update(dict.fromkeys(group, group))
    return groups


def _clustered(likeness: Likeness, part: Sequence[int]) -> Iterator[Group]:
    places: Places = np.asarray(part, dtype=np.intp)
    chances = probability(likeness.log_odds(places))
    for rows in average_linkage(chances, likeness.model.threshold):
        if len(rows) > 1:
            yield tuple(part[row] for row in rows)


def _parts(edges: Edges) -> list[list[int]]:
    """Return what ``edges`` connect, each part ascending, none larger than ``LARGEST``."""
    waiting, done = [edges], []
    while waiting:
        given = waiting.pop()
        for part in _connected(given):
            if len(part) <= LARGEST:
                done.append(part)
            else:
                inside = given.where(np.isin(given.ones, part))
                waiting.append(inside.where(inside.log_odds >= inside.log_odds.min() + _STEP))
    return sorted(done)


def _connected(edges: Edges) -> list[list[int]]:
    """Return the connected parts of ``edges``."""
    root: dict[int, int] = {}

    def find(place: int) -> int:
        root.setdefault(place, place)
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for one, other in zip(edges.ones.tolist(), edges.others.tolist(), strict=True):
        first, second = sorted((find(one), find(other)))
        root[second] = first
    members: dict[int, list[int]] = {}
    for place in sorted(root):
        members.setdefault(find(place), []).append(place)
    return list(members.values())
