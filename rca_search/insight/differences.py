"""What is different this time: what one side names and the other does not.

Told only where both sides speak of the same kind of thing, since a question that names no region says nothing
about regions. Lines whose words the other side lacks altogether are the exception: they are what is new.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rca_search.insight.asked import Asked
from rca_search.insight.identifiers import Searchable, codes_in
from rca_search.insight.places import environments_in, regions_in
from rca_search.insight.sentences import Sentence
from rca_search.lexical.identifier_kinds import identifier_kind
from rca_search.models import (
    Difference,
    DifferenceKind,
    Document,
    IdentifierKind,
    SharedIdentifier,
    Side,
    Span,
)
from rca_search.ranking.filters import fold
from rca_search.ranking.service_names import words_of

MOST = 3
"""Differences of one kind on one side that are given."""

_LEAST_WORDS = 3
"""Words without which a line is too short to be called a symptom of its own."""
_LONG_QUESTION = 40
"""Terms from which on a question is a report that can be said to leave a symptom out."""

_KINDS = {IdentifierKind.ERROR: DifferenceKind.ERROR, IdentifierKind.ALERT: DifferenceKind.ALERT}
_MAY_BE_ERROR = re.compile(r"\b(?:\w*[a-z0-9][A-Z]\w*|E[A-Z]{3,}|[A-Z]{2,8}-\d{3,6})\b")


@dataclass(frozen=True, slots=True)
class ToldSide:
    """What is known of a document besides its fields.

    ``text`` holds the lines that tell what happened (the others empty), ``words`` those of the whole file
    as ``words_of`` gives them, ``held`` the question's terms that the document has, ``symptoms`` the
    sentences of its symptoms, ``shared`` the identifiers that both have.
    """

    text: Searchable
    words: str
    held: Collection[str]
    symptoms: Sequence[Sentence]
    shared: Sequence[SharedIdentifier]


def differences_from(document: Document, asked: Asked, told: ToldSide) -> tuple[Difference, ...]:
    """Return what differs, by kind; of each kind what the question names comes first."""
    here, there = asked.searchable, told.text
    return (
        *_services(document, asked, told),
        *_apart(DifferenceKind.PLACE, regions_in(here), regions_in(there)),
        *_apart(DifferenceKind.ENVIRONMENT, environments_in(here), environments_in(there)),
        *_identifiers(asked, told),
        *_symptoms(asked, told),
    )


def _services(document: Document, asked: Asked, told: ToldSide) -> Iterator[Difference]:
    """Yield the services of both sides where they have none in common."""
    own = {fold(service) for service in asked.services}
    if not own or not document.services or own & {fold(service) for service in document.services}:
        return
    for service in asked.services[:MOST]:
        if words_of(service) not in told.words:
            spans = asked.searchable.places(service, most=1)
            yield Difference(DifferenceKind.SERVICE, Side.ASKED, service, spans[0] if spans else None)
    for service in document.services[:MOST]:
        yield Difference(DifferenceKind.SERVICE, Side.TOLD, service)


def _apart(
    kind: DifferenceKind, asked: Mapping[str, tuple[str, Span]], told: Mapping[str, tuple[str, Span]]
) -> Iterator[Difference]:
    """Yield the names of both sides where both have some and none in common."""
    if asked and told and not asked.keys() & told.keys():
        for side, names in ((Side.ASKED, asked), (Side.TOLD, told)):
            for spelled, span in islice(names.values(), MOST):
                yield Difference(kind, side, spelled, span)


def _identifiers(asked: Asked, told: ToldSide) -> Iterator[Difference]:
    """Yield errors and alerts of one side where both sides name some."""
    here = {named.name.lower(): (named.kind, named.name, named.spans[0]) for named in asked.named}
    failures = {name: one for name, one in here.items() if one[0] in _KINDS}
    if not failures:
        return
    there = _failures_in(told.text)
    common = {one.name.lower() for one in told.shared}
    if there or any(name in common for name in failures):
        yield from _one_sided(Side.ASKED, (one for name, one in failures.items() if name not in common))
        yield from _one_sided(Side.TOLD, (one for name, one in there.items() if name not in here))


_Failure = tuple[IdentifierKind, str, Span]


def _failures_in(text: Searchable) -> dict[str, _Failure]:
    found: dict[str, _Failure] = {}
    for match in _MAY_BE_ERROR.finditer(text.text):
        span = text.span(*match.span())
        kind = identifier_kind(match[0], (text.line(span.line),))
        if kind in _KINDS:
            found.setdefault(match[0].lower(), (kind, match[0], span))
    for number, spans in codes_in(text).items():
        found[number] = (IdentifierKind.ERROR, number, spans[0])
    return found


def _one_sided(side: Side, failures: Iterable[_Failure]) -> Iterator[Difference]:
    for kind, name, span in islice(failures, MOST):
        yield Difference(_KINDS[kind], side, name, span)


def _symptoms(asked: Asked, told: ToldSide) -> Iterator[Difference]:
    """Yield lines none of whose words the other side has."""
    new = (one for one in asked.sentences if _is_told_nowhere(one, told.held))
    yield from (_symptom(Side.ASKED, one) for one in islice(new, MOST))
    terms = {term for sentence in asked.sentences for term in sentence.terms}
    if len(terms) >= _LONG_QUESTION:
        missed = (one for one in told.symptoms if _is_told_nowhere(one, terms))
        yield from (_symptom(Side.TOLD, one) for one in islice(missed, MOST))


def _is_told_nowhere(sentence: Sentence, terms: Collection[str]) -> bool:
    words = [term for term in sentence.terms if term.isalpha()]
    return len(words) >= _LEAST_WORDS and not any(term in terms for term in sentence.terms)


def _symptom(side: Side, sentence: Sentence) -> Difference:
    span = Span(sentence.line, sentence.start, sentence.end)
    return Difference(DifferenceKind.SYMPTOM, side, sentence.text, span)
