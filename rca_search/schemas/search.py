"""What is answered. Line numbers are 1-based, inclusive, and count from the first line of the file."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from rca_search.models import (
    IncidentHit,
    Judgement,
    Origin,
    OtherHit,
    Passage,
    Role,
    RunbookAge,
    RunbookHit,
    Score,
    SearchResult,
    Verdict,
)
from rca_search.schemas.base import Answer, Schema, example
from rca_search.schemas.documents import DocumentHead, head_of
from rca_search.schemas.evidence import EvidenceInfo
from rca_search.schemas.facts import DurationSummaryInfo, FactsInfo, OpenActionInfo, SupersessionInfo
from rca_search.schemas.families import RecurrenceInfo
from rca_search.schemas.index import FreshnessInfo
from rca_search.schemas.question import QueryInfo, UnderstoodInfo
from rca_search.schemas.verdict import JudgementInfo, LikelihoodInfo


class ScoreInfo(Schema):
    """Why a document stands where it does: rank scores. No number here is a probability."""

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
    named: float = Field(description="Added to a document that the question names outright.")
    reranked: float = Field(description="Added, or taken, by a cross-encoder where the server has one.")

    @classmethod
    def from_result(cls, score: Score) -> Self:
        """Take over the parts of a score."""
        return cls.model_validate(score)


class PassageInfo(Schema):
    """Lines of a document, verbatim."""

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


class ServiceTieInfo(Schema):
    """How a service of an incident is tied to one that the question is about."""

    service: str = Field(description="The incident's service.")
    relation: Literal["same", "neighbour"] = Field(
        description="`same`, or `neighbour` where one depends on the other."
    )
    about: str = Field(description="The service that the question is about, as it was named.")


class IncidentMatch(DocumentHead):
    """A past incident that resembles the question."""

    rank: int = Field(description="Place in the answer, from 1.")
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
    def from_result(cls, hit: IncidentHit, rank: int) -> Self:
        """Take over the hit in place ``rank``."""
        return cls(
            **head_of(hit.document),
            rank=rank,
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


class ReasonInfo(Schema):
    """Why a runbook is named."""

    source: str = Field(
        description="`alert` or `named`, where the alert or the question names it, `linked` from a matched "
        "incident, `service` in common, `dependency` of a service, or `text` that matches."
    )
    subject: str = Field(
        description="The id of that incident, the name of that service, or the heading of the section."
    )
    path: list[str] = Field(
        description="Of a dependency: the service in question, and the one that it needs."
    )
    probability: float = Field(description="How likely this path alone makes it that the runbook applies.")


class RunbookAgeInfo(Schema):
    """When a runbook was last updated, and what has happened since."""

    last_updated: dt.date | None = Field(description="Day of its last update; null where none is recorded.")
    line: int | None = Field(description="Line of the file that says so, from 1.")
    incidents_since: int = Field(
        description="Later incidents that link to it or share its service; all of them where there is no day."
    )
    last_incident: dt.date | None = Field(description="Day of the last of them.")
    retired: bool = Field(description="Whether it says that it is deprecated.")
    stale_after: dt.date | None = Field(description="Day until which it says that it holds.")
    generated: bool = Field(description="Whether it says that a machine wrote it.")
    vouched_by: str = Field(description="Who vouches for it, as it says; empty where nobody does.")

    @classmethod
    def from_result(cls, age: RunbookAge) -> Self:
        """Take over what is known."""
        return cls.model_validate(age)


class AlikeRunbookInfo(Schema):
    """A runbook that differs from others in nothing but its service."""

    service: str = Field(description="The service that it is of.")
    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")


class RunbookMatch(DocumentHead):
    """A runbook that likely applies; its likelihood counts every path that leads to it."""

    rank: int = Field(description="Place in the answer, from 1.")
    likelihood: LikelihoodInfo
    probability_by_text: float = Field(description="How likely it applies by its text alone.")
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="The section to open, then others that fit, best first.")
    reasons: list[ReasonInfo] = Field(description="Why it is named.")
    evidence: EvidenceInfo
    age: RunbookAgeInfo

    @classmethod
    def from_result(cls, hit: RunbookHit, rank: int) -> Self:
        """Take over the hit in place ``rank``."""
        return cls(
            **head_of(hit.document),
            rank=rank,
            likelihood=LikelihoodInfo.from_result(hit),
            probability_by_text=hit.text_likelihood.probability,
            score=ScoreInfo.from_result(hit.score),
            matched_terms=list(hit.matched_terms),
            passages=[PassageInfo.from_result(passage) for passage in hit.passages],
            reasons=[ReasonInfo.model_validate(reason) for reason in hit.reasons],
            evidence=EvidenceInfo.from_result(hit.evidence),
            age=RunbookAgeInfo.from_result(hit.age),
        )


class OtherMatch(DocumentHead):
    """A document of no known kind that speaks of the same, judged as if it were an incident."""

    rank: int = Field(description="Place in the list, from 1.")
    likelihood: LikelihoodInfo
    score: ScoreInfo
    matched_terms: list[str] = Field(description="Terms shared with the question, rarest first.")
    passages: list[PassageInfo] = Field(description="Passages that fit best, best first.")
    evidence: EvidenceInfo

    @classmethod
    def from_result(cls, hit: OtherHit, rank: int) -> Self:
        """Take over the hit in place ``rank``."""
        return cls(
            **head_of(hit.document),
            rank=rank,
            likelihood=LikelihoodInfo.from_result(hit),
            score=ScoreInfo.from_result(hit.score),
            matched_terms=list(hit.matched_terms),
            passages=[PassageInfo.from_result(passage) for passage in hit.passages],
            evidence=EvidenceInfo.from_result(hit.evidence),
        )


class AnswerToQuestion(Answer):
    """What every answer to a question has."""

    verdict: Verdict
    probability: float = Field(description="That the same or a related one is on record.")
    query: QueryInfo
    index_version: str = Field(description="Version of the index that answered, all of it from this one.")
    freshness: FreshnessInfo
    understood: UnderstoodInfo
    windows: int = Field(description="Windows that the question was split into to fit the model, at most 16.")
    answer_id: str = Field(
        description="What `feedback --answer` and `POST /v1/feedback` take to vote on this answer."
    )
    runbook_judgement: JudgementInfo = Field(description="The verdict over the runbooks.")
    runbooks: list[RunbookMatch] = Field(description="Runbooks that likely apply, best first; may be empty.")
    left_out: int = Field(
        description="Files of the sources that could not be read and took no part; `status` names them."
    )
    alike_runbooks: list[AlikeRunbookInfo] = Field(
        description="The first runbook and those that only a service tells from it, where the question names "
        "no service; else empty."
    )


def _answered(result: SearchResult, origin: Origin, judgement: Judgement) -> dict[str, Any]:
    """Return the fields of an AnswerToQuestion of which ``judgement`` is the verdict."""
    return {
        "verdict": judgement.verdict,
        "probability": judgement.likelihood.probability,
        "query": QueryInfo.from_query(result.query, origin),
        "index_version": result.freshness.version,
        "freshness": FreshnessInfo.from_result(result.freshness),
        "understood": UnderstoodInfo.model_validate(result.understood),
        "windows": result.windows,
        "answer_id": result.answer_id,
        "runbook_judgement": JudgementInfo.from_result(result.runbook_judgement),
        "runbooks": [
            RunbookMatch.from_result(hit, rank) for rank, hit in enumerate(result.runbooks, start=1)
        ],
        "left_out": result.left_out,
        "alike_runbooks": [
            AlikeRunbookInfo(service=one.service, id=one.document_id, title=one.title) for one in result.alike
        ],
    }


class SimilarResponse(AnswerToQuestion):
    """What is on record that resembles the question."""

    model_config = ConfigDict(json_schema_extra=example("similar"))

    verdict: Verdict = Field(
        description="The better of those over incidents and runbooks; the incidents' on a tie."
    )
    incident_judgement: JudgementInfo = Field(description="The verdict over the incidents.")
    incidents: list[IncidentMatch] = Field(description="Past incidents, best first; may be empty.")
    others: list[OtherMatch] = Field(
        description="Documents of no known kind that speak of the same, best first; may be empty."
    )
    durations: list[DurationSummaryInfo] = Field(
        description="How long these lasted: all, then by severity; empty where none says."
    )
    open_actions: list[OpenActionInfo] = Field(
        description="Their follow-ups that are not known to be done, in the order of the incidents."
    )

    @classmethod
    def from_result(cls, result: SearchResult, origin: Origin) -> Self:
        """Take over an answer of the service to a question that came from ``origin``."""
        incidents = [
            IncidentMatch.from_result(hit, rank) for rank, hit in enumerate(result.incidents, start=1)
        ]
        return cls(
            **_answered(result, origin, result.overall),
            incident_judgement=JudgementInfo.from_result(result.judgement),
            incidents=incidents,
            others=[OtherMatch.from_result(hit, rank) for rank, hit in enumerate(result.others, start=1)],
            durations=[DurationSummaryInfo.from_result(summary) for summary in result.durations],
            open_actions=[OpenActionInfo.from_result(*entry) for entry in result.open_actions()],
        )


class RunbooksResponse(AnswerToQuestion):
    """Which runbooks apply."""

    model_config = ConfigDict(json_schema_extra=example("runbooks"))

    verdict: Verdict = Field(description="That over the runbooks.")

    @classmethod
    def from_result(cls, result: SearchResult, origin: Origin) -> Self:
        """Take over an answer of the service to a question that came from ``origin``."""
        return cls(**_answered(result, origin, result.runbook_judgement))
