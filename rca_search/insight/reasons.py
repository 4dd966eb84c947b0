"""Why a document came back, as typed facts; the words for them are found at the edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rca_search.insight.asked import Asked
from rca_search.insight.neighbours import Neighbours
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
_OF_EACH = 2
_UNTOLD = {Role.OTHER, Role.TITLE}


def reasons_for(
    document: Document,
    asked: Asked,
    pairs: Sequence[AlignedPair],
    identifiers: Sequence[SharedIdentifier],
    rarity: Mapping[str, float],
    neighbours: Neighbours,
) -> tuple[Reason, ...]:
    """Return what speaks for ``document``: identifiers, else words, then services, tags and sections.

    ``identifiers`` come rarest first; a command says little of a failure and is no reason.
    """
    named = [one for one in identifiers if one.kind is not IdentifierKind.COMMAND][:_IDENTIFIERS]
    found = [Reason(ReasonKind.IDENTIFIER, one.name, one.kind.value) for one in named]
    if len(named) < _OF_EACH:
        found += [Reason(ReasonKind.WORDS, word) for word in _words(pairs, named, rarity)[:_WORDS]]
    found += list(_services(document, asked, neighbours))
    found += [Reason(ReasonKind.TAG, tag) for tag in _tags(document, asked)[:_OF_EACH]]
    roles = dict.fromkeys(pair.role for pair in pairs[:_OF_EACH] if pair.role not in _UNTOLD)
    found += [Reason(ReasonKind.ROLE, role.value) for role in roles]
    return tuple(found)


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
            if terms:
                weighed.setdefault(word, max(rarity.get(term, 0.0) for term in terms))
                said.update(terms)
    return sorted(weighed, key=lambda word: -weighed[word])


def _services(document: Document, asked: Asked, neighbours: Neighbours) -> Iterator[Reason]:
    told = {fold(service): service for service in document.services}
    shared = [told[fold(service)] for service in asked.services if fold(service) in told]
    if shared:
        yield from (Reason(ReasonKind.SERVICE, service) for service in shared[:_OF_EACH])
        return
    linked = [
        Reason(ReasonKind.NEIGHBOUR, other, service)
        for service in asked.services
        for folded, other in told.items()
        if folded in neighbours.get(fold(service), ())
    ]
    yield from linked[:1]


def _tags(document: Document, asked: Asked) -> list[str]:
    if asked.path is not None:
        own = {fold(tag) for tag in asked.tags}
        return [tag for tag in document.tags if fold(tag) in own]
    words = words_of(asked.searchable.text)
    return [tag for tag in document.tags if len(tag) > 1 and words_of(tag) in words]
