"""The shapes of evidence in what ``--json`` prints."""

from typing import Annotated, TypedDict


class SpanShape(TypedDict):
    """Characters of one line."""

    line: Annotated[int, "line, from 1: of the file, or of the question's text"]
    start: Annotated[int, "first character in the line, from 0, counted in Unicode code points"]
    end: Annotated[int, "the character after the last"]


class QuoteShape(TypedDict):
    """A sentence, table cell or line of code, verbatim."""

    path: Annotated[str | None, "file below its source folder; null for the text of a question"]
    line: Annotated[int, "line, from 1"]
    start: Annotated[int, "first character in the line, from 0"]
    end: Annotated[int, "the character after the last"]
    text: Annotated[str, "these characters of the line"]
    highlights: Annotated[list[SpanShape], "words in it that the other side has too"]


class PairShape(TypedDict):
    """A line of the question beside a line of the document."""

    asked: QuoteShape
    told: QuoteShape
    role: Annotated[str, "what the section of the told line tells"]
    score: Annotated[float, "orders the pairs of one answer; no probability"]


class SharedIdentifierShape(TypedDict):
    """A name that the question and the document both contain."""

    name: Annotated[str, "as the question spells it; case does not matter"]
    kind: Annotated[str, "error, alert, metric, host, version, command or name"]
    asked: Annotated[list[SpanShape], "its first places in the question, at most three"]
    told: Annotated[list[SpanShape], "its first places in the file, at most three"]


class EvidenceReasonShape(TypedDict):
    """One thing that speaks for an incident."""

    kind: Annotated[str, "identifier, words, service, neighbour, tag or role"]
    subject: Annotated[str, "the name, word, service, tag, or the role of the section that matched"]
    detail: Annotated[str, "kind of an identifier; the service that a neighbour is linked with; else empty"]


class DifferenceShape(TypedDict):
    """Something that one side names and the other does not."""

    kind: Annotated[str, "service, place, environment, error, alert or symptom"]
    side: Annotated[str, "asked (the question) or told (the document)"]
    subject: Annotated[str, "as that side spells it"]
    span: Annotated[SpanShape | None, "where; null for a field of the document"]


class EvidenceShape(TypedDict):
    """Why a document came back."""

    pairs: Annotated[list[PairShape], "lines that carry the match, best first; may be empty"]
    identifiers: Annotated[list[SharedIdentifierShape], "names in common, rarest first"]
    reasons: Annotated[list[EvidenceReasonShape], "what speaks for it; empty for runbooks"]
    differences: Annotated[list[DifferenceShape], "what is on one side only; empty for runbooks"]


PARTS = (
    EvidenceShape, PairShape, QuoteShape, SpanShape, SharedIdentifierShape, EvidenceReasonShape,
    DifferenceShape,
)  # fmt: skip
"""What evidence consists of."""
