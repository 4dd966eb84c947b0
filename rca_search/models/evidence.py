"""Why a document came back: which lines met, what both name, and what is on one side only.

Everything here points at text that exists. Line numbers are 1-based; characters are counted from 0 within
their line, the end exclusive, as Python slices a string of Unicode code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rca_search.models.documents import Role


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of one line."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, table cell or line of code, verbatim: characters ``start`` to ``end`` of ``line``.

    ``path`` is the file below its source folder, or None for the text of a question, whose lines count
    from its first. ``highlights`` are the words in it that the other side has too.
    """

    path: str | None
    line: int
    start: int
    end: int
    text: str
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """A line of the question beside the line of the document that says the same.

    ``score`` is the rarity of the words that both have, damped by the length of the told line and raised by
    the cosine of its passage to the question; it orders the pairs of one answer and is no probability.
    ``role`` is that of the section where the told line stands.
    """

    asked: Quote
    told: Quote
    role: Role
    score: float


class IdentifierKind(StrEnum):
    """What a name that machines give stands for; ``NAME`` where its form does not tell."""

    ERROR = "error"
    ALERT = "alert"
    METRIC = "metric"
    HOST = "host"
    VERSION = "version"
    COMMAND = "command"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class SharedIdentifier:
    """A name that the question and the document both contain, as the question spells it, and where.

    Upper and lower case are the same. The lists hold the first places of each side.
    """

    name: str
    kind: IdentifierKind
    asked: tuple[Span, ...]
    told: tuple[Span, ...]


class ReasonKind(StrEnum):
    """What counts for a document."""

    IDENTIFIER = "identifier"
    WORDS = "words"
    SERVICE = "service"
    NEIGHBOUR = "neighbour"
    TAG = "tag"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that counts for a document.

    ``subject`` is the identifier, the word, the service, the neighbouring service, the tag or the role of
    the section that matched; ``detail`` is the kind of an identifier, or the service of the question that
    a neighbour is linked with, and empty otherwise.
    """

    kind: ReasonKind
    subject: str
    detail: str = ""


class DifferenceKind(StrEnum):
    """What differs between the question and a document."""

    SERVICE = "service"
    PLACE = "place"
    ENVIRONMENT = "environment"
    ERROR = "error"
    ALERT = "alert"
    SYMPTOM = "symptom"


class Side(StrEnum):
    """Who says something: the question (``ASKED``) or the document (``TOLD``)."""

    ASKED = "asked"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that one side names and the other does not, as that side spells it, and where.

    ``span`` is None where it comes from a field of the document (its services) rather than from a line.
    """

    kind: DifferenceKind
    side: Side
    subject: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ties a document to the question and what sets it apart, the strongest of each first."""

    pairs: tuple[AlignedPair, ...] = ()
    identifiers: tuple[SharedIdentifier, ...] = ()
    reasons: tuple[Reason, ...] = ()
    differences: tuple[Difference, ...] = ()
