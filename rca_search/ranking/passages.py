"""The passages of the documents of one answer that carry the match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.models import Chunk, Role
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


_TELLS_WHAT_TO_DO = frozenset({Role.RESOLUTION, Role.DIAGNOSIS})


def opened_first(found: Sequence[RankedChunk], chunks: Mapping[int, Chunk]) -> list[RankedChunk]:
    """Return ``found``, ranked chunks of one runbook, with the section to open moved to the front.

    Meaning and symptoms match a question best and help least, so sections that tell what to do come first,
    those on repair a little before those on diagnosis. A part of a longer page counts with the best of what
    stands under the same heading: "Resolution" belongs to the problem above it. The others keep their order.
    """
    acting = [one for one in found if _tells_what_to_do(chunks[one.chunk])]
    if not acting:
        return list(found)
    first = max(acting, key=lambda one: (_worth(one, found, chunks), -one.chunk))
    return [first, *(one for one in found if one is not first)]


def _tells_what_to_do(chunk: Chunk) -> bool:
    return chunk.role in _TELLS_WHAT_TO_DO and len(chunk.text.split()) >= weights.SECTION_WORDS


def _worth(one: RankedChunk, found: Sequence[RankedChunk], chunks: Mapping[int, Chunk]) -> float:
    chunk = chunks[one.chunk]
    above = chunk.headings[:-1]
    beside = max(each.total for each in found if chunks[each.chunk].headings[: len(above)] == above)
    repair = weights.SECTION_REPAIR if chunk.role is Role.RESOLUTION else 0.0
    return one.total + weights.SECTION_BESIDE * beside + repair
