"""The evidence of a hit as the API answers it."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from rca_search.models import DifferenceKind, Evidence, IdentifierKind, ReasonKind, Role, Side


class SpanInfo(BaseModel):
    """Characters of one line."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(description="Line, from 1: of the file, or of the text that was asked.")
    start: int = Field(description="First character in the line, from 0, counted in Unicode code points.")
    end: int = Field(description="The character after the last.")


class QuoteInfo(BaseModel):
    """A sentence, table cell or line of code, verbatim."""

    model_config = ConfigDict(from_attributes=True)

    path: str | None = Field(
        description="File, relative to its source folder; null for a text that was asked."
    )
    line: int = Field(description="Line, from 1.")
    start: int = Field(description="First character in the line, from 0.")
    end: int = Field(description="The character after the last.")
    text: str = Field(description="These characters of the line.")
    highlights: list[SpanInfo] = Field(description="Words in it that the other side has too.")


class PairInfo(BaseModel):
    """A line of the question beside a line of the document."""

    model_config = ConfigDict(from_attributes=True)

    asked: QuoteInfo
    told: QuoteInfo
    role: Role = Field(description="What the section of the told line tells.")
    score: float = Field(description="Orders the pairs of one answer; no probability.")


class SharedIdentifierInfo(BaseModel):
    """A name that the question and the document both contain."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(description="As the question spells it; case does not matter.")
    kind: IdentifierKind = Field(description="What it stands for; `name` where its form does not tell.")
    asked: list[SpanInfo] = Field(description="Its first places in the question, at most three.")
    told: list[SpanInfo] = Field(description="Its first places in the file, at most three.")


class EvidenceReasonInfo(BaseModel):
    """One thing that speaks for an incident."""

    model_config = ConfigDict(from_attributes=True)

    kind: ReasonKind = Field(description="What it is.")
    subject: str = Field(
        description="The name, word, service, neighbouring service, tag, or role of the section that matched."
    )
    detail: str = Field(
        description="Kind of an identifier; the service that a neighbour is linked with; empty otherwise."
    )


class DifferenceInfo(BaseModel):
    """Something that one side names and the other does not."""

    model_config = ConfigDict(from_attributes=True)

    kind: DifferenceKind = Field(description="What it is.")
    side: Side = Field(description="Who names it: the question (`asked`) or the document (`told`).")
    subject: str = Field(description="As that side spells it.")
    span: SpanInfo | None = Field(description="Where; null for a field of the document.")


class EvidenceInfo(BaseModel):
    """Why a document came back: nothing in it is made up, all of it can be looked up."""

    model_config = ConfigDict(from_attributes=True)

    pairs: list[PairInfo] = Field(description="Lines that carry the match, best first; may be empty.")
    identifiers: list[SharedIdentifierInfo] = Field(description="Names in common, rarest first.")
    reasons: list[EvidenceReasonInfo] = Field(description="What speaks for it; empty for runbooks.")
    differences: list[DifferenceInfo] = Field(
        description="What is on one side only; empty for runbooks and where nothing can be told."
    )

    @classmethod
    def from_result(cls, evidence: Evidence) -> Self:
        """Take over what the service found."""
        return cls.model_validate(evidence)
