"""The words of a question that a document says, or lacks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from rca_search.insight.library import Library
from rca_search.lexical.tokens import tokenize
from rca_search.ranking.filters import fold
from rca_search.ranking.retrieval import Retrieval

_TELLING = 0.4
"""Share of the rarity of a word that one document alone has, from which on a word tells something."""

_SEPARATORS = re.compile(r"[\W_]+")


class QuestionWords:
    """The words of one question that some visible document says, rarest first, as it spells them."""

    def __init__(self, library: Library, retrieval: Retrieval) -> None:
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
