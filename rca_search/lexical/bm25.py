"""Okapi BM25 as Lucene computes it, with every statistic taken from the view.

A term t that stands f times in a document of length L adds

    idf(t) * f / (f + k1 * (1 - b + b * L / average)),   idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))

where N documents are visible, n of them hold t, and ``average`` is the mean length of the visible ones.
Source: Kamphuis et al., "Which BM25 do you mean?", ECIR 2020, variant "Lucene (accurate)".

What it adds to a document of a folder with a style of its own is multiplied by how much the term tells there
(``folders.Styles.telling``): the words of a template are rare in a corpus of many and tell nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.folders import Folders
from rca_search.lexical.arrays import distinct, spread, summed
from rca_search.lexical.postings import ChunkTerms, Postings, PostingsWriter, holders
from rca_search.lru_cache import LruCache
from rca_search.views import Mask, Ordinals, View

OBJECT_BYTES = 512
"""What an entry takes in memory besides its numbers, about."""

_K1 = 1.5

_TAKEN_TOGETHER = 1 << 16
"""Entries up to which those of all terms are added in one pass, which copies them; more term by term."""


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """Units that hold a term, each once and ascending, and what it adds to each before its weight and idf."""

    units: NDArray[np.int32]
    gains: NDArray[np.float64]

    def size(self) -> int:
        """Return the memory that it takes, in bytes."""
        return self.units.nbytes + self.gains.nbytes + OBJECT_BYTES


def idfs(holding: NDArray[np.integer], units: int) -> NDArray[np.float64]:
    """Return ``idf`` of each; equal numbers are taken together, for there are few different ones."""
    different, places = np.unique(holding, return_inverse=True)
    found = np.asarray([idf(each, units) for each in different.tolist()], dtype=np.float64)
    return found[places]


def idf(holding: int, units: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)), and 0 where no unit holds the term."""
    return math.log(1 + (units - holding + 0.5) / (holding + 0.5)) if holding else 0.0


def gains(
    counts: NDArray[np.integer], lengths: NDArray[np.integer], average: float, share: float
) -> NDArray[np.float64]:
    """Return what a term adds to units that hold it ``counts`` times, before its weight and rarity.

    ``share`` is that of the length, in means of ``average``, that damps.
    """
    if len(counts) == 0:
        return np.zeros(0, dtype=np.float64)
    damping = lengths * (_K1 * share / average)
    damping += _K1 * (1 - share)
    damping += counts
    found: NDArray[np.float64] = counts / damping
    return found


def added(
    impacts: Sequence[Impact], weights: Sequence[float], units: int, places: int
) -> NDArray[np.float64]:
    """Return what all terms add to each of ``places``; ``units`` is how many the view has."""
    factors = [weight * idf(len(one.units), units) for one, weight in zip(impacts, weights, strict=True)]
    parts = [one.gains * factor for one, factor in zip(impacts, factors, strict=True)]
    if 0 < sum(map(len, parts)) <= _TAKEN_TOGETHER:
        owners = np.concatenate([one.units for one in impacts])
        return summed(owners, np.concatenate(parts), places)
    scores = np.zeros(places, dtype=np.float64)
    for one, gained in zip(impacts, parts, strict=True):
        np.add.at(scores, one.units, gained)
    return scores


__all__ = ["Bm25Index", "PostingsWriter"]

_B_DOCUMENT = 1.0
"""In full: a long report mentions much in passing, and so does not deserve its matches as a page does."""
_B_CHUNK = 0.75
_CACHED_VIEWS = 256
_CACHED_TERMS = 8192

_RARITY_BYTES = 32 << 20
"""Memory for how rare terms are in views asked lately, eight bytes for each term of the index and view."""

_COUNTED_ENTRIES = 1 << 22
"""Entries of postings that are looked at together, at most, unless one term alone has more."""

_IMPACT_BYTES = 64 << 20
"""Memory for what terms add: at a million chunks, enough for some twenty of the most common."""

_LAST = np.ones(1, dtype=np.bool_)
_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True)
class _Statistics:
    """What a view says about lengths: units (documents or chunks) and the mean number of tokens in one."""

    documents: int
    document_length: float
    chunks: int
    chunk_length: float


class Bm25Index:
    """Scores documents and chunks by shared terms; safe for any number of threads."""

    def __init__(self, postings: Postings, chunk_documents: Ordinals, folders: Folders | None = None) -> None:
        """Join ``postings`` with the document ordinal of each chunk (non-decreasing).

        ``folders`` are those of the documents; without any, none has a style of its own.
        """
        self._postings = postings
        self._folders = folders
        # One question asks for each of its terms several times.
        self._entries = lru_cache(maxsize=_CACHED_TERMS)(postings.of)
        self._chunk_documents = chunk_documents
        documents = int(chunk_documents[-1]) + 1 if len(chunk_documents) else 0
        # Floats add whole numbers exactly below 2**53.
        totals = np.bincount(chunk_documents, weights=postings.lengths, minlength=documents)
        self._document_lengths = totals.astype(np.int64)
        self._statistics: LruCache[str, _Statistics] = LruCache(_CACHED_VIEWS)
        self._numbers = lru_cache(maxsize=_CACHED_TERMS)(postings.vocabulary.find)
        self._rarities: LruCache[str, NDArray[np.float64]] = LruCache(_RARITY_BYTES, _bytes)
        # Questions share their common words, and these take nearly all of the time in a large corpus.
        self._impacts: LruCache[tuple[str, str, bool], Impact] = LruCache(_IMPACT_BYTES, Impact.size)
        self._with_chunks = np.flatnonzero(np.bincount(chunk_documents, minlength=documents))
        self._starts = chunk_documents.searchsorted(self._with_chunks)

    @classmethod
    def open(
        cls, artefacts: Mapping[str, bytes], chunk_documents: Ordinals, folders: Folders | None = None
    ) -> Bm25Index:
        """Read what ``PostingsWriter.artefacts`` gave; extra artefacts are left alone.

        Raises IndexCorruptError on anything that does not fit together.
        """
        postings = Postings.open(artefacts)
        owners = np.asarray(chunk_documents, dtype=np.int32)
        ordered = owners.ndim == 1 and bool(np.all(owners[1:] >= owners[:-1]))
        if not ordered or len(owners) != len(postings.lengths) or (len(owners) and owners[0] < 0):
            raise IndexCorruptError("Chunks and postings do not fit together.", remedy="Build it again.")
        return cls(postings, owners, folders)

    @property
    def postings(self) -> Postings:
        """Which chunk holds which term how often."""
        return self._postings

    def chunk_terms(self) -> ChunkTerms:
        """Return the terms of each chunk, for an index that takes over some of them."""
        return ChunkTerms(self._postings)

    def score_documents(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per document ordinal (0 where nothing matches or nothing is visible)."""
        statistics = self._of_view(view)
        impacts = [self._kept((view.key, term, True), view) for term in terms]
        return added(impacts, list(terms.values()), statistics.documents, len(view.documents))

    def score_chunks(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per chunk ordinal, each chunk taken as a document of its own."""
        statistics = self._of_view(view)
        impacts = [self._kept((view.key, term, False), view) for term in terms]
        return added(impacts, list(terms.values()), statistics.chunks, len(view.chunks))

    def best_chunks(self, scores: NDArray[np.float64], documents: int, /) -> NDArray[np.float64]:
        """Return the highest of the ``scores`` of each document's chunks (0 where it has none)."""
        found = np.zeros(documents, dtype=np.float64)
        if len(scores):
            found[self._with_chunks] = np.maximum.reduceat(scores, self._starts)
        return found

    def present(self, terms: Sequence[str], chunks: Ordinals, /) -> Mask:
        """Return whether each of ``terms`` stands in each of ``chunks``, (terms, chunks)."""
        wanted = np.asarray(chunks, dtype=np.int32)
        found = np.zeros((len(terms), len(wanted)), dtype=np.bool_)
        for row, term in enumerate(terms):
            holding = self._entries(term)[0]
            if len(holding):
                places = holding.searchsorted(wanted)
                found[row] = holding.take(places, mode="clip") == wanted
        return found

    def numbers(self, terms: Iterable[str], /) -> NDArray[np.int64]:
        """Return the place of each of ``terms`` in the vocabulary, -1 where it is not there."""
        found = (self._numbers(term) for term in terms)
        return np.asarray([-1 if number is None else number for number in found], dtype=np.int64)

    def inverse_document_frequency(self, term: str, /, *, view: View) -> float:
        """Return how rare ``term`` is among the view's documents (0 where it does not occur)."""
        return float(self.rarities(self.numbers([term]), view=view)[0])

    def rarities(self, numbers: NDArray[np.integer], /, *, view: View) -> NDArray[np.float64]:
        """Return how rare each term is among the view's documents, given as ``numbers`` gives them.

        0 where it does not occur.
        """
        known = self._rarities.get_or_make(view.key, lambda: np.full(len(self._postings.vocabulary), np.nan))
        found = np.zeros(len(numbers), dtype=np.float64)
        there = numbers >= 0
        wanted = numbers[there]
        new = distinct(wanted[np.isnan(known[wanted])])
        if len(new):
            # Threads that come to the same term at once write the same number.
            known[new] = idfs(self._holding(new, view), len(view))
        found[there] = known[wanted]
        return found

    def _holding(self, numbers: NDArray[np.integer], view: View) -> NDArray[np.integer]:
        """Return how many visible documents hold each term, each given once."""
        postings = self._postings
        if self._of_view(view).documents == len(view.documents):
            return postings.documents.take(numbers)
        first = postings.indptr[numbers]
        sizes = postings.indptr[numbers + 1] - first
        portions = np.cumsum(sizes) // _COUNTED_ENTRIES
        counts = np.zeros(len(numbers), dtype=np.int64)
        for portion in distinct(portions):
            part = portions == portion
            owners = _at(self._chunk_documents, postings.chunks[spread(first[part], sizes[part])])
            bounds = np.concatenate(([0], np.cumsum(sizes[part])))
            visible = view.documents[owners]
            kept = np.concatenate(([0], np.cumsum(visible)))[bounds]
            counts[part] = holders(owners[visible], kept)
        return counts

    def worth_of_saying(
        self, terms: Mapping[str, float], chunk: int, /, *, view: View
    ) -> tuple[float, float]:
        """Return what the document of ``chunk`` and that itself would gain if it held each of ``terms`` once.

        The document holds none of them; its length and the rarity of terms stay as they are.
        """
        statistics, owner = self._of_view(view), self._chunk_documents[chunk]
        once, lengths = np.ones(1, dtype=np.int64), self._postings.lengths
        whole = gains(once, self._document_lengths[[owner]], statistics.document_length, _B_DOCUMENT)
        part = gains(once, lengths[[chunk]], statistics.chunk_length, _B_CHUNK)
        told = {term: self._telling(term, owner, view) * weight for term, weight in terms.items()}
        rare = sum(weight * self.inverse_document_frequency(term, view=view) for term, weight in told.items())
        holding = {term: len(self._kept((view.key, term, False), view).units) for term in terms}
        rare_chunks = sum(weight * idf(holding[term], statistics.chunks) for term, weight in told.items())
        return float(whole[0]) * rare, float(part[0]) * rare_chunks

    def _telling(self, term: str, document: int, view: View) -> float:
        """Return how much ``term`` tells in the folder of ``document``, 0 to 1."""
        styles = None if self._folders is None else self._folders.styles(view)
        if styles is None or not styles.matter:
            return 1.0
        holders = self._kept((view.key, term, True), view).units
        return float(styles.telling(holders)[styles.numbers[document]])

    def _visible(self, term: str, view: View) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the visible chunks that hold ``term`` and how often each does."""
        chunks, counts = self._entries(term)
        if self._of_view(view).chunks == len(view.chunks):
            return chunks, counts
        keep = _at(view.chunks, chunks)
        return chunks[keep], counts[keep]

    def _kept(self, key: tuple[str, str, bool], view: View) -> Impact:
        """Return the impact of a term on documents or else on chunks; the key is view, term and which."""
        _, term, of_documents = key
        make = self._on_documents if of_documents else self._on_chunks
        return self._impacts.get_or_make(key, lambda: make(term, view))

    def _on_chunks(self, term: str, view: View) -> Impact:
        """Work out what ``term`` adds to each visible chunk that holds it."""
        chunks, counts = self._visible(term, view)
        lengths = _at(self._postings.lengths, chunks)
        gained = gains(counts, lengths, self._of_view(view).chunk_length, _B_CHUNK)
        return Impact(chunks, self._told(gained, _at(self._chunk_documents, chunks), view))

    def _on_documents(self, term: str, view: View) -> Impact:
        """Work out what ``term`` adds to each visible document that holds it, its chunks taken together."""
        chunks, counts = self._visible(term, view)
        owners = _at(self._chunk_documents, chunks)
        if len(owners) == 0:
            return Impact(owners, np.zeros(0, dtype=np.float64))
        # Chunks ascend and so do their documents: a document's chunks stand side by side.
        lasts = np.flatnonzero(np.concatenate((owners[1:] != owners[:-1], _LAST)))
        documents = owners[lasts]
        # Differences of a running sum: twice as fast as numpy.add.reduceat, and whole numbers stay exact.
        totals = np.cumsum(counts, dtype=np.int64)[lasts]
        totals[1:] -= totals[:-1].copy()
        lengths = _at(self._document_lengths, documents)
        gained = gains(totals, lengths, self._of_view(view).document_length, _B_DOCUMENT)
        return Impact(documents, self._told(gained, documents, view))

    def _told(self, gained: NDArray[np.float64], owners: Ordinals, view: View) -> NDArray[np.float64]:
        """Return what a term adds to units by how much it tells in the folder of each one's owner.

        ``owners`` (units,) ascend; they are all the visible documents that hold the term.
        """
        styles = None if self._folders is None else self._folders.styles(view)
        if styles is None or not styles.matter or not len(owners):
            return gained
        holders = owners[np.concatenate((owners[1:] != owners[:-1], _LAST))]
        found: NDArray[np.float64] = gained * styles.telling(holders)[styles.numbers[owners]]
        return found

    def _of_view(self, view: View) -> _Statistics:
        """Return the statistics of ``view``, kept where they were measured lately."""
        return self._statistics.get_or_make(view.key, lambda: self._measure(view))

    def _measure(self, view: View) -> _Statistics:
        """Count what is visible; raises ValueError for a view of another index."""
        if len(view.chunks) != len(self._chunk_documents):
            raise ValueError(f"a view of {len(view.chunks)} chunks, an index of {len(self._chunk_documents)}")
        documents, chunks = len(view), int(np.count_nonzero(view.chunks))
        tokens = int(self._postings.lengths[view.chunks].sum(dtype=np.int64))
        return _Statistics(documents, tokens / max(documents, 1), chunks, tokens / max(chunks, 1))


def _bytes(array: NDArray[np.float64]) -> int:
    return array.nbytes


def _at(values: NDArray[_Value], places: NDArray[np.int32]) -> NDArray[_Value]:
    """Return the values at ``places``, which opening has found to be in range: hence no second check."""
    return values.take(places, mode="clip")
