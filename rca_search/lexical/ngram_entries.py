"""Which documents hold which run how often, and the weights that follow.

Weights are those of scikit-learn's ``TfidfVectorizer(sublinear_tf=True)``:

    (1 + ln f) * (1 + ln((1 + N) / (1 + n)))

for a run that a text holds f times and n of the N visible documents hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.arrays import distinct

AT_ONCE = 1 << 20
"""Entries that are worked on at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Which documents hold run ``r``, ascending, and how often: what lies in ``indptr[r]:indptr[r + 1]``."""

    indptr: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint16]

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Yield runs, some at a time, and their entries: about a million of these."""
        marks = np.arange(AT_ONCE, len(self.documents), AT_ONCE)
        ends = np.asarray([0, *self.indptr.searchsorted(marks), len(self.indptr) - 1], dtype=np.int64)
        bounds = distinct(ends).tolist()
        for first, last in itertools.pairwise(bounds):
            yield slice(first, last), slice(self.indptr[first], self.indptr[last])


def count_scale(counts: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return 1 + ln f for each f up to the highest of ``counts``, and 0 for 0."""
    scale = np.zeros(int(counts.max(initial=1)) + 1, dtype=np.float32)
    scale[1:] = 1.0 + np.log(np.arange(1, len(scale)))
    return scale


def scarcity(holding: NDArray[np.int64], documents: int) -> NDArray[np.float64]:
    """Return 1 + ln((1 + N) / (1 + n)) for runs that n of N documents hold."""
    rarity: NDArray[np.float64] = 1.0 + np.log((1 + documents) / (1 + holding))
    return rarity


def vector_lengths(entries: Entries, rarity: NDArray[np.float64], documents: int) -> NDArray[np.float64]:
    """Return the length of each document's vector, summed in the order of its runs."""
    scale, sizes = count_scale(entries.counts), np.diff(entries.indptr)
    squares = np.zeros(documents, dtype=np.float64)
    for runs, part in entries.parts():
        weights = scale[entries.counts[part]] * np.repeat(rarity[runs], sizes[runs])
        weights *= weights
        np.add.at(squares, entries.documents[part], weights)
    return np.sqrt(squares)
