"""Which line of a question met which line of a past document.

Lines are compared by the words they share: the rarity of each in the view, added up and damped by the
length of the told line, then raised by the cosine of the line's passage to the question, which every answer
has measured anyway. Encoding each line, measured beside this, aligned no better (docs/evidence.md).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rca_search.insight.sentences import Sentence, without_targets
from rca_search.lexical.occurrences import occurrences
from rca_search.models import AlignedPair, Quote, Role, Span

MOST_ASKED = 256
"""Sentences of a question that are compared: half from its beginning, half from its end."""
MOST_PAIRS = 5
_DAMPING = 0.03
_REPEATED = 0.25
"""What a word counts for in a further pair."""
_LEAST_RARITY = 0.6
"""Share of the rarity of a word that one document alone has, which the words of a pair must add up to."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a document, the role of its section, and the cosine of its passage to the question."""

    sentence: Sentence
    role: Role
    similarity: float


class AskedSentences:
    """The sentences of a question and the words by which they can be met."""

    def __init__(self, path: str | None, found: Sequence[Sentence], rarity: Mapping[str, float]) -> None:
        """Take the sentences and the rarity of each of the question's terms in the view."""
        half = MOST_ASKED // 2
        self.path = path
        self.sentences = list(found) if len(found) <= MOST_ASKED else [*found[:half], *found[-half:]]
        self.rarity = {
            term: rarity[term]
            for sentence in self.sentences
            for term in sorted(sentence.terms)
            if rarity.get(term, 0) > 0
        }
        self._terms = frozenset(self.rarity)
        self._holding: dict[str, list[int]] = {}
        for number, sentence in enumerate(self.sentences):
            for term in sentence.terms & self._terms:
                self._holding.setdefault(term, []).append(number)

    def met(self, told: Sentence) -> frozenset[str]:
        """Return the terms of the question that ``told`` has."""
        return told.terms & self._terms

    def nearest(self, shared: Collection[str]) -> int:
        """Return the number of the sentence whose part of ``shared`` is the rarest; the first of equals."""
        sums: dict[int, float] = {}
        for term in sorted(shared):
            for number in self._holding[term]:
                sums[number] = sums.get(number, 0.0) + self.rarity[term]
        return max(sums, key=lambda number: (sums[number], -number))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A told sentence with the sentence of the question that it meets best."""

    asked: int
    told: Told
    shared: frozenset[str]
    factor: float

    def gain(self, asked: AskedSentences, covered: Collection[str]) -> float:
        """Return its score, words that an earlier pair brought counting less."""
        rarities = (asked.rarity[term] * (_REPEATED if term in covered else 1.0) for term in self.shared)
        return round(math.fsum(rarities) * self.factor, 9)


def align(
    asked: AskedSentences, told: Iterable[Told], *, path: str, documents: int
) -> tuple[AlignedPair, ...]:
    """Return the pairs that carry the match, best first; each brings words that those before it lack.

    ``documents`` is how many the view has. A pair on one common word is none.
    """
    candidates = [candidate for line in told if (candidate := _candidate(asked, line)) is not None]
    least = _LEAST_RARITY * math.log(1 + (documents - 0.5) / 1.5)
    return tuple(_pair(asked, chosen, path) for chosen in _chosen(asked, candidates, least))


def _candidate(asked: AskedSentences, told: Told) -> _Candidate | None:
    met = asked.met(told.sentence)
    if not met:
        return None
    number = asked.nearest(met)
    factor = (1 + max(told.similarity, 0.0)) / (1 + _DAMPING * len(told.sentence.terms))
    return _Candidate(number, told, met & asked.sentences[number].terms, factor)


def _chosen(asked: AskedSentences, candidates: Sequence[_Candidate], least: float) -> Iterator[_Candidate]:
    """Choose greedily. A gain only ever shrinks, so one that is still the largest when renewed is."""
    covered: set[str] = set()
    heap = [
        (-one.gain(asked, covered), one.told.sentence.line, one.told.sentence.start, number)
        for number, one in enumerate(candidates)
    ]
    heapq.heapify(heap)
    found = 0
    while heap and found < MOST_PAIRS:
        gain, *place, number = heapq.heappop(heap)
        one = candidates[number]
        renewed = -one.gain(asked, covered)
        if renewed != gain:
            heapq.heappush(heap, (renewed, place[0], place[1], number))
        elif _rarity(one.shared - covered, asked) >= least:
            found += 1
            covered |= one.shared
            yield one


def _rarity(terms: Iterable[str], asked: AskedSentences) -> float:
    return math.fsum(asked.rarity[term] for term in terms)


def _pair(asked: AskedSentences, one: _Candidate, path: str) -> AlignedPair:
    return AlignedPair(
        asked=quoted(asked.sentences[one.asked], asked.path, one.shared),
        told=quoted(one.told.sentence, path, one.shared),
        role=one.told.role,
        score=round(_rarity(one.shared, asked) * one.factor, 6),
    )


def quoted(sentence: Sentence, path: str | None, terms: Collection[str]) -> Quote:
    """Return ``sentence`` as it stands, the words marked that have one of ``terms``."""
    marks = tuple(
        Span(sentence.line, sentence.start + start, sentence.start + end)
        for start, end in occurrences(without_targets(sentence.text), terms)
    )
    return Quote(path, sentence.line, sentence.start, sentence.end, sentence.text, marks)
