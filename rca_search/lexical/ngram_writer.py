"""Takes the runs of document after document and gives the files that ``NgramIndex`` opens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.arrays import to_bytes
from rca_search.lexical.ngram_entries import AT_ONCE, Entries, scarcity, vector_lengths
from rca_search.lexical.ngrams import ngrams

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
