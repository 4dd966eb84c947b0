"""Questions in free text."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from rca_search.api.deps import JSON_BODY, ContextDep
from rca_search.api.envelope import problems
from rca_search.api.requests import SimilarRequest
from rca_search.models import Origin
from rca_search.schemas.search import SimilarResponse

router = APIRouter(prefix="/v1", tags=["search"])


@router.post(
    "/similar",
    operation_id="similar",
    summary="Has this happened before?",
    response_model=SimilarResponse,
    dependencies=[JSON_BODY],
    responses=problems(
        s400="The body is not JSON.",
        s404="A document to exclude does not exist.",
        s409="A document to exclude could be any of several.",
        s413="The body is too large.",
        s415="The body is not declared as JSON.",
        s422="The question, the filter or the limit makes no sense.",
        s503="The index or the model cannot be used.",
    ),
)
async def similar(question: SimilarRequest, context: ContextDep) -> Response:
    """Return past incidents that resemble the text, and runbooks that likely apply."""
    asked = question.to_query()

    def work() -> SimilarResponse:
        result = context.service.search(asked)
        context.metrics.questions.labels("text").inc()
        context.metrics.windows.observe(result.windows)
        context.metrics.repeated.inc(result.repeated)
        return SimilarResponse.from_result(result, Origin())

    return await context.answer(work, whole=asked.has_own_view)
