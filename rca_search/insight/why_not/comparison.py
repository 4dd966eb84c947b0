"""What counts for and against a document beside the first hit, ground by ground."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rca_search.insight.answer import Answering
from rca_search.insight.rankings import Supposed
from rca_search.insight.version_cache import VersionCache
from rca_search.lexical.tokens import tokenize
from rca_search.models import Contribution, FeatureShare, Ground, Kind, Likelihood, Query, Shift, Verdict
from rca_search.protocols import Reranker, Scores
from rca_search.ranking import grounds
from rca_search.ranking.calibration import KindCalibration
from rca_search.ranking.features import MONOTONE_CONSTRAINTS
from rca_search.ranking.filters import fold
from rca_search.ranking.fusion import Floats
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Ranked, Retrieval
from rca_search.views import View


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """How a document stands in one answer: its place from 1 if it has one, its features, how likely it is."""

    place: int | None
    row: Floats
    by_text: Likelihood
    likelihood: Likelihood
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about the document at ``ordinal``, which is of ``kind`` and exists in ``view``."""

    library: VersionCache
    question: Question
    view: View
    query: Query
    reranker: Reranker | None
    kind: Kind
    ordinal: int

    def ask(
        self, query: Query | None = None, supposed: Supposed | None = None, *, reranked: bool = True
    ) -> Answering:
        """Ask it, or ask it otherwise."""
        return Answering(
            self.library,
            self.question,
            self.view,
            query or self.query,
            reranker=self.reranker if reranked else None,
            supposed=supposed,
        )

    def stand(self, answering: Answering, ordinal: int | None = None) -> Stand:
        """Return how the document, or the one at ``ordinal``, stands in an answer that scored it."""
        ordinal = self.ordinal if ordinal is None else ordinal
        row = answering.judge.features_of(self.kind, [ordinal], answering.reference(self.kind))[0]
        return self.judged(answering, place_of(answering, self.kind, ordinal), row)

    def judged(self, answering: Answering, place: int | None, row: Floats) -> Stand:
        """Return what ``row`` would make of the document at ``place``."""
        by_text = answering.judge.likelihood(self.kind, row)
        likelihood = by_text
        if self.kind is Kind.RUNBOOK and place is not None:
            likelihood = answering.raised(place - 1, by_text)
        return Stand(place, row, by_text, likelihood, answering.judge.verdict(self.kind, likelihood))


def place_of(answering: Answering, kind: Kind, ordinal: int) -> int | None:
    """Return the place, from 1, of the document at ``ordinal`` among the hits, None where it is none."""
    found = np.flatnonzero(answering.ranked(kind).documents == ordinal)
    return int(found[0]) + 1 if len(found) else None


_TELLING = 0.4
"""Share of the rarity of a word that one document alone has, from which on a word tells something."""

_SEPARATORS = re.compile(r"[\W_]+")


class QuestionWords:
    """The words of one question that some visible document says, rarest first, as it spells them."""

    def __init__(self, library: VersionCache, retrieval: Retrieval) -> None:
        """Take the documents and what they were scored with."""
        self._library = library
        self._retrieval = retrieval

    def said_by(self, ordinal: int) -> tuple[str, ...]:
        """Return those that a document says anywhere."""
        held = self._held(ordinal)
        return tuple(word for word, terms in self._terms.items() if held.intersection(terms))

    def lacked_by(self, ordinal: int) -> tuple[str, ...]:
        """Return those that a document says nowhere, a name without its parts."""
        said = frozenset(self.said_by(ordinal))
        return wholes(word for word in self._terms if word not in said)

    def terms_lacked(self, words: Iterable[str], ordinal: int) -> tuple[str, ...]:
        """Return the terms that a document would gain by saying ``words``, the parts of names among them."""
        asked, held = self._retrieval.question.terms, self._held(ordinal)
        said = dict.fromkeys(
            term for word in words for term in (*self._terms[word], *tokenize(word)) if term in asked
        )
        return tuple(term for term in said if term not in held)

    def telling(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``words`` that are rare enough to tell one failure from another."""
        least = _TELLING * math.log(1 + (len(self._retrieval.view) - 0.5) / 1.5)
        return tuple(word for word in words if max(map(self._rarity, self._terms[word])) >= least)

    def in_title_of(self, ordinal: int) -> tuple[str, ...]:
        """Return those that the title of a document says."""
        held = frozenset(tokenize(self._library.snapshot.catalogue.titles[ordinal]))
        return tuple(word for word, said in self._terms.items() if held.intersection(said))

    def services_of(self, ordinal: int) -> tuple[str, ...]:
        """Return the services of a document that the question names."""
        names = self._library.services(self._retrieval.view).names.said_in(self._retrieval.question.words)
        said = {fold(name) for name in names}
        return tuple(
            name for name in self._library.snapshot.catalogue.services[ordinal] if fold(name) in said
        )

    def passage_of(self, ordinal: int) -> int:
        """Return the passage of a document that has most of the question's words already."""
        rows = sorted(self._library.read(ordinal).telling)
        return rows[int(np.argmax(self._retrieval.chunk_words[rows]))]

    def _rarity(self, term: str) -> float:
        lexical, view = self._retrieval.engines.lexical, self._retrieval.view
        return lexical.inverse_document_frequency(term, view=view)

    def _held(self, ordinal: int) -> frozenset[str]:
        """Return the terms of the question that a document says."""
        terms = list(self._retrieval.question.terms)
        rows = np.asarray(self._library.snapshot.chunks_of(ordinal), dtype=np.int32)
        present = self._retrieval.engines.lexical.present(terms, rows)
        return frozenset(term for term, here in zip(terms, present, strict=True) if here.any())

    def _spelled(self, term: str) -> str:
        """Return a term as the question spells it; of a part of a name, the stem, the part itself."""
        surface = self._retrieval.question.surfaces.get(term, term)
        return self._pieces.get(term, term) if surface == term else surface

    @cached_property
    def _pieces(self) -> Mapping[str, str]:
        """Parts of names by the term that each is looked for by."""
        found: dict[str, str] = {}
        for piece in _SEPARATORS.split(self._retrieval.question.words):
            for term in tokenize(piece)[:1]:
                found.setdefault(term, piece)
        return found

    @cached_property
    def _terms(self) -> Mapping[str, tuple[str, ...]]:
        """The terms that each word is looked for by; a part of a name is a word that follows the name."""
        rarity = {term: self._rarity(term) for term in self._retrieval.question.terms}
        known = [term for term, found in rarity.items() if found > 0]
        words: dict[str, tuple[str, ...]] = {}
        # Of equally rare terms the longer comes first: a whole name before its parts.
        for term in sorted(known, key=lambda each: (-rarity[each], -len(each), each)):
            word = self._spelled(term)
            words[word] = (*words.get(word, ()), term)
        return words


def wholes(words: Iterable[str]) -> tuple[str, ...]:
    """Return ``words`` without those of which all is said by one before them."""
    found: list[str] = []
    said: set[str] = set()
    for word in words:
        terms = tokenize(word)
        if not said.issuperset(terms):
            found.append(word)
            said.update(terms)
    return tuple(found)


class RememberedReranker:
    """Scores each pair of question and passage once; for one explanation in one thread."""

    def __init__(self, reranker: Reranker) -> None:
        """Take who looks, at whatever has not been looked at."""
        self._reranker = reranker
        self._scores: dict[tuple[str, str], float] = {}

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._reranker.name

    def load(self) -> None:
        """Load the model."""
        self._reranker.load()

    def score(self, pairs: Sequence[tuple[str, str]], /) -> Scores:
        """Return one score per pair."""
        unseen = [pair for pair in dict.fromkeys(pairs) if pair not in self._scores]
        if unseen:
            self._scores.update(zip(unseen, self._reranker.score(unseen).tolist(), strict=True))
        return np.asarray([self._scores[pair] for pair in pairs], dtype=np.float32)


Named = Mapping[Ground, tuple[tuple[str, ...], tuple[str, ...]]]
"""What can be named of a ground: what only the document has, and what only the first hit has."""


def contributions(
    models: KindCalibration, own: Floats, first: Floats | None, named: Named
) -> tuple[Contribution, ...]:
    """Return what each ground adds to the log odds of the document, and of the first hit if there is one."""
    features = list(_features(models, own, first))
    base = grounds.base_log_odds(models)
    return tuple(_contribution(ground, features, base, named) for ground in Ground)


def named_differences(words: QuestionWords, own: int, first: int) -> Named:
    """Return what of the question, by ground, only one of two documents has."""
    return {
        Ground.WORDS: _apart(words.telling(words.said_by(own)), words.telling(words.said_by(first))),
        Ground.TITLE: _apart(words.in_title_of(own), words.in_title_of(first)),
        Ground.SERVICE: _apart(words.services_of(own), words.services_of(first)),
    }


def shifts(ranked: Ranked, place: int) -> tuple[Shift, ...]:
    """Return what besides the text moved the hit at ``place``, from 1, or the first hit."""
    moved = ((name, float(added[place - 1]), float(added[0])) for name, added in ranked.additions.items())
    return tuple(Shift(name, round(own, 6), round(first, 6)) for name, own, first in moved if own or first)


def _features(models: KindCalibration, own: Floats, first: Floats | None) -> Iterator[FeatureShare]:
    worth = grounds.log_odds(models, own).tolist()
    beside = [None] * len(own) if first is None else grounds.log_odds(models, first).tolist()
    values = [None] * len(own) if first is None else first.tolist()
    for name, value, other, log_odds, first_log_odds in zip(
        MONOTONE_CONSTRAINTS, own.tolist(), values, worth, beside, strict=True
    ):
        yield FeatureShare(
            name, round(value, 6), _rounded(other), round(log_odds, 6), _rounded(first_log_odds)
        )


def _contribution(
    ground: Ground, features: Sequence[FeatureShare], base: float, named: Named
) -> Contribution:
    parts = tuple(each for each in features if grounds.GROUNDS[each.name] is ground)
    # What every document starts from belongs to what the question alone says.
    start = base if ground is Ground.QUESTION else 0.0
    beside = [each.first_log_odds for each in parts if each.first_log_odds is not None]
    only_it, only_first = named.get(ground, ((), ()))
    return Contribution(
        ground=ground,
        log_odds=round(start + sum(each.log_odds for each in parts), 6),
        first_log_odds=round(start + sum(beside), 6) if len(beside) == len(parts) else None,
        only_it=only_it,
        only_first=only_first,
        features=parts,
    )


def _apart(one: Sequence[str], other: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what only the one has, and what only the other has."""
    return wholes(each for each in one if each not in other), wholes(
        each for each in other if each not in one
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
