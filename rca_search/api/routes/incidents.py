"""Incidents on record. Their ids contain slashes, so the order of the two routes matters."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Path, Query
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from rca_search.api.deps import ContextDep
from rca_search.api.envelope import problems
from rca_search.api.requests import SimilarParameters
from rca_search.errors import DocumentNotFoundError
from rca_search.models import Kind, Origin
from rca_search.schemas.documents import DocumentResponse
from rca_search.schemas.search import SimilarResponse

DocumentId = Annotated[
    str,
    Path(
        description="Id, alias or file name. Slashes may stand as they are or as `%2F`; an id that ends in "
        "`/similar` must be sent with that slash as `%2F`.",
        examples=["RCAs/2025-11-02-checkout-latency"],
        max_length=1000,
    ),
]


class _LastSegmentRoute(APIRoute):
    """Matches where the last segment is the route's own as sent: ``a%2Fsimilar`` is an id, no question."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        raw = scope.get("raw_path")
        own = self.path.rpartition("/")[2].encode()
        if raw and unquote_to_bytes(raw.partition(b"?")[0].rpartition(b"/")[2]) != own:
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(prefix="/v1", tags=["incidents"])
_similar_router = APIRouter(prefix="/v1", tags=["incidents"], route_class=_LastSegmentRoute)


@_similar_router.get(
    "/incidents/{id:path}/similar",
    operation_id="similar_to_incident",
    summary="What resembles this incident?",
    response_model=SimilarResponse,
    responses=problems(
        s404="No incident has that id.",
        s409="Several documents answer to that name.",
        s422="A parameter makes no sense.",
        s503="The index or the model cannot be used.",
    ),
)
async def similar_to_incident(
    id: DocumentId, parameters: Annotated[SimilarParameters, Query()], context: ContextDep
) -> Response:
    """Return what resembles an incident on record, which itself is never among it."""

    def work() -> SimilarResponse:
        try:
            known = context.service.get(id, kind=Kind.INCIDENT)
        except DocumentNotFoundError as error:
            meant = f"{id}/similar"
            if context.service.find(meant) != meant:
                raise
            raise DocumentNotFoundError(id, [meant, *error.candidates]) from error
        result = context.service.search_like(known.id, parameters.to_query())
        context.metrics.questions.labels("incident").inc()
        context.metrics.windows.observe(result.windows)
        context.metrics.repeated.inc(result.repeated)
        return SimilarResponse.from_result(result, Origin("incident", known.id))

    return await context.answer(work, whole=True)


@router.get(
    "/incidents/{id:path}",
    operation_id="incident",
    summary="One incident, whole",
    response_model=DocumentResponse,
    responses=problems(
        s404="No incident has that id.",
        s409="Several documents answer to that name.",
        s422="The id is too long.",
    ),
)
async def incident(id: DocumentId, context: ContextDep) -> Response:
    """Return one incident with its sections, their lines in the file, and its text."""
    return await context.answer(lambda: DocumentResponse.from_result(*context.service.fetch_incident(id)))


routers = (_similar_router, router)
