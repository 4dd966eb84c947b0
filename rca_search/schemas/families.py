"""What is answered about families of incidents."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self
from urllib.parse import quote

from pydantic import ConfigDict, Field

from rca_search.models import Families, Family, FamilyMember, Query, Recurrence, Trend
from rca_search.schemas.base import Answer, Schema, example
from rca_search.schemas.index import FreshnessInfo
from rca_search.schemas.question import FilterInfo


class RecurrenceInfo(Schema):
    """How often the failure of a matched incident is on record."""

    family: str = Field(description="Id of the family.")
    url: str = Field(description="Address of the family below the server's root.")
    count: int = Field(description="Incidents on record with this failure, the matched one included.")
    dates: list[dt.date] = Field(description="Their days as far as known, oldest first.")
    last: dt.date | None = Field(description="The newest of them.")
    fixes_differ: bool | None = Field(
        description="Whether the last two that say what was done say different things; null where fewer do."
    )
    runbooks: list[str] = Field(description="Runbooks that one of them links to, or that link to one.")
    service_runbooks: list[str] = Field(description="Other runbooks of their services.")

    @classmethod
    def from_result(cls, found: Recurrence | None) -> Self | None:
        """Take over what was found, if anything was."""
        if found is None:
            return None
        return cls(
            family=found.family,
            url=_url(found.family),
            count=found.count,
            dates=list(found.dates),
            last=found.last,
            fixes_differ=found.fixes_differ,
            runbooks=list(found.runbooks),
            service_runbooks=list(found.service_runbooks),
        )


class FamilyMemberInfo(Schema):
    """One incident of a family."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Title.")
    date: dt.date | None = Field(description="Day that the document gives; null where it gives none.")
    severity: str | None = Field(description="Severity as the file spells it.")
    services: list[str] = Field(description="Services, the one that failed first.")
    duration_minutes: int | None = Field(description="How long it lasted; null where the file does not say.")

    @classmethod
    def from_result(cls, found: FamilyMember) -> Self:
        """Take over a member."""
        return cls(
            id=found.id,
            title=found.title,
            date=found.date,
            severity=found.severity,
            services=list(found.services),
            duration_minutes=found.minutes,
        )


class FamilyInfo(Schema):
    """Incidents that probably share a failure."""

    id: str = Field(description="Follows from the id of the earliest incident, so it outlives rebuilds.")
    url: str = Field(description="Address below the server's root.")
    name: str = Field(description="Words that the incidents share, or the title of the earliest.")
    count: int = Field(description="Incidents that the filter lets through.")
    total: int = Field(description="Incidents of the family on record.")
    services: list[str] = Field(description="Services that failed, the most frequent first.")
    first: dt.date | None = Field(description="Day of the earliest incident counted.")
    last: dt.date | None = Field(description="Day of the latest.")
    minutes: int = Field(description="Minutes on record, added up.")
    timed: int = Field(description="Incidents that these minutes are of.")
    cost_minutes: int = Field(
        description="The same, with the median duration of all incidents where one is unknown."
    )
    severity: str | None = Field(description="The worst, as its file spells it.")
    trend: Trend = Field(description="The last 180 days against the 180 before.")
    months: dict[str, int] = Field(description="Incidents by month (YYYY-MM); months without are left out.")
    recurrence: RecurrenceInfo | None = Field(
        description="What is on record of all of them, whatever the filter."
    )
    members: list[FamilyMemberInfo] = Field(description="Oldest first, those without a date last.")

    @classmethod
    def from_result(cls, found: Family) -> Self:
        """Take over a family."""
        return cls(
            id=found.id,
            url=_url(found.id),
            name=found.name,
            count=found.count,
            total=found.total,
            services=list(found.services),
            first=found.first,
            last=found.last,
            minutes=found.minutes,
            timed=found.timed,
            cost_minutes=found.cost_minutes,
            severity=found.severity,
            trend=found.trend,
            months=dict(found.months),
            recurrence=RecurrenceInfo.from_result(found.recurrence),
            members=[FamilyMemberInfo.from_result(member) for member in found.members],
        )


class _Told(Answer):
    """What every answer about families says of the index."""

    index_version: str = Field(description="Version of the index that answered.")
    freshness: FreshnessInfo
    incidents: int = Field(description="Incidents compared that pass the filter; no planned maintenance.")
    until: dt.date | None = Field(description="Day that trends are told by.")


def _told(found: Families) -> dict[str, Any]:
    return {
        "index_version": found.freshness.version,
        "freshness": FreshnessInfo.from_result(found.freshness),
        "incidents": found.incidents,
        "until": found.until,
    }


class FamiliesResponse(_Told):
    """Failures that came back."""

    model_config = ConfigDict(json_schema_extra=example("families"))

    filter: FilterInfo = Field(description="What narrowed which incidents count.")
    as_of: dt.date | None = Field(description="Day after which no document exists for this answer.")
    exclude: list[str] = Field(
        description="Documents that did not exist for this answer, as they were named."
    )
    found: int = Field(description="Families there are; `families` has as many as were asked for.")
    families: list[FamilyInfo] = Field(description="The costliest first; may be empty.")

    @classmethod
    def from_result(cls, found: Families, asked: Query) -> Self:
        """Take over an answer of the service to what was ``asked``."""
        families = [FamilyInfo.from_result(family) for family in found.families]
        return cls(
            **_told(found),
            filter=FilterInfo.model_validate(asked.filter),
            as_of=asked.as_of,
            exclude=list(asked.exclude),
            found=found.found,
            families=families,
        )


class FamilyResponse(_Told):
    """One family."""

    model_config = ConfigDict(json_schema_extra=example("family"))

    family: FamilyInfo

    @classmethod
    def from_result(cls, found: Families) -> Self:
        """Take over an answer of the service, which has exactly one family."""
        return cls(**_told(found), family=FamilyInfo.from_result(found.families[0]))


def _url(family: str) -> str:
    return f"/v1/families/{quote(family)}"
