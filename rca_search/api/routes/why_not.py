"""Why an expected document does not come first."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from rca_search.api.deps import JSON_BODY, ContextDep
from rca_search.api.envelope import problems
from rca_search.api.requests import WhyNotRequest
from rca_search.models import Origin
from rca_search.schemas.why_not import WhyNotResponse

router = APIRouter(prefix="/v1", tags=["search"])


@router.post(
    "/why-not",
    operation_id="why_not",
    summary="Why is this document not the first hit?",
    response_model=WhyNotResponse,
    dependencies=[JSON_BODY],
    responses=problems(
        s400="The body is not JSON.",
        s404="A document that is named does not exist.",
        s409="A document that is named could be any of several.",
        s413="The body is too large.",
        s415="The body is not declared as JSON.",
        s422="The question, the filter, the limit or the document makes no sense.",
        s503="The index or the model cannot be used.",
    ),
)
async def why_not(question: WhyNotRequest, context: ContextDep) -> Response:
    """Say where an incident or a runbook stands in an answer, why, and what it would have taken."""
    asked = question.to_query()

    def work() -> WhyNotResponse:
        found = context.service.why_not(asked, question.document, like=question.incident)
        context.metrics.questions.labels("why_not").inc()
        origin = Origin("text" if question.incident is None else "incident", question.incident)
        return WhyNotResponse.from_result(found, asked, origin)

    return await context.answer(work, whole=asked.has_own_view or question.incident is not None)
