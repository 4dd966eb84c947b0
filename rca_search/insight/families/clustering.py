"""Incidents grouped into families: average linkage over the probabilities of pairs, and ids that last."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.indexing.catalogue import Catalogue
from rca_search.insight.families.similarity import Edges, Likeness, Places, probability

_DIGITS = 10


def family_id(catalogue: Catalogue, group: Iterable[int]) -> str:
    """Return the id of a family, which follows from the id of its earliest incident and nothing else."""
    earliest = catalogue.ids[by_day(catalogue, group)[0]]
    return f"f-{hashlib.sha256(earliest.encode()).hexdigest()[:_DIGITS]}"


def by_day(catalogue: Catalogue, group: Iterable[int]) -> list[int]:
    """Return the documents of ``group`` by day, those without one last, equal ones by id."""
    return sorted(group, key=lambda one: (catalogue.dates[one] or dt.date.max, catalogue.ids[one]))


Floats = NDArray[np.float64]


def average_linkage(chances: Floats, threshold: float) -> list[list[int]]:
    """Return the groups of rows of ``chances`` (n, n), symmetric, cut where no mean reaches ``threshold``.

    Each group is ascending, groups are in the order of their first row; the diagonal is ignored.
    """
    near = np.array(chances, dtype=np.float64)
    np.fill_diagonal(near, -np.inf)
    sizes = np.ones(len(near))
    members = {row: [row] for row in range(len(near))}
    chain: list[int] = []
    waiting = set(members)
    while len(waiting) > 1:
        if not chain:
            chain.append(min(waiting))
        last = chain[-1]
        nearest = _nearest(near[last], chain[-2] if len(chain) > 1 else None)
        if len(chain) < 2 or nearest != chain[-2]:
            chain.append(nearest)
            continue
        height = near[last, nearest]
        del chain[-2:]
        if height >= threshold:
            kept, gone = sorted((last, nearest))
            members[kept] = sorted(members[kept] + members.pop(gone))
            waiting.discard(gone)
            _merge(near, sizes, kept, gone)
        else:
            # The nearest of each is the other, and means never rise: neither is ever joined with anything.
            for final in (last, nearest):
                waiting.discard(final)
                near[final] = near[:, final] = -np.inf
    return sorted(members.values())


def _nearest(row: Floats, before: int | None) -> int:
    """Return the nearest place, the one ``before`` in the chain where it is among the nearest."""
    best = int(np.argmax(row))
    return before if before is not None and row[before] >= row[best] else best


def _merge(near: Floats, sizes: Floats, kept: int, gone: int) -> None:
    total = sizes[kept] + sizes[gone]
    joined = (sizes[kept] * near[kept] + sizes[gone] * near[gone]) / total
    near[kept] = near[:, kept] = joined
    near[gone] = near[:, gone] = -np.inf
    near[kept, kept] = -np.inf
    sizes[kept] = total


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
