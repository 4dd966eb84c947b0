"""What may be asked: request bodies and query parameters. An unknown field is an error, not ignored."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from rca_search.models import Filter, Query
from rca_search.service import MAX_LIMIT, MAX_QUESTION_CHARACTERS

_DEFAULT_LIMIT = Query(text="").limit
_MAX_ELAPSED = 366 * 24 * 60
_DEFAULT_PRECISION = Query(text="").precision
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(value: object) -> object:
    """Let only ``YYYY-MM-DD`` through: numbers and times would be taken for some date or other."""
    if value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("a date must be written YYYY-MM-DD")


Day = Annotated[dt.date | None, BeforeValidator(_iso_day)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=100)]
DocumentName = Annotated[str, StringConstraints(min_length=1, max_length=1000)]

_SERVICES = "Services, any of which an incident must have; case and separators do not matter."
_SEVERITIES = "Severities, one of which an incident must have; `SEV-1` equals `sev1`."
_TAGS = "Tags, any of which an incident must have."
_SINCE = "First day of the period, included (YYYY-MM-DD); leaves out incidents without a date."
_UNTIL = "Last day of the period, included (YYYY-MM-DD); leaves out incidents without a date."
_LIMIT = "How many incidents, and how many runbooks, to return at most."
_AS_OF = "Answer as if it were this day (YYYY-MM-DD): later documents do not exist, not even for statistics."
_ELAPSED = "Minutes that the present incident has gone on: no estimate of the duration falls below."
_ABOUT = "Services in trouble: their incidents, and those of services next to them, weigh more."
_PRECISION = (
    "Share of answers called `likely`, and of those called `same`, that has to be right, between 0 and 1. "
    "A higher one calls more right answers only `possible`; it denies none."
)
_EXCLUDE = "Documents (id, alias or file name) that do not exist for this answer."


class FilterBody(BaseModel):
    """Narrows which incidents are returned; a field that is left out does not narrow.

    Within a field any value may match, between fields all must. Runbooks are not narrowed.
    """

    model_config = ConfigDict(extra="forbid")

    services: Names = Field(default=[], description=_SERVICES)
    severities: Names = Field(default=[], description=_SEVERITIES)
    tags: Names = Field(default=[], description=_TAGS)
    since: Day = Field(default=None, description=_SINCE)
    until: Day = Field(default=None, description=_UNTIL)


class SimilarRequest(BaseModel):
    """A question in any form: a sentence, an alert, a log, a whole report."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "checkout returns 503 after the certificate of the ingress expired"},
                {
                    "text": "KafkaConsumerLag firing on payments, group rebalances over and over",
                    "limit": 3,
                    "filter": {"services": ["payments-api"], "severities": ["sev1"], "since": "2025-01-01"},
                    "as_of": "2025-12-31",
                    "exclude": ["RCAs/2025-12-30-payments-lag"],
                    "elapsed_minutes": 45,
                },
            ]
        },
    )

    text: str = Field(
        max_length=MAX_QUESTION_CHARACTERS,
        description="What is seen, in any form: alerts as JSON, stack traces, chats and logs are read for "
        "what they say. All words count; of a long text the most telling windows are compared by meaning.",
    )
    limit: int = Field(default=_DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, strict=True, description=_LIMIT)
    filter: FilterBody = Field(default=FilterBody(), description="Narrows which incidents are returned.")
    as_of: Day = Field(default=None, description=_AS_OF)
    exclude: list[DocumentName] = Field(default=[], max_length=100, description=_EXCLUDE)
    elapsed_minutes: int | None = Field(default=None, ge=0, le=_MAX_ELAPSED, description=_ELAPSED)
    about: Names = Field(default=[], description=_ABOUT)
    precision: float = Field(default=_DEFAULT_PRECISION, gt=0, lt=1, description=_PRECISION)

    def to_query(self) -> Query:
        """Return the question as the service takes it."""
        return Query(
            text=self.text,
            limit=self.limit,
            filter=_filter(self.filter),
            as_of=self.as_of,
            exclude=tuple(self.exclude),
            elapsed_minutes=self.elapsed_minutes,
            about=tuple(self.about),
            precision=self.precision,
        )


class WhyNotRequest(SimilarRequest):
    """A question, or an incident that is asked with, and the document that was expected of the answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "checkout returns 503 after the certificate of the ingress expired",
                    "document": "RCAs/2025-11-02-checkout-latency",
                },
                {
                    "incident": "RCAs/2025-11-02-checkout-latency",
                    "document": "Runbooks/certificates",
                    "filter": {"services": ["payments-api"]},
                },
            ]
        },
    )

    text: str = Field(
        default="", max_length=MAX_QUESTION_CHARACTERS, description="What is seen, in any form."
    )
    incident: DocumentName | None = Field(
        default=None, description="An incident on record to ask with instead (id, alias or file name)."
    )
    document: DocumentName = Field(
        description="The incident or runbook that was expected (id, alias or file name)."
    )

    @model_validator(mode="after")
    def _asked_once(self) -> Self:
        """Refuse two questions at once."""
        if self.text and self.incident is not None:
            raise ValueError("a question is a text or an incident, not both")
        return self


class SimilarParameters(FilterBody):
    """The same narrowing as query parameters; a list is a parameter that is given several times."""

    limit: int = Field(default=_DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description=_LIMIT)
    as_of: Day = Field(default=None, description=_AS_OF)
    exclude: list[DocumentName] = Field(default=[], max_length=100, description=_EXCLUDE)
    elapsed_minutes: int | None = Field(default=None, ge=0, le=_MAX_ELAPSED, description=_ELAPSED)
    about: Names = Field(default=[], description=_ABOUT)
    precision: float = Field(default=_DEFAULT_PRECISION, gt=0, lt=1, description=_PRECISION)

    def to_query(self) -> Query:
        """Return everything but the text, which the document on record gives."""
        return Query(
            text="",
            limit=self.limit,
            filter=_filter(self),
            as_of=self.as_of,
            exclude=tuple(self.exclude),
            elapsed_minutes=self.elapsed_minutes,
            about=tuple(self.about),
            precision=self.precision,
        )


class FamilyParameters(SimilarParameters):
    """Which incidents count, and how many families to return."""

    limit: int = Field(default=10, ge=1, le=MAX_LIMIT, description="How many families to return at most.")


def _filter(body: FilterBody) -> Filter:
    return Filter(
        services=tuple(body.services),
        severities=tuple(body.severities),
        tags=tuple(body.tags),
        since=body.since,
        until=body.until,
    )
