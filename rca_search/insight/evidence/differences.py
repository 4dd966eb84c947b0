"""What is different this time: what one side names and the other does not.

Told only where both sides speak of the same kind of thing, since a question that names no region says nothing
about regions. Lines whose words the other side lacks altogether are the exception: they are what is new.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rca_search.insight.evidence.alignment import (
    Asked,
    Finder,
    Places,
    environments_in,
    regions_in,
    telling_lines,
)
from rca_search.insight.evidence.identifiers import Searchable, codes_in
from rca_search.insight.sentences import Sentence
from rca_search.insight.version_cache import Entry
from rca_search.lexical.identifier_kinds import identifier_kind
from rca_search.lexical.shapes import LONGEST_WHOLE
from rca_search.models import (
    Difference,
    DifferenceKind,
    IdentifierKind,
    Role,
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
_SHORT_QUESTION = 12
"""Sentences up to which each line of a question is taken for a symptom."""
_LONG_QUESTION = 40
"""Terms from which on a question is a report that can be said to leave a symptom out."""

_KINDS = {IdentifierKind.ERROR: DifferenceKind.ERROR, IdentifierKind.ALERT: DifferenceKind.ALERT}
_MAY_BE_ERROR = re.compile(r"\b(?:\w*[a-z0-9][A-Z]\w*|E[A-Z]{3,}|[A-Z]{2,8}-\d{3,6})\b")


@dataclass(frozen=True)
class ToldSide:
    """A document as the other side of a question; what is costly is worked out where it is needed.

    ``held`` are the question's terms that the document has, ``shared`` the identifiers that both have.
    """

    entry: Entry
    held: Collection[str]
    shared: Sequence[SharedIdentifier]

    @cached_property
    def text(self) -> Searchable:
        """The lines that tell what happened, the others empty."""
        return Searchable("\n".join(telling_lines(self.entry)))

    @cached_property
    def words(self) -> str:
        """The words of the whole file as ``words_of`` gives them."""
        return words_of(self.entry.document.text)

    def symptoms(self) -> Iterator[Sentence]:
        """Yield the sentences of its symptoms."""
        for row, chunk in self.entry.chunks.items():
            if chunk.role is Role.SYMPTOM:
                yield from self.entry.sentences(row)


def differences_from(asked: Asked, told: ToldSide) -> tuple[Difference, ...]:
    """Return what differs, by kind; of each kind what the question names comes first."""
    return (
        *_services(asked, told),
        *_apart(DifferenceKind.PLACE, asked.regions, told, regions_in),
        *_apart(DifferenceKind.ENVIRONMENT, asked.environments, told, environments_in),
        *_identifiers(asked, told),
        *_symptoms(asked, told),
    )


def _services(asked: Asked, told: ToldSide) -> Iterator[Difference]:
    """Yield the services of both sides where they have none in common."""
    services = told.entry.document.services
    own = {fold(service) for service in asked.services}
    if not own or not services or own & {fold(service) for service in services}:
        return
    for service in asked.services[:MOST]:
        if words_of(service) not in told.words:
            spans = asked.searchable.places(service, most=1)
            yield Difference(DifferenceKind.SERVICE, Side.ASKED, service, spans[0] if spans else None)
    for service in services[:MOST]:
        yield Difference(DifferenceKind.SERVICE, Side.TOLD, service)


def _apart(kind: DifferenceKind, here: Places, told: ToldSide, find: Finder) -> Iterator[Difference]:
    """Yield the names of both sides where both have some and none in common."""
    there = find(told.text) if here else {}
    if there and not here.keys() & there.keys():
        for side, names in ((Side.ASKED, here), (Side.TOLD, there)):
            for spelled, span in islice(names.values(), MOST):
                yield Difference(kind, side, spelled, span)


def _identifiers(asked: Asked, told: ToldSide) -> Iterator[Difference]:
    """Yield errors, and alerts, of one side where both sides name some of that kind."""
    here = {named.name.lower(): (named.kind, named.name, named.spans[0]) for named in asked.named}
    kinds = {kind for kind, *_ in here.values() if kind in _KINDS}
    if not kinds:
        return
    there = {name: one for name, one in _failures_in(told.text).items() if one[0] in kinds}
    common = {one.name.lower(): one.kind for one in told.shared}
    comparable = {kind for kind, *_ in there.values()} | set(common.values())
    endings = {_class(name) for name in here}
    yield from _one_sided(
        Side.ASKED,
        (
            one
            for name, one in here.items()
            if one[0] in kinds & comparable and name not in common and _class(name) not in common
        ),
    )
    yield from _one_sided(Side.TOLD, (one for name, one in there.items() if name not in endings))


def _class(name: str) -> str:
    """Return the class that a dotted name ends in, any other name as it is."""
    return name.rpartition(".")[2]


_Failure = tuple[IdentifierKind, str, Span]


def _failures_in(text: Searchable) -> dict[str, _Failure]:
    found: dict[str, _Failure] = {}
    for match in _MAY_BE_ERROR.finditer(text.text):
        if len(match[0]) > LONGEST_WHOLE:
            continue
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
    """Yield lines none of whose words the other side has; of a long report there are always some."""
    if len(asked.sentences) <= _SHORT_QUESTION:
        new = (one for one in asked.sentences if _is_told_nowhere(one, told.held))
        yield from (_symptom(Side.ASKED, one) for one in islice(new, MOST))
    if len(asked.terms) >= _LONG_QUESTION:
        missed = (one for one in told.symptoms() if _is_told_nowhere(one, asked.terms))
        yield from (_symptom(Side.TOLD, one) for one in islice(missed, MOST))


def _is_told_nowhere(sentence: Sentence, terms: Collection[str]) -> bool:
    words = [term for term in sentence.terms if term.isalpha()]
    return len(words) >= _LEAST_WORDS and not any(term in terms for term in sentence.terms)


def _symptom(side: Side, sentence: Sentence) -> Difference:
    span = Span(sentence.line, sentence.start, sentence.end)
    return Difference(DifferenceKind.SYMPTOM, side, sentence.text, span)
