"""How alike two texts are spelled: the cosine of TF-IDF vectors over runs of four characters.

Every statistic comes from the view; ``ngram_entries`` has the weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import from_bytes, spread, summed
from rca_search.lexical.ngram_entries import Entries, count_scale, scarcity, vector_lengths
from rca_search.lexical.ngram_writer import SPELLING
from rca_search.lexical.ngrams import Ngrams, WeightedNgrams
from rca_search.recent import Recent
from rca_search.views import Mask, View

_CACHED_VIEWS = 16

_TAKEN_TOGETHER = 1 << 16
"""Entries up to which all are added in one pass, which copies them; more are added run by run."""


@dataclass(frozen=True, slots=True, eq=False)
class _Statistics:
    """What a view says: the rarity of each run, and the length of each document's vector (0 where hidden)."""

    rarity: NDArray[np.float64]
    lengths: NDArray[np.float64]


class NgramIndex:
    """Scores documents by the runs they share with a question; safe for any number of threads."""

    def __init__(self, keys: NDArray[np.uint64], entries: Entries, lengths: NDArray[np.float64]) -> None:
        """Take the runs, ascending, and their entries.

        ``lengths`` are those of the documents' vectors where all documents are visible.
        """
        self._keys = keys
        self._entries = entries
        self._scale = count_scale(entries.counts)
        self._lengths = lengths
        self._statistics: Recent[str, _Statistics] = Recent(_CACHED_VIEWS)
        self._masses: Recent[str, NDArray[np.float64]] = Recent(_CACHED_VIEWS)

    @classmethod
    def open(cls, artefacts: Mapping[str, bytes], documents: int, family: str = SPELLING) -> NgramIndex:
        """Read what ``NgramWriter.artefacts`` gave for so many ``documents`` under the name ``family``.

        Raises IndexCorruptError on anything that does not fit together.
        """
        keys = from_bytes(artefacts, f"{family}.keys.npy", np.uint64)
        indptr = from_bytes(artefacts, f"{family}.indptr.npy", np.int64)
        owners = from_bytes(artefacts, f"{family}.documents.npy", np.int32)
        counts = from_bytes(artefacts, f"{family}.counts.npy", np.uint16)
        lengths = from_bytes(artefacts, f"{family}.lengths.npy", np.float64)
        fits = len(lengths) == documents and bool(np.all(np.isfinite(lengths) & (lengths >= 0)))
        if not (
            fits
            and _bounds_fit(keys, indptr, len(owners))
            and _entries_fit(indptr, owners, counts, documents)
        ):
            raise IndexCorruptError("The runs of characters do not fit together.", remedy="Build it again.")
        return cls(keys, Entries(indptr, owners, counts), lengths)

    def score_documents(self, asked: Ngrams, /, *, view: View) -> NDArray[np.float64]:
        """Return one score per document ordinal: the cosine, but for the question's own length.

        0 where nothing matches or nothing is visible.
        """
        statistics = self._of_view(view)
        runs, known = self._found(asked.keys)
        wanted = (1.0 + np.log(asked.counts[known])) * statistics.rarity[runs] ** 2
        dots = self._dots(runs, wanted, len(view.documents))
        return np.divide(dots, statistics.lengths, out=np.zeros(len(dots)), where=statistics.lengths > 0)

    def coverage(self, asked: WeightedNgrams, /, *, view: View) -> NDArray[np.float64]:
        """Return which share of each document's runs, weighed by their rarity, is asked for, from 0 to 1.

        A run counts once however often it stands there. 0 where a document has no run or is hidden.
        """
        rarity = self._of_view(view).rarity
        masses = self._masses.get_or_make(view.key, lambda: self._mass(rarity, view))
        runs, known = self._found(asked.keys)
        gains = asked.weights[known] * rarity[runs]
        sums = self._sums(runs, gains, len(view.documents))
        return np.divide(sums, masses, out=np.zeros(len(sums)), where=masses > 0)

    def length(self, asked: Ngrams, /, *, view: View) -> float:
        """Return the length of the vector of a text, runs that no visible document holds included."""
        rarity = np.full(len(asked.keys), float(scarcity(np.zeros(1, dtype=np.int64), len(view))[0]))
        runs, known = self._found(asked.keys)
        rarity[known] = self._of_view(view).rarity[runs]
        weights = (1.0 + np.log(asked.counts)) * rarity
        return math.sqrt(math.fsum((weights**2).tolist()))

    def entries(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.float32]]]:
        """Yield, part by part, the key, the document and 1 + ln f of every run in every document."""
        sizes = np.diff(self._entries.indptr)
        for runs, part in self._entries.parts():
            frequencies = self._scale[self._entries.counts[part]]
            yield np.repeat(self._keys[runs], sizes[runs]), self._entries.documents[part], frequencies

    def _dots(
        self, runs: NDArray[np.intp], weights: NDArray[np.float64], documents: int
    ) -> NDArray[np.float64]:
        """Add up, for each document, the weight of each run times the scale of its count there."""
        entries = self._entries
        first, sizes = entries.indptr[runs], entries.indptr[runs + 1] - entries.indptr[runs]
        if sizes.sum() <= _TAKEN_TOGETHER:
            places = spread(first, sizes)
            scales = self._scale.take(entries.counts[places], mode="clip").astype(np.float64)
            return summed(entries.documents[places], scales * np.repeat(weights, sizes), documents)
        dots = np.zeros(documents, dtype=np.float64)
        for start, size, weight in zip(first.tolist(), sizes.tolist(), weights, strict=True):
            # Once for each count that there is, in double precision: a table of a few hundred bytes.
            gains = (self._scale * weight).take(entries.counts[start : start + size], mode="clip")
            np.add.at(dots, entries.documents[start : start + size], gains)
        return dots

    def _sums(
        self, runs: NDArray[np.intp], gains: NDArray[np.float64], documents: int
    ) -> NDArray[np.float64]:
        """Add up, for each document, the gain of each run that it has."""
        entries = self._entries
        first, sizes = entries.indptr[runs], entries.indptr[runs + 1] - entries.indptr[runs]
        if sizes.sum() <= _TAKEN_TOGETHER:
            owners = entries.documents[spread(first, sizes)]
            return summed(owners, np.repeat(gains, sizes), documents)
        sums = np.zeros(documents, dtype=np.float64)
        for start, size, gain in zip(first.tolist(), sizes.tolist(), gains, strict=True):
            np.add.at(sums, entries.documents[start : start + size], gain)
        return sums

    def _found(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], Mask]:
        """Return the places of those of ``keys`` that occur, and which these are."""
        if not len(self._keys):
            return np.zeros(0, dtype=np.intp), np.zeros(len(keys), dtype=np.bool_)
        places = np.minimum(self._keys.searchsorted(keys), len(self._keys) - 1)
        known = self._keys[places] == keys
        return places[known], known

    def _mass(self, rarity: NDArray[np.float64], view: View) -> NDArray[np.float64]:
        """Add up the rarity of the runs of each visible document."""
        sizes = np.diff(self._entries.indptr)
        masses = np.zeros(len(view.documents), dtype=np.float64)
        for runs, part in self._entries.parts():
            np.add.at(masses, self._entries.documents[part], np.repeat(rarity[runs], sizes[runs]))
        return np.where(view.documents, masses, 0.0)

    def _of_view(self, view: View) -> _Statistics:
        return self._statistics.get_or_make(view.key, lambda: self._measure(view))

    def _measure(self, view: View) -> _Statistics:
        """Count which visible documents hold each run, and measure the vector of each."""
        entries, documents = self._entries, len(view)
        if view.documents.all():
            return _Statistics(scarcity(np.diff(entries.indptr), documents), self._lengths)
        holding = np.zeros(len(self._keys), dtype=np.int64)
        for runs, part in entries.parts():
            visible = view.documents[entries.documents[part]]
            starts = entries.indptr[runs] - part.start
            holding[runs] = np.add.reduceat(visible, starts, dtype=np.int64)
        rarity = scarcity(holding, documents)
        lengths = vector_lengths(entries, rarity, len(view.documents))
        return _Statistics(rarity, np.where(view.documents, lengths, 0.0))


def _bounds_fit(keys: NDArray[np.uint64], indptr: NDArray[np.int64], entries: int) -> bool:
    return bool(
        len(indptr) == len(keys) + 1
        and indptr[0] == 0
        and indptr[-1] == entries
        and np.all(indptr[1:] > indptr[:-1])
        and np.all(keys[1:] > keys[:-1])
    )


def _entries_fit(
    indptr: NDArray[np.int64], owners: NDArray[np.int32], counts: NDArray[np.uint16], documents: int
) -> bool:
    """Tell whether ordinals are in range and ascend within a run, and no count is 0."""
    if len(owners) != len(counts):
        return False
    if len(owners) == 0:
        return True
    if owners.min() < 0 or owners.max() >= documents or counts.min() < 1:
        return False
    ascending = owners[1:] > owners[:-1]
    ascending[indptr[1:-1] - 1] = True
    return bool(np.all(ascending))
