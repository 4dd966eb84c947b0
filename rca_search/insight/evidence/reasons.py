"""Why a document came back, as typed facts; the words for them are found at the edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rca_search.insight.evidence.asked import Asked
from rca_search.insight.links.service_map import ServiceMap
from rca_search.lexical.tokens import tokenize
from rca_search.models import (
    AlignedPair,
    Document,
    IdentifierKind,
    Reason,
    ReasonKind,
    Role,
    SharedIdentifier,
)
from rca_search.ranking.filters import fold
from rca_search.ranking.service_names import words_of

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
    """Return what speaks for ``document``: identifiers, else words, then services, tags and sections.

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
