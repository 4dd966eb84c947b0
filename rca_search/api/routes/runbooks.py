"""Runbooks on record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from rca_search.api.deps import ContextDep
from rca_search.api.envelope import problems
from rca_search.models import Kind
from rca_search.schemas.documents import DocumentResponse

router = APIRouter(prefix="/v1", tags=["runbooks"])

DocumentId = Annotated[
    str,
    Path(
        description="Id, alias or file name. Slashes may stand as they are or as `%2F`.",
        examples=["Runbooks/checkout-latency"],
        max_length=1000,
    ),
]


@router.get(
    "/runbooks/{id:path}",
    operation_id="runbook",
    summary="One runbook, whole",
    response_model=DocumentResponse,
    responses=problems(
        s404="No runbook has that id.",
        s409="Several documents answer to that name.",
        s422="The id is too long.",
    ),
)
async def runbook(id: DocumentId, context: ContextDep) -> Response:
    """Return one runbook with its sections, their lines in the file, and its text."""

    def work() -> DocumentResponse:
        document, freshness = context.service.fetch(id, kind=Kind.RUNBOOK)
        return DocumentResponse.from_result(document, None, freshness)

    return await context.answer(work)
