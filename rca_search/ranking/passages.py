"""The passages of a document that carry the match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.protocols import LexicalIndex
from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats, fuse
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, background_documents, chunk_rows
from rca_search.views import Ordinals, View


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk, its standing among the chunks of the answer, and its best cosine to the question."""

    chunk: int
    total: float
    similarity: float


class PassageRanker:
    """Ranks the chunks of the documents of one answer; made once per question."""

    def __init__(self, question: Question, engines: Engines, view: View) -> None:
        """Score all chunks of ``view`` by words and measure both backgrounds; similarities follow later."""
        self._question = question
        self._engines = engines
        self._lexical: Floats = engines.lexical.score_chunks(question.terms, view=view)
        self._lexical_background = Background.of(self._lexical[view.chunks])
        sample, _ = chunk_rows(view, background_documents(view))
        self._dense_background = Background.of(self.similarity(sample))

    def best(self, chunks: Ordinals, *, most: int) -> list[RankedChunk]:
        """Return the ``most`` best of ``chunks``, best first, equal ones by ordinal."""
        if not len(chunks):
            return []
        similarity = self.similarity(chunks)
        lexical = self._lexical_background.standardise(self._lexical[chunks])
        totals = fuse(self._dense_background.standardise(similarity), lexical)
        order = np.lexsort((chunks, -totals))[:most]
        return [RankedChunk(int(chunks[i]), float(totals[i]), float(similarity[i])) for i in order]

    def similarity(self, chunks: Ordinals) -> Floats:
        """Return the cosine of each chunk to the window of the question that it is closest to."""
        if not len(self._question.vectors):
            return np.zeros(len(chunks), dtype=np.float64)
        windows = [self._engines.store.score(vector, chunks) for vector in self._question.vectors]
        best: Floats = np.max(np.asarray(windows, dtype=np.float64), axis=0)
        return best


def rarest_matches(
    question: Question, lexical: LexicalIndex, chunks: Ordinals, *, view: View
) -> Sequence[str]:
    """Return the question's words that stand in ``chunks``, rarest in the view first, as it spells them.

    Of equally rare ones the longer comes first: a whole name before its parts.
    """
    found = lexical.matched(question.terms, chunks)
    rarity = {term: lexical.inverse_document_frequency(term, view=view) for term in found}
    ordered = sorted(found, key=lambda term: (-rarity[term], -len(term), term))
    words = dict.fromkeys(question.surfaces.get(term, term) for term in ordered)
    return list(words)[: weights.MATCHED_TERMS]
