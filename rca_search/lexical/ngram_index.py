"""How alike two texts are spelled: the cosine of TF-IDF vectors over runs of four characters.

Every statistic comes from the view; ``ngram_entries`` has the weights.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import distinct, from_bytes, spread, summed, to_bytes
from rca_search.lexical.ngrams import Ngrams, WeightedNgrams, ngrams
from rca_search.lru_cache import LruCache
from rca_search.views import Mask, View

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


SPELLING = "ngrams"
"""Name that the files of whole documents begin with."""

_LARGEST_COUNT = np.iinfo(np.uint16).max
_COUNT_BITS = 16
_RUN_SHIFT = 40
_MOST = 1 << (_RUN_SHIFT - _COUNT_BITS)
"""Documents, and distinct runs, that an index can have: 24 bits of each go into one number with a count."""

_DOCUMENTS_AT_ONCE = 1024


class NgramWriter:
    """Takes the text of document after document; memory grows by 10 bytes for each distinct run of each.

    Finishing takes at most 30 bytes more for each, once.
    """

    def __init__(self, family: str = SPELLING) -> None:
        """Start with no document; the names of all files will begin with ``family``."""
        self._family = family
        self._keys: list[NDArray[np.uint64]] = []
        self._counts: list[NDArray[np.uint16]] = []

    def add(self, text: str) -> None:
        """Append the next document."""
        found = ngrams(text)
        self._keys.append(found.keys)
        self._counts.append(np.minimum(found.counts, _LARGEST_COUNT).astype(np.uint16))

    def artefacts(self) -> dict[str, bytes]:
        """Return the finished files by name; same documents, same bytes."""
        distinct = self._distinct()
        entries = self._entries(distinct)
        # In place and without a second array: a stable argsort of the keys takes five times the memory.
        entries.sort()
        bounds = np.arange(len(distinct) + 1, dtype=np.uint64) << np.uint64(_RUN_SHIFT)
        indptr = entries.searchsorted(bounds).astype(np.int64)
        owners, counts = _unpacked(entries)
        del entries
        rarity = scarcity(np.diff(indptr), len(self._keys))
        return {
            self._file("keys"): to_bytes(distinct),
            self._file("indptr"): to_bytes(indptr),
            self._file("documents"): to_bytes(owners),
            self._file("counts"): to_bytes(counts),
            # What a search over everything needs of every entry, so that it need not look at every entry.
            self._file("lengths"): to_bytes(
                vector_lengths(Entries(indptr, owners, counts), rarity, len(self._keys))
            ),
        }

    def _file(self, part: str) -> str:
        return f"{self._family}.{part}.npy"

    def _distinct(self) -> NDArray[np.uint64]:
        """Return the runs of all documents, each once and ascending."""
        distinct = np.zeros(0, dtype=np.uint64)
        for start in range(0, len(self._keys), _DOCUMENTS_AT_ONCE):
            part = self._keys[start : start + _DOCUMENTS_AT_ONCE]
            distinct = np.unique(np.concatenate([distinct, *part]))
        return distinct

    def _entries(self, distinct: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return run, document and count of each entry as one number, documents ascending.

        Raises ValueError where there are more of them than the number has room for.
        """
        if max(len(distinct), len(self._keys)) > _MOST:
            raise ValueError(f"{len(self._keys)} documents with {len(distinct)} runs are too many")
        entries = np.empty(sum(map(len, self._keys)), dtype=np.uint64)
        start = 0
        for document, (keys, counts) in enumerate(zip(self._keys, self._counts, strict=True)):
            numbers = distinct.searchsorted(keys).astype(np.uint64) << np.uint64(_RUN_SHIFT)
            numbers |= np.uint64(document << _COUNT_BITS)
            numbers |= counts
            entries[start : start + len(keys)] = numbers
            start += len(keys)
        return entries


def _unpacked(entries: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Return the document and the count of each entry."""
    owners = np.empty(len(entries), dtype=np.int32)
    counts = np.empty(len(entries), dtype=np.uint16)
    for start in range(0, len(entries), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        owners[part] = (entries[part] >> np.uint64(_COUNT_BITS)) & np.uint64(_MOST - 1)
        counts[part] = entries[part] & np.uint64(_LARGEST_COUNT)
    return owners, counts


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
        self._statistics: LruCache[str, _Statistics] = LruCache(_CACHED_VIEWS)
        self._masses: LruCache[str, NDArray[np.float64]] = LruCache(_CACHED_VIEWS)

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
    """Return whether ordinals are in range and ascend within a run, and no count is 0."""
    if len(owners) != len(counts):
        return False
    if len(owners) == 0:
        return True
    if owners.min() < 0 or owners.max() >= documents or counts.min() < 1:
        return False
    ascending = owners[1:] > owners[:-1]
    ascending[indptr[1:-1] - 1] = True
    return bool(np.all(ascending))
