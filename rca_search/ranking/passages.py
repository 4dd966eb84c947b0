"""The passages of the documents of one answer that carry the match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats, fuse_passages
from rca_search.ranking.retrieval import Retrieval
from rca_search.views import Ordinals


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk, its standing among the chunks of the answer, and its best cosine to the question."""

    chunk: int
    total: float
    similarity: float


class PassageRanker:
    """Ranks the chunks of the documents of one answer, and names the words they share with the question.

    ``rarity`` has the inverse document frequency of each term of the question that the view knows.
    """

    def __init__(self, retrieval: Retrieval, rows: Ordinals) -> None:
        """Measure the chunks ``rows`` of the answer, all at once; standing comes from the whole view."""
        lexical, question, view = retrieval.engines.lexical, retrieval.question, retrieval.view
        scores: Floats = retrieval.chunk_words
        words = Background.of(scores, view.chunks).standardise(scores[rows])
        similarity = retrieval.similarity(rows)
        totals = fuse_passages(retrieval.chunk_background.standardise(similarity), words)
        # Lists: they are asked one by one, which arrays are slow at.
        self._similarity: list[float] = similarity.tolist()
        self._totals: list[float] = totals.tolist()
        self._places = {row: place for place, row in enumerate(rows.tolist())}
        rarity = lexical.rarities(lexical.numbers(question.terms), view=view).tolist()
        known = zip(question.terms, rarity, strict=True)
        self.rarity = {term: found for term, found in known if found > 0}
        # Of equally rare terms the longer comes first: a whole name before its parts.
        self._terms = sorted(self.rarity, key=lambda term: (-self.rarity[term], -len(term), term))
        self._surfaces = [question.surfaces.get(term, term) for term in self._terms]
        present = lexical.present(self._terms, rows)
        self._held = [np.flatnonzero(held).tolist() for held in present.T]

    def best(self, chunks: Iterable[int]) -> list[RankedChunk]:
        """Return ``chunks``, which are of the answer, best first, equal ones by ordinal."""
        ordered = sorted(chunks, key=lambda chunk: (-self._totals[self._places[chunk]], chunk))
        return [
            RankedChunk(chunk, self._totals[self._places[chunk]], self.similarity(chunk)) for chunk in ordered
        ]

    def similarity(self, chunk: int) -> float:
        """Return the cosine of a chunk of the answer to the window of the question that it is closest to."""
        return self._similarity[self._places[chunk]]

    def terms_in(self, chunks: Iterable[int]) -> list[str]:
        """Return the question's terms that stand in ``chunks``, rarest first."""
        return [self._terms[number] for number in self._numbers_in(chunks)]

    def rarest_matches(self, chunks: Iterable[int]) -> Sequence[str]:
        """Return the question's words that stand in ``chunks``, rarest first, as it spells them."""
        words = dict.fromkeys(self._surfaces[number] for number in self._numbers_in(chunks))
        return list(words)[: weights.MATCHED_TERMS]

    def _numbers_in(self, chunks: Iterable[int]) -> list[int]:
        """Return which of the terms stand in ``chunks``, ascending."""
        return sorted(set().union(*(self._held[self._places[chunk]] for chunk in chunks)))
