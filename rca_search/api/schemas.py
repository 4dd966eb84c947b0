"""What is answered. Line numbers are 1-based, inclusive, and count from the first line of the file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from rca_search.api import samples
from rca_search.models import (
    Document,
    Freshness,
    IncidentHit,
    Judgement,
    Kind,
    Passage,
    Role,
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


class FreshnessInfo(BaseModel):
    """How current the index is."""

    model_config = ConfigDict(from_attributes=True)

    published_at: dt.datetime | None = Field(description="When this version was published (UTC).")
    checked_at: dt.datetime | None = Field(
        description="When the sources were last compared with the index (UTC)."
    )
    source_revision: str | None = Field(description="Revision of the sources then, where they have one.")
    stale: bool = Field(description="Whether `checked_at` lies further back than the server accepts.")

    @classmethod
    def from_result(cls, freshness: Freshness) -> Self:
        """Take over what the service found."""
        return cls.model_validate(freshness)


class LikelihoodInfo(BaseModel):
    """How likely a hit is what was asked for."""

    verdict: Verdict = Field(description="What the hit amounts to.")
    probability: float = Field(description="That it is the same or a related one, 0 to 1, calibrated.")
    probability_same: float = Field(description="That it is the same one; never larger.")

    @classmethod
    def from_result(cls, hit: IncidentHit | RunbookHit) -> Self:
        """Take over what is known of a hit."""
        likelihood = hit.likelihood
        return cls(verdict=hit.verdict, probability=likelihood.probability, probability_same=likelihood.same)


class JudgementInfo(BaseModel):
    """The verdict over the hits of one kind."""

    verdict: Verdict = Field(
        description="`same` failure seen before (or the very runbook for it), `related`, `nothing_similar` "
        "on record, or a question that is `too_thin` to judge."
    )
    probability: float = Field(description="That the same or a related one is on record, 0 to 1, calibrated.")
    probability_same: float = Field(description="That the same one is on record; never larger.")
    precision: float = Field(
        description="Share of answers called `same` or `related` that is promised to be right."
    )
    nearest: str | None = Field(description="Id of the nearest miss under `nothing_similar`.")
    missing: list[str] = Field(description="What to add to a question that is too thin.")
    calibration: str = Field(description="`default`, or `own` where the index was calibrated.")

    @classmethod
    def from_result(cls, found: Judgement) -> Self:
        """Take over a judgement."""
        return cls(
            verdict=found.verdict,
            probability=found.likelihood.probability,
            probability_same=found.likelihood.same,
            precision=found.precision,
            nearest=found.nearest,
            missing=list(found.missing),
            calibration=found.calibration,
        )


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


class IncidentMatch(DocumentHead):
    """A past incident that resembles the question."""

    likelihood: LikelihoodInfo
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="Passages that fit best, best first.")
    resolution: PassageInfo | None = Field(description="What fixed it; null where the file has no such part.")

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
        )


class ReasonInfo(BaseModel):
    """Why a runbook is named."""

    source: str = Field(
        description="`linked` from a matched incident, `service` in common, or `text` that matches."
    )
    subject: str = Field(
        description="The id of that incident, the name of that service, or the heading of the section."
    )


class RunbookMatch(DocumentHead):
    """A runbook that likely applies."""

    likelihood: LikelihoodInfo
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="Sections that fit best, best first.")
    reasons: list[ReasonInfo] = Field(description="Why it is named.")

    @classmethod
    def from_result(cls, hit: RunbookHit) -> Self:
        """Take over a hit."""
        return cls(
            **head_of(hit.document),
            likelihood=LikelihoodInfo.from_result(hit),
            score=ScoreInfo.from_result(hit.score),
            matched_terms=list(hit.matched_terms),
            passages=[PassageInfo.from_result(passage) for passage in hit.passages],
            reasons=[ReasonInfo(source=reason.source, subject=reason.subject) for reason in hit.reasons],
        )


class SimilarResponse(BaseModel):
    """What is on record that resembles the question."""

    model_config = ConfigDict(json_schema_extra={"examples": [samples.SIMILAR]})

    verdict: Verdict = Field(
        description="That over the incidents, or over the runbooks where there is no incident."
    )
    probability: float = Field(description="That the same or a related one is on record.")
    incident_judgement: JudgementInfo = Field(description="The verdict over the incidents.")
    runbook_judgement: JudgementInfo = Field(description="The verdict over the runbooks.")
    index_version: str = Field(description="Version of the index that answered, all of it from this one.")
    freshness: FreshnessInfo
    windows: int = Field(description="Windows that the question was split into to fit the model.")
    answer_id: str = Field(description="What `POST /v1/feedback` takes to vote on a document of this answer.")
    incidents: list[IncidentMatch] = Field(description="Past incidents, best first; may be empty.")
    runbooks: list[RunbookMatch] = Field(description="Runbooks that likely apply, best first; may be empty.")

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
            windows=result.windows,
            answer_id=result.answer_id,
            incidents=[IncidentMatch.from_result(hit) for hit in result.incidents],
            runbooks=[RunbookMatch.from_result(hit) for hit in result.runbooks],
        )
