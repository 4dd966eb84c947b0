"""The evidence of each hit of one answer: what is asked is read once, each document when it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

from rca_search.insight.evidence.alignment import AskedSentences, Told, align
from rca_search.insight.evidence.asked import Asked
from rca_search.insight.evidence.differences import ToldSide, differences_from
from rca_search.insight.evidence.identifiers import Searchable, shared
from rca_search.insight.evidence.reasons import reasons_for
from rca_search.insight.library import Entry, Library
from rca_search.insight.links.service_map import ServiceMap
from rca_search.lexical.tokens import tokenize
from rca_search.models import AlignedPair, Evidence, SharedIdentifier
from rca_search.ranking.passages import PassageRanker
from rca_search.views import View

PASSAGES = 4
"""Passages of a document, the best ones, whose lines are compared with the question's."""

_TELLING_RARITY = 0.4
"""Share of the rarity of a word that one document alone has, from which a word or a name is a reason."""

_SERVICE_NAME = 0.25
"""What the words of a service count for in a line: that it is the same service is a reason of its own."""


class EvidenceFinder:
    """Finds what ties the documents of one answer to the question, over one view."""

    def __init__(self, library: Library, view: View, passages: PassageRanker, asked: Asked) -> None:
        """Take the view, the measured passages of the answer and what was asked."""
        self._library = library
        self._view = view
        self._passages = passages
        self._asked = asked

    def of_incident(self, entry: Entry) -> Evidence:
        """Return the evidence of a past incident."""
        pairs, identifiers = self._pairs(entry), self._identifiers(entry)
        held = frozenset(self._passages.terms_in(entry.chunks))
        telling = [one for one in identifiers if one.name.lower() in self._telling]
        return Evidence(
            pairs=pairs,
            identifiers=identifiers,
            reasons=reasons_for(entry.document, self._asked, pairs, telling, self._telling, self._services),
            differences=differences_from(self._asked, ToldSide(entry, held, identifiers)),
        )

    def of_runbook(self, entry: Entry) -> Evidence:
        """Return the lines and identifiers that tie a runbook to the question; its reasons stand beside."""
        return Evidence(pairs=self._pairs(entry), identifiers=self._identifiers(entry))

    def _pairs(self, entry: Entry) -> tuple[AlignedPair, ...]:
        path, seen, told = entry.document.path, set[tuple[int, int]](), list[Told]()
        for found in self._passages.best(entry.telling)[:PASSAGES]:
            role = entry.chunks[found.chunk].role
            for sentence in self._library.sentences(entry, found.chunk):
                place = (sentence.line, sentence.start)
                if place not in seen:
                    seen.add(place)
                    told.append(Told(sentence, role, found.similarity))
        return align(self._sentences, told, path=path, documents=len(self._view))

    def _identifiers(self, entry: Entry) -> tuple[SharedIdentifier, ...]:
        """Return what both name, rarest first, equally rare ones in the question's order."""
        found = shared(self._asked.named, Searchable(entry.document.text))
        return tuple(sorted(found, key=lambda one: -self._rarity.get(one.name.lower(), 0.0)))

    @cached_property
    def _telling(self) -> dict[str, float]:
        """The terms of the question that are rare enough to be a reason."""
        least = _TELLING_RARITY * math.log(1 + (len(self._view) - 0.5) / 1.5)
        return {term: rarity for term, rarity in self._rarity.items() if rarity >= least}

    @property
    def _rarity(self) -> Mapping[str, float]:
        return self._passages.rarity

    @cached_property
    def _sentences(self) -> AskedSentences:
        said = {term for service in self._asked.services for term in tokenize(service)}
        rarity = {
            term: found * _SERVICE_NAME if term in said else found for term, found in self._rarity.items()
        }
        return AskedSentences(self._asked.path, self._asked.sentences, rarity)

    @property
    def _services(self) -> ServiceMap | None:
        return self._library.service_map(self._view) if self._asked.services else None
