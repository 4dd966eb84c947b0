"""What a write-up says of its incident, as it is answered."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field

from rca_search.models import (
    ActionItem,
    ActionStatus,
    DurationBasis,
    DurationSummary,
    IncidentFacts,
    Supersession,
)
from rca_search.schemas.base import Schema


class ExtractInfo(Schema):
    """Lines of the file, verbatim, that state a fact."""

    first_line: int = Field(description="First line in the file, from 1.")
    last_line: int = Field(description="Last line in the file, included.")
    text: str = Field(description="The lines as they stand in the file.")
    source: Literal["section", "timeline", "sentence", "field"] = Field(
        description="A part of that name, a row of the timeline, or a sentence."
    )


class DurationInfo(Schema):
    """How long users were affected."""

    minutes: int | None = Field(description="Whole minutes; null where the write-up does not say.")
    basis: DurationBasis = Field(description="Whether it is stated or taken from the timeline.")
    first_line: int = Field(description="Where it is stated, or the first row; 0 in front matter.")
    last_line: int = Field(description="Where it is stated, or the last row; 0 in front matter.")


class ActionInfo(Schema):
    """One follow-up."""

    line: int = Field(description="Its first line in the file.")
    last_line: int = Field(description="Its last line in the file.")
    text: str = Field(description="As written, without list mark and box.")
    status: ActionStatus = Field(description="`unknown` where nothing is recorded.")
    owner: str | None = Field(description="As written.")
    priority: str | None = Field(description="As written.")
    due: dt.date | None = Field(description="Day; of a month or a quarter its last.")


class OpenActionInfo(ActionInfo):
    """A follow-up of a matched incident that nothing says was carried out."""

    incident: str = Field(description="Id of the incident.")

    @classmethod
    def from_result(cls, incident: str, item: ActionItem) -> Self:
        """Take over an item with the id of its incident."""
        return cls(incident=incident, **ActionInfo.model_validate(item).model_dump())


class FactsInfo(Schema):
    """What the write-up says. Lists of extracts have the best first; what it does not say is empty."""

    resolution: list[ExtractInfo] = Field(description="What fixed it.")
    attempts: list[ExtractInfo] = Field(description="What was tried and did not help.")
    causes: list[ExtractInfo] = Field(description="Why it happened.")
    symptoms: list[ExtractInfo] = Field(description="What was seen.")
    duration: DurationInfo
    actions: list[ActionInfo] = Field(description="Follow-ups in the order of the file.")
    services: list[str] = Field(description="Those the file lists, else those its text names.")
    resolved_by: list[str] = Field(description="People, roles or teams, as the file gives them.")
    planned: bool = Field(description="Whether it is planned work rather than an incident.")
    deeds: list[str] = Field(
        description="Sorts of deed that the first of `resolution` tells of, such as `rolled back`."
    )

    @classmethod
    def from_result(cls, facts: IncidentFacts) -> Self:
        """Take over the facts of one incident."""
        return cls.model_validate(facts)


class SupersessionInfo(Schema):
    """Why what fixed it may no longer hold."""

    reason: Literal[
        "document_retired",
        "service_retired",
        "later_incident",
        "document_stale",
        "document_changed",
        "dangling_link",
    ] = Field(
        description="`later_incident` links to this one and was fixed otherwise; `document_changed`: a "
        "linked runbook or service note changed after the incident; `document_retired` and `document_stale`: "
        "the write-up or a linked runbook says of itself that it is deprecated, or held until a day."
    )
    subject: str = Field(description="Id of that document, or the target of the link.")
    date: dt.date | None = Field(description="Day of it.")
    line: int = Field(description="Where the write-up names it; 0 where it does not.")

    @classmethod
    def from_result(cls, note: Supersession) -> Self:
        """Take over one sign."""
        return cls.model_validate(note)


class DurationSummaryInfo(Schema):
    """How long the matched incidents lasted, in minutes."""

    severity: str | None = Field(description="Null for all of them.")
    count: int = Field(description="Incidents that enter the figures.")
    median: int | None = Field(description="Null where no incident is left.")
    shortest: int | None = Field(description="Likewise.")
    longest: int | None = Field(description="Likewise.")
    left_out: int = Field(description="Incidents that were over sooner than `elapsed_minutes`.")

    @classmethod
    def from_result(cls, summary: DurationSummary) -> Self:
        """Take over the figures of one severity, or of all."""
        return cls.model_validate(summary)
