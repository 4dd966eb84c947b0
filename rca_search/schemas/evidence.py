"""The evidence of a hit as the API answers it."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from rca_search.models import DifferenceKind, Evidence, IdentifierKind, ReasonKind, Role, Side
from rca_search.schemas.base import Schema


class SpanInfo(Schema):
    """Characters of one line."""

    line: int = Field(description="Line, from 1: of the file, or of the text that was asked.")
    start: int = Field(description="First character in the line, from 0, counted in Unicode code points.")
    end: int = Field(description="The character after the last.")


class QuoteInfo(Schema):
    """A sentence, table cell or line of code, verbatim."""

    path: str | None = Field(
        description="File, relative to its source folder; null for a text that was asked."
    )
    line: int = Field(description="Line, from 1.")
    start: int = Field(description="First character in the line, from 0.")
    end: int = Field(description="The character after the last.")
    text: str = Field(description="These characters of the line.")
    highlights: list[SpanInfo] = Field(description="Words in it that the other side has too.")


class PairInfo(Schema):
    """A line of the question beside a line of the document."""

    asked: QuoteInfo
    told: QuoteInfo
    role: Role = Field(description="What the section of the told line tells.")
    score: float = Field(description="Orders the pairs of one answer; no probability.")


class SharedIdentifierInfo(Schema):
    """A name that the question and the document both contain."""

    name: str = Field(description="As the question spells it; case does not matter.")
    kind: IdentifierKind = Field(description="What it stands for; `name` where its form does not tell.")
    asked: list[SpanInfo] = Field(description="Its first places in the question, at most three.")
    told: list[SpanInfo] = Field(description="Its first places in the file, at most three.")


class EvidenceReasonInfo(Schema):
    """One thing that counts for an incident."""

    kind: ReasonKind = Field(description="What it is.")
    subject: str = Field(
        description="The name, word, service, neighbouring service, tag, or role of the section that matched."
    )
    detail: str = Field(
        description="Kind of an identifier; the service that a neighbour is linked with; empty otherwise."
    )


class DifferenceInfo(Schema):
    """Something that one side names and the other does not."""

    kind: DifferenceKind = Field(description="What it is.")
    side: Side = Field(description="Who names it: the question (`asked`) or the document (`told`).")
    subject: str = Field(description="As that side spells it.")
    span: SpanInfo | None = Field(description="Where; null for a field of the document.")


class EvidenceInfo(Schema):
    """Why a document came back: nothing in it is made up, all of it can be looked up."""

    pairs: list[PairInfo] = Field(description="Lines that carry the match, best first; may be empty.")
    identifiers: list[SharedIdentifierInfo] = Field(description="Names in common, rarest first.")
    reasons: list[EvidenceReasonInfo] = Field(description="What counts for it; empty for runbooks.")
    differences: list[DifferenceInfo] = Field(
        description="What is on one side only; empty for runbooks and where nothing can be told."
    )

    @classmethod
    def from_result(cls, evidence: Evidence) -> Self:
        """Take over what the service found."""
        return cls.model_validate(evidence)
