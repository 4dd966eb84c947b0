"""Which line of a question met which line of a past document.

Lines are compared by the words they share: the rarity of each in the view, added up and damped by the
length of the told line, then raised by the cosine of the line's passage to the question, which every answer
has measured anyway. Encoding each line, measured beside this, aligned no better (docs/evidence.md).
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rca_search.insight.evidence.identifiers import Named, Searchable, named_in
from rca_search.insight.sentences import Sentence, sentences, without_targets
from rca_search.insight.version_cache import Entry
from rca_search.lexical.occurrences import occurrences
from rca_search.models import AlignedPair, Quote, Role, Span
from rca_search.text.lines import line_kinds

_SIDE = "(?:north|south|east|west|central)"
_REGION = re.compile(
    rf"(?<![\w.-])(?:(?:us|eu|ap|ca|sa|me|af|il|mx|cn)(?:-gov)?-{_SIDE}(?:east|west)?-\d[a-z]?"
    rf"|(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-{_SIDE}(?:east|west)?\d{{1,2}}(?:-[a-f])?"
    rf"|(?:{_SIDE}{{1,2}}us[23]?|{_SIDE}europe|uk(?:south|west)|{_SIDE}(?:east)?asia|australia{_SIDE}"
    rf"|japan(?:east|west)|brazilsouth|canada(?:central|east)))(?![\w-])",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"(?<![\w./-])(pre-?prod(?:uction)?|prod(?:uction)?|staging|uat|sandbox)(?![\w/-]|\.\w)", re.IGNORECASE
)


Places = Mapping[str, tuple[str, Span]]
"""Places by a name that is the same for all spellings: as they are spelled first, and where."""
Finder = Callable[[Searchable], Places]


def regions_in(text: Searchable) -> Places:
    """Return the regions and zones that ``text`` names, by their names in lower case."""
    return _first(_REGION, text, str.lower)


def environments_in(text: Searchable) -> Places:
    """Return the environments that ``text`` names; ``prod`` is ``production``."""
    return _first(_ENVIRONMENT, text, _environment)


def _first(pattern: re.Pattern[str], text: Searchable, name: Callable[[str], str]) -> Places:
    found: dict[str, tuple[str, Span]] = {}
    for match in pattern.finditer(text.text):
        found.setdefault(name(match[0]), (match[0], text.span(*match.span())))
    return found


def _environment(word: str) -> str:
    """Return one spelling for all of an environment."""
    plain = word.lower().replace("-", "")
    if plain.startswith("preprod"):
        return "pre-production"
    return "production" if plain.startswith("prod") else plain


UNSAID = frozenset({Role.RELATED, Role.ACTIONS, Role.LESSONS})
"""Sections of a past incident that say nothing of what was seen or done in it."""


@dataclass(frozen=True)
class Asked:
    """What was asked: a text (``path`` is None) or the telling lines of a document, the others left empty.

    So line n of ``lines`` is line n of the text or of the file. ``services`` are those that the question
    is about, ``tags`` those of the document.
    """

    path: str | None
    lines: Sequence[str]
    line_kinds: str
    services: Sequence[str] = ()
    tags: Sequence[str] = ()

    @classmethod
    def of_text(cls, text: str, services: Sequence[str]) -> Asked:
        """Take a question in words and the services that it names."""
        lines = text.split("\n")
        return cls(None, lines, line_kinds(lines), services)

    @classmethod
    def of_document(cls, entry: Entry) -> Asked:
        """Take a document with the sections that it is asked with."""
        document = entry.document
        lines = telling_lines(entry)
        return cls(document.path, lines, document.line_kinds, document.services, document.tags)

    @cached_property
    def searchable(self) -> Searchable:
        """The text, to be searched."""
        return Searchable("\n".join(self.lines))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of all lines."""
        return sentences(self.lines, range(1, len(self.lines) + 1), self.line_kinds)

    @cached_property
    def named(self) -> list[Named]:
        """The identifiers that it names."""
        return named_in(self.searchable)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms of all sentences."""
        return frozenset().union(*(sentence.terms for sentence in self.sentences))

    @cached_property
    def regions(self) -> Places:
        """The regions and zones that it names."""
        return regions_in(self.searchable)

    @cached_property
    def environments(self) -> Places:
        """The environments that it names."""
        return environments_in(self.searchable)


def telling_lines(entry: Entry) -> list[str]:
    """Return the lines of a document with those empty that do not tell what happened in it."""
    chunks = [chunk for chunk in entry.chunks.values() if chunk.role not in UNSAID]
    kept = {
        number
        for chunk in chunks or entry.chunks.values()
        for number in range(chunk.first_line, chunk.last_line + 1)
    }
    return [line if number in kept else "" for number, line in enumerate(entry.lines, start=1)]


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
