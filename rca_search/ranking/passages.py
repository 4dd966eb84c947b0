"""The passages of a document that carry the match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats, fuse
from rca_search.ranking.retrieval import Retrieval
from rca_search.views import Ordinals


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk, its standing among the chunks of the answer, and its best cosine to the question."""

    chunk: int
    total: float
    similarity: float


class PassageRanker:
    """Ranks the chunks of the documents of one answer, and names the words they share with the question."""

    def __init__(self, retrieval: Retrieval) -> None:
        """Score all chunks of the view by words; similarities follow per document."""
        self._retrieval = retrieval
        lexical, question, view = retrieval.engines.lexical, retrieval.question, retrieval.view
        self._scores: Floats = lexical.score_chunks(question.terms, view=view)
        self._background = Background.of(self._scores[view.chunks])
        rarity = {term: lexical.inverse_document_frequency(term, view=view) for term in question.terms}
        present = [term for term in question.terms if rarity[term] > 0]
        # Of equally rare terms the longer comes first: a whole name before its parts.
        self._terms = sorted(present, key=lambda term: (-rarity[term], -len(term), term))

    def best(self, chunks: Ordinals) -> list[RankedChunk]:
        """Return ``chunks`` best first, equal ones by ordinal."""
        if not len(chunks):
            return []
        similarity = self._retrieval.similarity(chunks)
        lexical = self._background.standardise(self._scores[chunks])
        totals = fuse(self._retrieval.chunk_background.standardise(similarity), lexical)
        order = np.lexsort((chunks, -totals))
        return [RankedChunk(int(chunks[i]), float(totals[i]), float(similarity[i])) for i in order]

    def similarity(self, chunk: int) -> float:
        """Return the cosine of a chunk to the window of the question that it is closest to."""
        return float(self._retrieval.similarity(np.asarray([chunk], dtype=np.int32))[0])

    def rarest_matches(self, chunks: Ordinals) -> Sequence[str]:
        """Return the question's words that stand in ``chunks``, rarest first, as it spells them."""
        surfaces = self._retrieval.question.surfaces
        found = self._retrieval.engines.lexical.matched(self._terms, chunks)
        words = dict.fromkeys(surfaces.get(term, term) for term in found)
        return list(words)[: weights.MATCHED_TERMS]
