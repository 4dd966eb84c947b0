"""Which chunk holds which term how often: gathered chunk by chunk, kept as flat arrays.

Term ``t`` stands in ``chunks[indptr[t]:indptr[t + 1]]`` (ordinals, ascending), as often as the same part
of ``counts`` says. ``lengths`` has the number of tokens of each chunk, repeats included, ``documents`` the
number of documents that hold each term. A term that titles alone hold stands in no chunk.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import from_bytes, to_bytes
from rca_search.lexical.vocabulary import Numbering, Vocabulary
from rca_search.views import Ordinals

_INDPTR = "postings.indptr.npy"
_CHUNKS = "postings.chunks.npy"
_COUNTS = "postings.counts.npy"
_LENGTHS = "postings.lengths.npy"
_DOCUMENTS = "postings.documents.npy"
_LOW_HALF = 32


class PostingsWriter:
    """Takes the tokens of chunk after chunk; memory grows by 8 bytes for each term of each chunk."""

    def __init__(self, numbering: Numbering | None = None) -> None:
        """Start with no chunk; ``numbering`` is shared with what else writes numbers of terms."""
        self._numbering = numbering or Numbering()
        self._terms = array("i")
        self._counts = array("i")
        self._distinct = array("i")
        self._lengths = array("i")

    def add(self, tokens: Sequence[str]) -> None:
        """Append the next chunk; an empty token counts in no way."""
        counts = Counter(filter(None, tokens))
        self._terms.extend(self._numbering.of(counts))
        self._counts.extend(counts.values())
        self._distinct.append(len(counts))
        self._lengths.append(counts.total())

    def take(self, source: ChunkTerms, chunk: int) -> None:
        """Append a chunk of ``source``, always the same one, as the next chunk."""
        terms, counts = source.of(chunk)
        self._terms.frombytes(self._numbering.taken(source.vocabulary, terms).tobytes())
        self._counts.frombytes(counts.tobytes())
        self._distinct.append(len(terms))
        self._lengths.append(int(counts.sum()))

    def artefacts(self, chunk_documents: Ordinals) -> dict[str, bytes]:
        """Return the finished files by name; ``chunk_documents`` maps each chunk to its document.

        Same chunks, same bytes. Raises ValueError where ``chunk_documents`` is of other chunks.
        """
        if len(chunk_documents) != len(self._distinct):
            raise ValueError(f"{len(self._distinct)} chunks were added, {len(chunk_documents)} are mapped")
        names = self._numbering.names
        terms = self._numbering.places[np.frombuffer(self._terms, dtype=np.int32)].astype(np.int64)
        indptr = np.zeros(len(names) + 1, dtype=np.int64)
        np.cumsum(np.bincount(terms, minlength=len(names)), out=indptr[1:])
        order = _order_by_term(terms)
        del terms
        distinct = np.frombuffer(self._distinct, dtype=np.int32)
        chunks = np.repeat(np.arange(len(distinct), dtype=np.int32), distinct)[order]
        return {
            **Vocabulary.write(names),
            _INDPTR: to_bytes(indptr),
            _CHUNKS: to_bytes(chunks),
            _COUNTS: to_bytes(np.frombuffer(self._counts, dtype=np.int32)[order]),
            _LENGTHS: to_bytes(np.frombuffer(self._lengths, dtype=np.int32)),
            _DOCUMENTS: to_bytes(holders(chunk_documents[chunks], indptr).astype(np.int32)),
        }


def holders(owners: Ordinals, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many documents hold each term, (terms,).

    ``owners[bounds[t]:bounds[t + 1]]`` are the documents of the chunks that hold term ``t``, ascending.
    """
    first = np.ones(len(owners), dtype=np.bool_)
    np.not_equal(owners[1:], owners[:-1], out=first[1:])
    starts = bounds[:-1]
    first[starts[starts < len(owners)]] = True
    so_far = np.zeros(len(owners) + 1, dtype=np.int64)
    np.cumsum(first, out=so_far[1:])
    return np.diff(so_far[bounds])


def _order_by_term(terms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of ``terms`` by term, equal terms as they came.

    Term and place go into one number and are sorted in place: several times faster than a stable
    argsort, and without its second array.
    """
    keys = (terms << _LOW_HALF) | np.arange(len(terms), dtype=np.int64)
    keys.sort()
    keys &= (1 << _LOW_HALF) - 1
    return keys


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The read side: vocabulary and arrays, checked to fit together."""

    vocabulary: Vocabulary
    indptr: NDArray[np.int64]
    chunks: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]
    documents: NDArray[np.int32]

    @classmethod
    def open(cls, artefacts: Mapping[str, bytes]) -> Postings:
        """Read what the writer gave; raises IndexCorruptError where the parts do not fit together."""
        postings = cls(
            Vocabulary.open(artefacts),
            from_bytes(artefacts, _INDPTR, np.int64),
            from_bytes(artefacts, _CHUNKS, np.int32),
            from_bytes(artefacts, _COUNTS, np.int32),
            from_bytes(artefacts, _LENGTHS, np.int32),
            from_bytes(artefacts, _DOCUMENTS, np.int32),
        )
        if not (postings._bounds_fit() and postings._entries_fit()):
            raise IndexCorruptError("The postings do not fit together.", remedy="Build it again.")
        return postings

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the chunks that hold ``term``, ascending, and how often each does."""
        number = self.vocabulary.find(term)
        if number is None:
            return self.chunks[:0], self.counts[:0]
        part = slice(self.indptr[number], self.indptr[number + 1])
        return self.chunks[part], self.counts[part]

    def _bounds_fit(self) -> bool:
        """Return whether all entries belong to a term, and no more documents hold it than chunks do."""
        bounds, documents = self.indptr, self.documents
        if len(bounds) != len(self.vocabulary) + 1 or len(documents) != len(self.vocabulary):
            return False
        sizes = np.diff(bounds)
        return bool(
            bounds[0] == 0
            and bounds[-1] == len(self.chunks) == len(self.counts)
            and np.all((documents >= 0) & (documents <= sizes) & ((documents > 0) == (sizes > 0)))
        )

    def _entries_fit(self) -> bool:
        """Return whether ordinals are in range and ascend within a term, and counts add up to the lengths."""
        if np.any(self.lengths < 0) or self.counts.sum(dtype=np.int64) != self.lengths.sum(dtype=np.int64):
            return False
        if len(self.chunks) == 0:
            return True
        if self.chunks.min() < 0 or self.chunks.max() >= len(self.lengths) or self.counts.min() < 1:
            return False
        ascending = self.chunks[1:] > self.chunks[:-1]
        starts = self.indptr[(self.indptr > 0) & (self.indptr < len(self.chunks))]
        ascending[starts - 1] = True
        return bool(np.all(ascending))


class ChunkTerms:
    """Postings turned around: the terms of each chunk, and how often each occurs."""

    def __init__(self, postings: Postings) -> None:
        """Sort the entries of ``postings`` by chunk."""
        order = np.argsort(postings.chunks, kind="stable")
        terms = np.repeat(np.arange(len(postings.vocabulary), dtype=np.int32), np.diff(postings.indptr))
        self.vocabulary = postings.vocabulary
        self._terms = terms[order]
        self._counts = postings.counts[order]
        self._bounds = postings.chunks[order].searchsorted(np.arange(len(postings.lengths) + 1))

    def of(self, chunk: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the numbers of the terms of ``chunk``, and their counts."""
        part = slice(self._bounds[chunk], self._bounds[chunk + 1])
        return self._terms[part], self._counts[part]
