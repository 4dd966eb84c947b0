"""The verdict over an answer, and how likely each hit is."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from rca_search.models import IncidentHit, Judgement, OtherHit, RunbookHit, Verdict
from rca_search.schemas.base import Schema


class LikelihoodInfo(Schema):
    """How likely a hit is what was asked for."""

    verdict: Verdict = Field(description="What the hit amounts to.")
    probability: float = Field(description="That it is the same or a related one, 0 to 1.")
    probability_same: float = Field(description="That it is the same one; never larger.")

    @classmethod
    def from_result(cls, hit: IncidentHit | OtherHit | RunbookHit) -> Self:
        """Take over what is known of a hit."""
        likelihood = hit.likelihood
        return cls(verdict=hit.verdict, probability=likelihood.probability, probability_same=likelihood.same)


class JudgementInfo(Schema):
    """The verdict over the hits of one kind."""

    verdict: Verdict = Field(
        description="`same` failure seen before (or the very runbook for it); the same or a related one is "
        "`likely`, or `possible` and worth a look; `nothing_similar` on record; or a question that is "
        "`too_thin` to judge."
    )
    probability: float = Field(description="That the best hit is the same or a related one, 0 to 1.")
    probability_same: float = Field(description="That the best hit is the same one; never larger.")
    precision: float = Field(
        description="Promised share of right ones among the answers called `likely`, and among `same`."
    )
    nearest: str | None = Field(description="Id of the nearest miss under `nothing_similar`.")
    missing: list[str] = Field(description="What to add to a question that is too thin.")
    calibration: str = Field(description="`default`, or `own` where the index was calibrated.")
    calibrated: bool = Field(
        description="False where that does not know the model or the reranker in use: then probabilities "
        "are unproven and nothing is promised."
    )

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
            calibrated=found.calibrated,
        )
