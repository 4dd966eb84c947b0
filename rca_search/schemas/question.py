"""A question: as it was put, as it was narrowed, and as it was understood."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field

from rca_search.models import Form, Origin, Query
from rca_search.schemas.base import Schema


class FilterInfo(Schema):
    """What narrowed the answer."""

    services: list[str] = Field(description="Services, any of which an incident must have.")
    severities: list[str] = Field(description="Severities, one of which it must have.")
    tags: list[str] = Field(description="Tags, any of which it must have.")
    since: dt.date | None = Field(description="First day of the period, included.")
    until: dt.date | None = Field(description="Last day of the period, included.")


class QueryInfo(Schema):
    """The question as it was put and narrowed."""

    source: Literal["text", "file", "stdin", "incident"] = Field(description="Where it came from.")
    text: str = Field(description="What was asked.")
    incident: str | None = Field(description="The document that was asked with, as it was named.")
    limit: int = Field(description="Hits of each kind, at most.")
    as_of: dt.date | None = Field(description="Day after which no document exists for this answer.")
    exclude: list[str] = Field(
        description="Documents that did not exist for this answer, as they were named."
    )
    elapsed_minutes: int | None = Field(description="How long the present incident has gone on.")
    precision: float = Field(description="What was asked to be promised.")
    about: list[str] = Field(description="Services in trouble, as they were named.")
    filter: FilterInfo

    @classmethod
    def from_query(cls, query: Query, origin: Origin) -> Self:
        """Take over a question and where it came from."""
        return cls(
            source=origin.source,
            text=query.text,
            incident=origin.incident,
            limit=query.limit,
            as_of=query.as_of,
            exclude=list(query.exclude),
            elapsed_minutes=query.elapsed_minutes,
            precision=query.precision,
            about=list(query.about),
            filter=FilterInfo.model_validate(query.filter),
        )


class UnderstoodInfo(Schema):
    """What was made of the question before it was searched."""

    forms: list[Form] = Field(description="What it was recognised as, outermost first; empty for plain text.")
    text: str = Field(description="What is compared by meaning.")
    names: list[str] = Field(description="Exact names left out of `text` that are still looked for.")
    named: list[str] = Field(description="What an alert names outright: its runbook's address, its own name.")
    abridged: bool = Field(description="Whether `text` is only the most telling part; all words count.")
