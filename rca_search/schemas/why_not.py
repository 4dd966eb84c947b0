"""What is answered on a document that was expected."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field

from rca_search.models import (
    Barrier,
    Change,
    ChangeKind,
    Contribution,
    FeatureShare,
    FirstHit,
    Ground,
    KeptOut,
    Kind,
    Likelihood,
    Origin,
    Query,
    Shift,
    Verdict,
    WhyNot,
)
from rca_search.schemas.base import Answer, Schema, example
from rca_search.schemas.index import FreshnessInfo
from rca_search.schemas.question import QueryInfo
from rca_search.schemas.verdict import LikelihoodInfo


class KeptOutInfo(Schema):
    """One thing that keeps a document out of an answer."""

    barrier: Barrier = Field(
        description="The field of the request that does, or `candidates`: neither meaning nor words, "
        "spelling or title has it among the best that are ranked."
    )
    wanted: list[str] = Field(description="What was asked for there.")

    @classmethod
    def from_result(cls, found: KeptOut) -> Self:
        """Take over what keeps it out."""
        return cls.model_validate(found)


class FirstHitInfo(Schema):
    """The hit in first place."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")
    path: str = Field(description="Its file, relative to its source folder.")
    likelihood: LikelihoodInfo
    probability_by_text: float = Field(description="Without links and services; the same for incidents.")

    @classmethod
    def from_result(cls, found: FirstHit) -> Self:
        """Take over the hit."""
        return cls(
            id=found.document,
            title=found.title,
            path=found.path,
            likelihood=_likelihood(found.likelihood, found.verdict),
            probability_by_text=found.by_text.probability,
        )


class FeatureShareInfo(Schema):
    """One feature of the model."""

    name: str = Field(description="May change between releases.")
    value: float = Field(description="That of the document.")
    first_value: float | None = Field(description="That of the first hit.")
    log_odds: float = Field(description="What it adds.")
    first_log_odds: float | None = Field(description="What it adds to those of the first hit.")

    @classmethod
    def from_result(cls, found: FeatureShare) -> Self:
        """Take over a feature."""
        return cls.model_validate(found)


class ContributionInfo(Schema):
    """What one ground adds to the log odds of the probability by text."""

    ground: Ground = Field(description="What a person would call it; `question` is the same for all.")
    log_odds: float = Field(description="Those of all grounds add up.")
    first_log_odds: float | None = Field(description="The same of the first hit; null where there is none.")
    only_it: list[str] = Field(
        description="Words, words in the title, services that it shares with the question, the first hit not."
    )
    only_first: list[str] = Field(description="The reverse.")
    features: list[FeatureShareInfo] = Field(description="The features of the model that it consists of.")

    @classmethod
    def from_result(cls, found: Contribution) -> Self:
        """Take over a ground."""
        return cls(
            ground=found.ground,
            log_odds=found.log_odds,
            first_log_odds=found.first_log_odds,
            only_it=list(found.only_it),
            only_first=list(found.only_first),
            features=[FeatureShareInfo.from_result(each) for each in found.features],
        )


class ShiftInfo(Schema):
    """What was added to the total besides the text."""

    by: Literal["service", "links", "reranked", "feedback"] = Field(description="The part of a score.")
    amount: float = Field(description="What the document got.")
    first_amount: float = Field(description="What the first hit got.")

    @classmethod
    def from_result(cls, found: Shift) -> Self:
        """Take over a shift."""
        return cls.model_validate(found)


class ChangeInfo(Schema):
    """A single change, and what would have come of it."""

    kind: ChangeKind = Field(
        description="`words` said in its text; on one `ground` as much as the first hit; a `link` from the "
        "best matched incident; or asked without the `filter`, `about`, `votes` or `rerank`."
    )
    subject: list[str] = Field(description="The words, the ground, the incident, or the values left out.")
    fields: list[Barrier] = Field(description="Of a filter: the fields that were left out.")
    place: int | None = Field(description="Its place then; null for a ground, which is judged by itself.")
    likelihood: LikelihoodInfo
    first: bool = Field(
        description="Whether it would come first; of a ground, be likelier than the first hit."
    )

    @classmethod
    def from_result(cls, found: Change) -> Self:
        """Take over a change."""
        return cls(
            kind=found.kind,
            subject=list(found.subject),
            fields=list(found.fields),
            place=found.place,
            likelihood=_likelihood(found.likelihood, found.verdict),
            first=found.first,
        )


class WhyNotResponse(Answer):
    """Why an expected document does not come first, and what it would have taken."""

    model_config = ConfigDict(json_schema_extra=example("why_not"))

    query: QueryInfo
    index_version: str = Field(description="Version of the index that answered.")
    freshness: FreshnessInfo
    id: str = Field(description="The document that was expected.")
    kind: Kind = Field(description="`incident` or `runbook`.")
    title: str | None = Field(
        description="Null where it does not exist for the answer, as all that could be said of it."
    )
    path: str | None = Field(description="Its file, relative to its source folder.")
    place: int | None = Field(description="Its place, from 1; null where something keeps it out.")
    of: int = Field(description="Documents that were ranked.")
    kept_out_by: list[KeptOutInfo] = Field(description="What keeps it out; empty where it has a place.")
    likelihood: LikelihoodInfo | None = Field(description="How likely it is what was asked for.")
    probability_by_text: float | None = Field(
        description="Without links and services; the same for incidents."
    )
    first: FirstHitInfo | None = Field(description="The hit in first place; null where there is none.")
    contributions: list[ContributionInfo] = Field(description="What counts for it, ground by ground.")
    shifts: list[ShiftInfo] = Field(description="What else moved it or the first hit.")
    missing_terms: list[str] = Field(
        description="Telling words of the question that the first hit has and it lacks, rarest first."
    )
    present_terms: list[str] = Field(description="The reverse.")
    lacking_terms: list[str] = Field(
        description="Words of the question that it lacks and some document has, rarest first."
    )
    would_take: list[ChangeInfo] = Field(
        description="The smallest single changes that put it first, make it at least possible, or move it up."
    )
    all_words: ChangeInfo | None = Field(
        description="What came of saying all of `lacking_terms`, where that does neither."
    )
    short_of_first: float | None = Field(description="Log odds that it is short of those of the first hit.")
    short_of_possible: float | None = Field(description="Log odds that it is short of `possible`.")
    calibrated: bool = Field(
        description="False where the calibration does not know the model of the index or the cross-encoder."
    )
    question_lacks: list[str] = Field(description="What to add to a question that is too thin.")

    @classmethod
    def from_result(cls, found: WhyNot, asked: Query, origin: Origin) -> Self:
        """Take over an explanation of what was ``asked``."""
        likelihood, verdict = found.likelihood, found.verdict
        known = None if likelihood is None or verdict is None else _likelihood(likelihood, verdict)
        return cls(
            query=QueryInfo.from_query(asked, origin),
            index_version=found.freshness.version,
            freshness=FreshnessInfo.from_result(found.freshness),
            id=found.document,
            kind=found.kind,
            title=found.title,
            path=found.path,
            place=found.place,
            of=found.of,
            kept_out_by=[KeptOutInfo.from_result(each) for each in found.kept_out_by],
            likelihood=known,
            probability_by_text=found.by_text.probability if found.by_text else None,
            first=FirstHitInfo.from_result(found.first) if found.first else None,
            contributions=[ContributionInfo.from_result(each) for each in found.contributions],
            shifts=[ShiftInfo.from_result(each) for each in found.shifts],
            missing_terms=list(found.missing_terms),
            present_terms=list(found.present_terms),
            lacking_terms=list(found.lacking_terms),
            would_take=[ChangeInfo.from_result(each) for each in found.would_take],
            all_words=ChangeInfo.from_result(found.all_words) if found.all_words else None,
            short_of_first=found.short_of_first,
            short_of_possible=found.short_of_possible,
            calibrated=found.calibrated,
            question_lacks=list(found.question_lacks),
        )


def _likelihood(likelihood: Likelihood, verdict: Verdict) -> LikelihoodInfo:
    return LikelihoodInfo(
        verdict=verdict, probability=likelihood.probability, probability_same=likelihood.same
    )
