"""What is answered. Line numbers are 1-based, inclusive, and count from the first line of the file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from rca_search.api import samples
from rca_search.api.evidence_schemas import EvidenceInfo
from rca_search.api.facts import DurationSummaryInfo, FactsInfo, OpenActionInfo, SupersessionInfo
from rca_search.api.family_schemas import RecurrenceInfo
from rca_search.api.freshness import FreshnessInfo
from rca_search.api.verdict_schemas import JudgementInfo, LikelihoodInfo
from rca_search.models import (
    Document,
    Form,
    IncidentHit,
    Kind,
    Passage,
    Role,
    RunbookAge,
    RunbookHit,
    Score,
    SearchResult,
    Verdict,
)

_ESCAPED_ENDING = "/similar"


def document_url(document: Document) -> str:
    """Return the address of an incident or a runbook below the server's root."""
    if document.kind is Kind.RUNBOOK:
        return f"/v1/runbooks/{quote(document.id)}"
    path = quote(document.id)
    if path.endswith(_ESCAPED_ENDING):  # or it would ask what resembles another document
        path = path.removesuffix(_ESCAPED_ENDING) + quote(_ESCAPED_ENDING, safe="")
    return f"/v1/incidents/{path}"


class ScoreInfo(BaseModel):
    """Why a document stands where it does: rank scores. No number here is a probability."""

    model_config = ConfigDict(from_attributes=True)

    total: float = Field(description="Orders the hits of one answer; means nothing outside of it.")
    dense: float = Field(
        description="Likeness in meaning, in standard deviations from the mean over all documents."
    )
    lexical: float = Field(
        description="Shared words, in standard deviations from the mean over all documents."
    )

    spelling: float = Field(
        description="Shared runs of characters, in standard deviations from the mean over all documents."
    )
    feedback: float = Field(description="What votes on the document added to the total or took from it.")
    learned: float = Field(
        description="What the order by likelihood, among the first ten, added to the total or took from it."
    )
    title: float = Field(
        description="How much of the title the question says, in standard deviations from the mean over all "
        "documents."
    )
    service: float = Field(description="Added for a service that the question is about, or one next to it.")
    links: float = Field(description="Added to a runbook that matched incidents link to.")
    reranked: float = Field(description="Added, or taken, by a cross-encoder where the server has one.")

    @classmethod
    def from_result(cls, score: Score) -> Self:
        """Take over the parts of a score."""
        return cls.model_validate(score)


class PassageInfo(BaseModel):
    """Lines of a document, verbatim."""

    model_config = ConfigDict(from_attributes=True)

    chunk_id: str = Field(description="Stable id: `<document id>#<section>/<n>`.")
    role: Role = Field(description="What the section tells.")
    headings: list[str] = Field(description="Headings above it, outermost first.")
    path: str = Field(description="File, relative to its source folder.")
    first_line: int = Field(description="First line in the file, from 1.")
    last_line: int = Field(description="Last line in the file, included.")
    text: str = Field(description="The lines as they stand in the file.")
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    similarity: float = Field(description="Cosine between passage and question, -1 to 1; no probability.")

    @classmethod
    def from_result(cls, passage: Passage) -> Self:
        """Take over a passage."""
        return cls.model_validate(passage)


class DocumentHead(BaseModel):
    """What is known of a document besides its text."""

    id: str = Field(description="Path below the source folder without `.md`.")
    url: str = Field(description="Address of the whole document below the server's root.")
    title: str = Field(description="Title.")
    date: dt.date | None = Field(description="Day that the document gives; null where it gives none.")
    severity: str | None = Field(description="Severity as the file spells it.")
    services: list[str] = Field(description="Services, the one that failed first.")
    tags: list[str] = Field(description="Tags.")
    status: str | None = Field(description="Status as the file spells it.")
    duration_minutes: int | None = Field(description="Duration of the incident in minutes.")
    authors: list[str] = Field(description="Who wrote it.")
    path: str = Field(description="File, relative to its source folder.")


def head_of(document: Document) -> dict[str, Any]:
    """Return the fields of a DocumentHead."""
    own = DocumentHead.model_fields.keys() - {"url"}
    return {"url": document_url(document), **{name: getattr(document, name) for name in own}}


class ServiceTieInfo(BaseModel):
    """How a service of an incident is tied to one that the question is about."""

    model_config = ConfigDict(from_attributes=True)

    service: str = Field(description="The incident's service.")
    relation: Literal["same", "neighbour"] = Field(
        description="`same`, or `neighbour` where one depends on the other."
    )
    about: str = Field(description="The service that the question is about, as it was named.")


class IncidentMatch(DocumentHead):
    """A past incident that resembles the question."""

    likelihood: LikelihoodInfo
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="Passages that fit best, best first.")
    resolution: PassageInfo | None = Field(description="What fixed it; null where the file does not say.")
    facts: FactsInfo
    superseded: list[SupersessionInfo] = Field(description="Signs that the fix may no longer hold.")
    evidence: EvidenceInfo
    recurrence: RecurrenceInfo | None = Field(
        description="How often this failure is on record; null where no other incident shares it."
    )
    ties: list[ServiceTieInfo] = Field(description="Ties to the services that the question is `about`.")

    @classmethod
    def from_result(cls, hit: IncidentHit) -> Self:
        """Take over a hit."""
        return cls(
            **head_of(hit.document),
            likelihood=LikelihoodInfo.from_result(hit),
            score=ScoreInfo.from_result(hit.score),
            matched_terms=list(hit.matched_terms),
            passages=[PassageInfo.from_result(passage) for passage in hit.passages],
            resolution=PassageInfo.from_result(hit.resolution) if hit.resolution else None,
            evidence=EvidenceInfo.from_result(hit.evidence),
            recurrence=RecurrenceInfo.from_result(hit.recurrence),
            facts=FactsInfo.from_result(hit.facts),
            superseded=[SupersessionInfo.from_result(note) for note in hit.superseded],
            ties=[ServiceTieInfo.model_validate(tie) for tie in hit.ties],
        )


class ReasonInfo(BaseModel):
    """Why a runbook is named."""

    model_config = ConfigDict(from_attributes=True)

    source: str = Field(
        description="`linked` from a matched incident, `service` in common, `dependency` of a service, or "
        "`text` that matches."
    )
    subject: str = Field(
        description="The id of that incident, the name of that service, or the heading of the section."
    )
    path: list[str] = Field(
        description="Of a dependency: the service in question, and the one that it needs."
    )
    probability: float = Field(description="How likely this path alone makes it that the runbook applies.")


class RunbookAgeInfo(BaseModel):
    """When a runbook was last updated, and what has happened since."""

    model_config = ConfigDict(from_attributes=True)

    last_updated: dt.date | None = Field(description="Day of its last update; null where none is recorded.")
    line: int | None = Field(description="Line of the file that says so, from 1.")
    incidents_since: int = Field(
        description="Later incidents that link to it or share its service; all of them where there is no day."
    )
    last_incident: dt.date | None = Field(description="Day of the last of them.")

    @classmethod
    def from_result(cls, age: RunbookAge) -> Self:
        """Take over what is known."""
        return cls.model_validate(age)


class AlikeRunbookInfo(BaseModel):
    """A runbook that differs from others in nothing but its service."""

    service: str = Field(description="The service that it is of.")
    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")


class RunbookMatch(DocumentHead):
    """A runbook that likely applies; its likelihood counts every path that leads to it."""

    likelihood: LikelihoodInfo
    probability_by_text: float = Field(description="How likely it applies by its text alone.")
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="The section to open, then others that fit, best first.")
    reasons: list[ReasonInfo] = Field(description="Why it is named.")
    evidence: EvidenceInfo
    age: RunbookAgeInfo

    @classmethod
    def from_result(cls, hit: RunbookHit) -> Self:
        """Take over a hit."""
        return cls(
            **head_of(hit.document),
            likelihood=LikelihoodInfo.from_result(hit),
            probability_by_text=hit.text_likelihood.probability,
            score=ScoreInfo.from_result(hit.score),
            matched_terms=list(hit.matched_terms),
            passages=[PassageInfo.from_result(passage) for passage in hit.passages],
            reasons=[ReasonInfo.model_validate(reason) for reason in hit.reasons],
            evidence=EvidenceInfo.from_result(hit.evidence),
            age=RunbookAgeInfo.from_result(hit.age),
        )


class UnderstoodInfo(BaseModel):
    """What was made of the question before it was searched."""

    model_config = ConfigDict(from_attributes=True)

    forms: list[Form] = Field(description="What it was recognised as, outermost first; empty for plain text.")
    text: str = Field(description="What is compared by meaning.")
    names: list[str] = Field(description="Exact names left out of `text` that are still looked for.")
    abridged: bool = Field(description="Whether `text` is only the most telling part; all words count.")


class SimilarResponse(BaseModel):
    """What is on record that resembles the question."""

    model_config = ConfigDict(json_schema_extra={"examples": [samples.SIMILAR]})

    verdict: Verdict = Field(
        description="The better of those over incidents and runbooks; the incidents' on a tie."
    )
    probability: float = Field(description="That the same or a related one is on record.")
    incident_judgement: JudgementInfo = Field(description="The verdict over the incidents.")
    runbook_judgement: JudgementInfo = Field(description="The verdict over the runbooks.")
    index_version: str = Field(description="Version of the index that answered, all of it from this one.")
    freshness: FreshnessInfo
    understood: UnderstoodInfo
    windows: int = Field(description="Windows that the question was split into to fit the model, at most 16.")
    answer_id: str = Field(description="What `POST /v1/feedback` takes to vote on a document of this answer.")
    incidents: list[IncidentMatch] = Field(description="Past incidents, best first; may be empty.")
    durations: list[DurationSummaryInfo] = Field(
        description="How long these lasted: all, then by severity; empty where none says."
    )
    open_actions: list[OpenActionInfo] = Field(
        description="Their follow-ups that are not known to be done, in the order of the incidents."
    )
    runbooks: list[RunbookMatch] = Field(description="Runbooks that likely apply, best first; may be empty.")
    alike_runbooks: list[AlikeRunbookInfo] = Field(
        description="The first runbook and those that only a service tells from it, where the question names "
        "no service; else empty."
    )

    @classmethod
    def from_result(cls, result: SearchResult) -> Self:
        """Take over an answer of the service."""
        return cls(
            verdict=result.overall.verdict,
            probability=result.overall.likelihood.probability,
            incident_judgement=JudgementInfo.from_result(result.judgement),
            runbook_judgement=JudgementInfo.from_result(result.runbook_judgement),
            index_version=result.freshness.version,
            freshness=FreshnessInfo.from_result(result.freshness),
            understood=UnderstoodInfo.model_validate(result.understood),
            windows=result.windows,
            answer_id=result.answer_id,
            incidents=[IncidentMatch.from_result(hit) for hit in result.incidents],
            durations=[DurationSummaryInfo.from_result(summary) for summary in result.durations],
            open_actions=[OpenActionInfo.from_result(*entry) for entry in result.open_actions()],
            runbooks=[RunbookMatch.from_result(hit) for hit in result.runbooks],
            alike_runbooks=[
                AlikeRunbookInfo(service=one.service, id=one.document_id, title=one.title)
                for one in result.alike
            ],
        )
