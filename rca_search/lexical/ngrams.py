"""How alike two texts are spelled: the cosine of TF-IDF vectors over runs of four characters.

Words count by their parts, so that endings, compounds and misspellings match in part and nothing depends on
a language's stemmer. Runs never cross a word's end; a space stands before and after each word.

Weights are those of scikit-learn's ``TfidfVectorizer(sublinear_tf=True)``:

    (1 + ln f) * (1 + ln((1 + N) / (1 + n)))

for a run that a text holds f times and n of the N visible documents hold. Every statistic comes from the
view.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import from_bytes, to_bytes
from rca_search.recent import Recent
from rca_search.views import View

LENGTH = 4
"""Characters in a run."""

_KEYS = "ngrams.keys.npy"
_INDPTR = "ngrams.indptr.npy"
_DOCUMENTS = "ngrams.documents.npy"
_COUNTS = "ngrams.counts.npy"
_LENGTHS = "ngrams.lengths.npy"

_BREAKS = re.compile(r"[\W_]+")
_SPACE = ord(" ")
_LARGEST_COUNT = np.iinfo(np.uint16).max
_CACHED_VIEWS = 16
_BITS = 16

_COUNT_BITS = 16
_RUN_SHIFT = 40
_MOST = 1 << (_RUN_SHIFT - _COUNT_BITS)
"""Documents, and distinct runs, that an index can have: 24 bits of each go into one number with a count."""

_DOCUMENTS_AT_ONCE = 1024
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """The runs of one text: distinct keys, ascending, and how often each occurs."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]


def ngrams(text: str) -> Ngrams:
    """Return the runs of four characters within the words of ``text``, in lower case.

    A word of one character has none. A key holds the low 16 bits of each character's code point.
    """
    spaced = f" {_BREAKS.sub(' ', text.casefold()).strip()} "
    points = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(points) < LENGTH:
        return Ngrams(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
    windows = np.lib.stride_tricks.sliding_window_view(points, LENGTH)
    inside = windows[(windows[:, 1:-1] != _SPACE).all(axis=1)].astype(np.uint64)
    keys = np.zeros(len(inside), dtype=np.uint64)
    for place in range(LENGTH):
        keys = (keys << np.uint64(_BITS)) | (inside[:, place] & np.uint64((1 << _BITS) - 1))
    return Ngrams(*np.unique(keys, return_counts=True))


class NgramWriter:
    """Takes the text of document after document; memory grows by 10 bytes for each distinct run of each.

    Finishing takes at most 30 bytes more for each, once.
    """

    def __init__(self) -> None:
        """Start with no document."""
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
        rarity = _rarity(np.diff(indptr), len(self._keys))
        return {
            _KEYS: to_bytes(distinct),
            _INDPTR: to_bytes(indptr),
            _DOCUMENTS: to_bytes(owners),
            _COUNTS: to_bytes(counts),
            # What a search over everything needs of every entry, so that it need not look at every entry.
            _LENGTHS: to_bytes(_lengths(Entries(indptr, owners, counts), rarity, len(self._keys))),
        }

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
    for start in range(0, len(entries), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        owners[part] = (entries[part] >> np.uint64(_COUNT_BITS)) & np.uint64(_MOST - 1)
        counts[part] = entries[part] & np.uint64(_LARGEST_COUNT)
    return owners, counts


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Which documents hold run ``r``, ascending, and how often: what lies in ``indptr[r]:indptr[r + 1]``."""

    indptr: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint16]

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Yield runs, some at a time, and their entries: about a million of these."""
        marks = np.arange(_AT_ONCE, len(self.documents), _AT_ONCE)
        bounds = np.unique([0, *self.indptr.searchsorted(marks), len(self.indptr) - 1]).tolist()
        for first, last in itertools.pairwise(bounds):
            yield slice(first, last), slice(self.indptr[first], self.indptr[last])


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
        self._scale = _scale(entries.counts)
        self._lengths = lengths
        self._statistics: Recent[str, _Statistics] = Recent(_CACHED_VIEWS)

    @classmethod
    def open(cls, artefacts: Mapping[str, bytes], documents: int) -> NgramIndex:
        """Read what ``NgramWriter.artefacts`` gave for so many ``documents``.

        Raises IndexCorruptError on anything that does not fit together.
        """
        keys = from_bytes(artefacts, _KEYS, np.uint64)
        indptr = from_bytes(artefacts, _INDPTR, np.int64)
        owners = from_bytes(artefacts, _DOCUMENTS, np.int32)
        counts = from_bytes(artefacts, _COUNTS, np.uint16)
        lengths = from_bytes(artefacts, _LENGTHS, np.float64)
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
        places = np.minimum(self._keys.searchsorted(asked.keys), max(len(self._keys) - 1, 0))
        known = self._keys[places] == asked.keys if len(self._keys) else np.zeros(len(places), dtype=np.bool_)
        runs = places[known]
        wanted = (1.0 + np.log(asked.counts[known])) * statistics.rarity[runs] ** 2
        dots = np.zeros(len(view.documents), dtype=np.float64)
        # Run by run: slices of what lies side by side, where one pass over all entries would copy them.
        entries, bounds = self._entries, self._entries.indptr
        for first, last, weight in zip(bounds[runs].tolist(), bounds[runs + 1].tolist(), wanted, strict=True):
            # Once for each count that there is, in double precision: a table of a few hundred bytes.
            gains = (self._scale * weight).take(entries.counts[first:last], mode="clip")
            np.add.at(dots, entries.documents[first:last], gains)
        return np.divide(dots, statistics.lengths, out=np.zeros(len(dots)), where=statistics.lengths > 0)

    def _of_view(self, view: View) -> _Statistics:
        return self._statistics.get_or_make(view.key, lambda: self._measure(view))

    def _measure(self, view: View) -> _Statistics:
        """Count which visible documents hold each run, and measure the vector of each."""
        entries, documents = self._entries, len(view)
        if view.documents.all():
            return _Statistics(_rarity(np.diff(entries.indptr), documents), self._lengths)
        holding = np.zeros(len(self._keys), dtype=np.int64)
        for runs, part in entries.parts():
            visible = view.documents[entries.documents[part]]
            starts = entries.indptr[runs] - part.start
            holding[runs] = np.add.reduceat(visible, starts, dtype=np.int64)
        rarity = _rarity(holding, documents)
        lengths = _lengths(entries, rarity, len(view.documents))
        return _Statistics(rarity, np.where(view.documents, lengths, 0.0))


def _scale(counts: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return 1 + ln f for each f up to the highest of ``counts``, and 0 for 0."""
    scale = np.zeros(int(counts.max(initial=1)) + 1, dtype=np.float32)
    scale[1:] = 1.0 + np.log(np.arange(1, len(scale)))
    return scale


def _rarity(holding: NDArray[np.int64], documents: int) -> NDArray[np.float64]:
    """Return 1 + ln((1 + N) / (1 + n)) for runs that n of N documents hold."""
    rarity: NDArray[np.float64] = 1.0 + np.log((1 + documents) / (1 + holding))
    return rarity


def _lengths(entries: Entries, rarity: NDArray[np.float64], documents: int) -> NDArray[np.float64]:
    """Return the length of each document's vector, summed in the order of its runs."""
    scale, sizes = _scale(entries.counts), np.diff(entries.indptr)
    squares = np.zeros(documents, dtype=np.float64)
    for runs, part in entries.parts():
        weights = scale[entries.counts[part]] * np.repeat(rarity[runs], sizes[runs])
        weights *= weights
        np.add.at(squares, entries.documents[part], weights)
    return np.sqrt(squares)


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
