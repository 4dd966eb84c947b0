"""The folders of documents that have a style of their own: a template, words that all of them say.

Such words, and a likeness that is one of style, say little about which document of the folder is meant. A
term that nearly all documents of a folder hold therefore tells nothing there, however rare it is elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.lru_cache import LruCache
from rca_search.views import Mask, Ordinals, View

LEAST = 12
"""Visible documents from which on a folder counts; those of a smaller one belong to the one above it."""

_CACHED_VIEWS = 64
_POWER = 4
"""The higher, the closer to all documents of a folder have to hold a term before it counts less."""

_PRIOR = 4.0
"""Documents of no particular style that each folder's mean is taken with."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Styles:
    """The folders that count in a view: ``numbers`` (documents,) is 0 where a document is in none.

    ``sizes`` (folders + 1,) counts the visible documents of each, ``visible`` those of the view.
    """

    numbers: NDArray[np.int64]
    sizes: NDArray[np.int64]
    visible: int

    @property
    def matter(self) -> bool:
        """Whether any folder differs from the whole view."""
        return len(self.sizes) > 1 and int(self.sizes[1:].max()) < self.visible

    def telling(self, holders: Ordinals) -> Floats:
        """Return how much a term tells in each folder, 0 to 1, (folders + 1,), by the visible ``holders``.

        With the share ``s`` of a folder's documents that hold it, and ``t`` of all, that is
        ``(1 - s**4) / (1 - t**4)``, at most 1: a failure that a few documents of a folder share loses hardly
        anything, the words of a template all.
        """
        held = np.bincount(self.numbers[holders], minlength=len(self.sizes))
        everywhere = len(holders) / max(self.visible, 1)
        if everywhere >= 1.0:
            return np.ones(len(self.sizes), dtype=np.float64)
        shares = held / np.maximum(self.sizes, 1)
        told: Floats = np.minimum((1.0 - shares**_POWER) / (1.0 - everywhere**_POWER), 1.0)
        told[0] = 1.0
        return told

    def excess(self, documents: Ordinals, scores: Floats) -> Floats:
        """Return by how much the ``scores`` of each folder exceed those of all on average, (folders + 1,).

        ``scores`` (documents,) are those of ``documents``, at least one, which stand for all. The fewer of a
        folder are among them, the closer to 0.
        """
        owners = self.numbers[documents]
        counts = np.bincount(owners, minlength=len(self.sizes))
        sums = np.bincount(owners, weights=scores - np.mean(scores), minlength=len(self.sizes))
        found: Floats = sums / (counts + _PRIOR)
        found[0] = 0.0
        return found


class Folders:
    """Groups documents by folder, anew for each view; safe for any number of threads."""

    def __init__(self, paths: Sequence[str], least: int = LEAST) -> None:
        """Take the path of each document, with slashes; one without any lies in no folder.

        ``least`` is how many visible documents make a folder count.
        """
        self._least = least
        names = [path.rpartition("/")[0] for path in paths]
        # The topmost, which has no name and is no folder, comes first; what is above a folder, before it.
        every = sorted({"", *(above for name in set(names) for above in _and_above(name))})
        places = {name: place for place, name in enumerate(every)}
        self._own = np.asarray([places[name] for name in names], dtype=np.int64)
        self._above = [places[name.rpartition("/")[0]] for name in every]
        self._deepest_first = sorted(range(1, len(every)), key=lambda place: -every[place].count("/"))
        self._views: LruCache[str, Styles] = LruCache(_CACHED_VIEWS)

    def styles(self, view: View) -> Styles:
        """Return the folders that count in ``view``; raises ValueError for a view of another index."""
        if len(view.documents) != len(self._own):
            raise ValueError(f"a view of {len(view.documents)} documents, folders of {len(self._own)}")
        return self._views.get_or_make(view.key, lambda: self._measured(view.documents))

    def _measured(self, visible: Mask) -> Styles:
        counts = np.bincount(self._own[visible], minlength=len(self._above)).tolist()
        for place in self._deepest_first:
            if counts[place] < self._least:
                counts[self._above[place]] += counts[place]
                counts[place] = 0
        numbers = [0] * len(counts)
        kept = 0
        for place in range(1, len(counts)):  # what is above comes before
            kept += counts[place] > 0
            numbers[place] = kept if counts[place] else numbers[self._above[place]]
        own = np.asarray(numbers, dtype=np.int64)[self._own]
        sizes = np.bincount(own[visible], minlength=kept + 1)
        return Styles(own, sizes, int(np.count_nonzero(visible)))


def _and_above(name: str) -> list[str]:
    """Return the folder ``name`` and all above it, the topmost, which has no name, last."""
    found = [name]
    while name:
        name = name.rpartition("/")[0]
        found.append(name)
    return found
