"""An index as it would be if one passage said some more words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.bm25 import Bm25Index
from rca_search.views import Mask, Ordinals, View


class SupposedIndex:
    """Scores as ``Bm25Index`` does, with terms that one chunk is supposed to hold once.

    Lengths and the rarity of words stay as they are, so that no other document's score changes.
    """

    def __init__(self, index: Bm25Index, chunk: int, document: int, terms: Sequence[str]) -> None:
        """Suppose that ``chunk`` holds ``terms``, none of which stands in its ``document`` so far."""
        self._index = index
        self._chunk = chunk
        self._document = document
        self._terms = frozenset(terms)

    def score_documents(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per document ordinal."""
        scores = self._index.score_documents(terms, view=view)
        scores[self._document] += self._index.worth_of_saying(self._said(terms), self._chunk, view=view)[0]
        return scores

    def score_chunks(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per chunk ordinal."""
        scores = self._index.score_chunks(terms, view=view)
        scores[self._chunk] += self._index.worth_of_saying(self._said(terms), self._chunk, view=view)[1]
        return scores

    def best_chunks(self, scores: NDArray[np.float64], documents: int, /) -> NDArray[np.float64]:
        """Return the highest of the ``scores`` of each document's chunks."""
        return self._index.best_chunks(scores, documents)

    def present(self, terms: Sequence[str], chunks: Ordinals, /) -> Mask:
        """Return whether each of ``terms`` stands in each of ``chunks``, (terms, chunks)."""
        said = np.asarray([term in self._terms for term in terms], dtype=np.bool_)
        found: Mask = self._index.present(terms, chunks) | np.outer(said, np.asarray(chunks) == self._chunk)
        return found

    def numbers(self, terms: Iterable[str], /) -> NDArray[np.int64]:
        """Return the place of each of ``terms`` in the vocabulary, -1 where it is not there."""
        return self._index.numbers(terms)

    def rarities(self, numbers: NDArray[np.integer], /, *, view: View) -> NDArray[np.float64]:
        """Return how rare terms are among the view's documents, by their ``numbers``."""
        return self._index.rarities(numbers, view=view)

    def inverse_document_frequency(self, term: str, /, *, view: View) -> float:
        """Return how rare ``term`` is among the view's documents."""
        return self._index.inverse_document_frequency(term, view=view)

    def _said(self, terms: Mapping[str, float]) -> dict[str, float]:
        return {term: weight for term, weight in terms.items() if term in self._terms}
