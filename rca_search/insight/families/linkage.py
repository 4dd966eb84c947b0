"""Average linkage: groups are joined while the mean over all pairs between them is high enough.

The nearest-neighbour chain gives the hierarchy of UPGMA (Sokal and Michener, 1958) in quadratic time, because
average linkage is reducible: F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
The Computer Journal 26(4), 1983. Own code, since it also runs where a question is answered, where neither
SciPy nor scikit-learn is; tests hold it against scikit-learn's AgglomerativeClustering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
