"""The evidence of each hit of one answer: what is asked is read once, each document when it is shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from rca_search.insight.evidence.alignment import Asked, AskedSentences, Told, align
from rca_search.insight.evidence.differences import ToldSide, differences_from
from rca_search.insight.evidence.identifiers import Searchable, shared
from rca_search.insight.links.service_map import ServiceMap
from rca_search.insight.version_cache import Entry, VersionCache
from rca_search.lexical.tokens import tokenize
from rca_search.models import (
    AlignedPair,
    Document,
    Evidence,
    IdentifierKind,
    Reason,
    ReasonKind,
    Role,
    SharedIdentifier,
)
from rca_search.ranking.filters import fold
from rca_search.ranking.passages import PassageRanker
from rca_search.ranking.service_names import words_of
from rca_search.views import View

_IDENTIFIERS = 3
_WORDS = 3
_SHORTEST = 3
"""Characters of a word or a tag below which it may be an accident."""
_OF_EACH = 2
_UNTOLD = {Role.OTHER, Role.TITLE}


def reasons_for(
    document: Document,
    asked: Asked,
    pairs: Sequence[AlignedPair],
    identifiers: Sequence[SharedIdentifier],
    rarity: Mapping[str, float],
    service_map: ServiceMap | None,
) -> tuple[Reason, ...]:
    """Return what counts for ``document``: identifiers, else words, then services, tags and sections.

    ``identifiers`` come rarest first; a command says little of a failure and is no reason. ``rarity`` has
    the terms that are rare enough to be one. ``service_map`` is None where the question names no service.
    """
    services = list(_services(document, asked, service_map)) if service_map else []
    tags = [Reason(ReasonKind.TAG, tag) for tag in _tags(document, asked)[:_OF_EACH]]
    known = {fold(name) for name in (*asked.services, *document.services, *(tag.subject for tag in tags))}
    telling = [one for one in identifiers if one.kind is not IdentifierKind.COMMAND]
    named = [one for one in telling if fold(one.name) not in known][:_IDENTIFIERS]
    found = [Reason(ReasonKind.IDENTIFIER, one.name, one.kind.value) for one in named]
    if len(named) < _OF_EACH:
        words = [word for word in _words(pairs, named, rarity) if fold(word) not in known]
        found += [Reason(ReasonKind.WORDS, word) for word in words[:_WORDS]]
    roles = dict.fromkeys(pair.role for pair in pairs[:_OF_EACH] if pair.role not in _UNTOLD)
    return (*found, *services, *tags, *(Reason(ReasonKind.ROLE, role.value) for role in roles))


def _words(
    pairs: Sequence[AlignedPair], named: Sequence[SharedIdentifier], rarity: Mapping[str, float]
) -> list[str]:
    """Return the words of the question that the pairs have in common, rarest first, as it spells them."""
    said = {term for one in named for term in tokenize(one.name)}
    weighed: dict[str, float] = {}
    for pair in pairs:
        for mark in pair.asked.highlights:
            word = pair.asked.text[mark.start - pair.asked.start : mark.end - pair.asked.start]
            terms = [term for term in tokenize(word) if term not in said]
            rarest = max((rarity.get(term, 0.0) for term in terms), default=0.0)
            if rarest > 0 and len(word) >= _SHORTEST:
                weighed.setdefault(word, rarest)
            said.update(terms)
    return sorted(weighed, key=lambda word: -weighed[word])


def _services(document: Document, asked: Asked, service_map: ServiceMap) -> Iterator[Reason]:
    told = {service_map.key(service): service for service in document.services}
    shared = [told[key] for service in asked.services if (key := service_map.key(service)) in told]
    if shared:
        yield from (Reason(ReasonKind.SERVICE, service) for service in shared[:_OF_EACH])
        return
    linked = [
        Reason(ReasonKind.NEIGHBOUR, other, service)
        for service in asked.services
        for key, other in told.items()
        if key in service_map.next_to(service)
    ]
    yield from linked[:1]


def _tags(document: Document, asked: Asked) -> list[str]:
    if asked.path is not None:
        own = {fold(tag) for tag in asked.tags}
        return [tag for tag in document.tags if fold(tag) in own]
    words = words_of(asked.searchable.text)
    return [tag for tag in document.tags if len(tag) >= _SHORTEST and words_of(tag) in words]


PASSAGES = 4
"""Passages of a document, the best ones, whose lines are compared with the question's."""

_TELLING_RARITY = 0.4
"""Share of the rarity of a word that one document alone has, from which a word or a name is a reason."""

_SERVICE_NAME = 0.25
"""What the words of a service count for in a line: that it is the same service is a reason of its own."""


class EvidenceFinder:
    """Finds what ties the documents of one answer to the question, over one view."""

    def __init__(self, library: VersionCache, view: View, passages: PassageRanker, asked: Asked) -> None:
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
