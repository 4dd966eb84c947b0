"""What people say of an answer."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from rca_search.api.deps import JSON_BODY, ContextDep
from rca_search.api.envelope import problems
from rca_search.insight.answer_tokens import MAX_TOKEN_CHARACTERS
from rca_search.insight.voting import MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, Ballot
from rca_search.models import Aspect
from rca_search.schemas.feedback import FeedbackResponse
from rca_search.sources.votes import append_votes

router = APIRouter(prefix="/v1", tags=["feedback"])


class FeedbackRequest(BaseModel):
    """One vote on one document of one answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "answer_id": "eyJxIjoiMWU0NyIsInYiOiIwMDAwMDAwMDAxIn0.q1w2",
                    "document": "RCAs/2025-12-16-conntrack-table-full",
                    "aspect": "same",
                    "value": True,
                    "by": "ana",
                }
            ]
        },
    )

    answer_id: str = Field(
        min_length=1, max_length=MAX_TOKEN_CHARACTERS, description="The `answer_id` of the answer."
    )
    document: str = Field(
        default="", max_length=1000, description="A document that it showed; left out: the first incident."
    )
    aspect: Aspect = Field(
        description="`helpful`, `same` (failure; of an incident) or `fixed` (its fix worked this time)."
    )
    value: bool = Field(strict=True, description="Whether it is so.")
    by: str | None = Field(
        default=None,
        max_length=MAX_NAME_CHARACTERS,
        description="Who says so; a later vote of the same replaces this one.",
    )
    note: str | None = Field(
        default=None, max_length=MAX_NOTE_CHARACTERS, description="A remark for whoever reviews votes."
    )


@router.post(
    "/feedback",
    operation_id="feedback",
    summary="Was it the same? Did it help?",
    response_model=FeedbackResponse,
    status_code=201,
    dependencies=[JSON_BODY],
    responses=problems(
        s400="The body is not JSON.",
        s413="The body is too large.",
        s415="The body is not declared as JSON.",
        s422="The answer id is damaged, the answer did not show that document, or no vote on it counts.",
        s503="The vote could not be written, or the index is gone.",
    ),
)
async def feedback(vote: FeedbackRequest, context: ContextDep) -> Response:
    """Append a vote to the file of votes; the next build of the index counts it."""

    def work() -> FeedbackResponse:
        ballot = Ballot(vote.answer_id, vote.aspect, vote.value, vote.document, vote.by, vote.note)
        recorded = context.service.vote(ballot, dt.datetime.now(dt.UTC))
        append_votes(context.votes_file, recorded, make_folder=context.has_own_votes_file)
        context.metrics.votes.labels(recorded.aspect.value).inc()
        return FeedbackResponse.from_result([recorded], None)

    return await context.answer(work, status=201)
