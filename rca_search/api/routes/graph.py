"""The link graph, and what is missing in the documents as a whole."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from rca_search.api.deps import ContextDep
from rca_search.api.envelope import problems
from rca_search.insight.gaps import DEFAULT_STALE_FROM
from rca_search.insight.links.graph import MAX_DEPTH
from rca_search.models import Query as Question
from rca_search.schemas.graph import GapsResponse, GraphResponse

router = APIRouter(prefix="/v1", tags=["graph"])

NodeName = Annotated[
    str,
    Path(
        description="Id, alias or file name of a document of any kind, or the name of a service or a team. "
        "Slashes may stand as they are or as `%2F`.",
        examples=["Services/checkout-api"],
        max_length=1000,
    ),
]


@router.get(
    "/graph/{id:path}",
    operation_id="graph",
    summary="What links to this, and what does it link to?",
    response_model=GraphResponse,
    responses=problems(
        s404="No document, service or team has that name.",
        s409="Several documents answer to that name.",
        s422="The depth makes no sense.",
    ),
)
async def graph(
    id: NodeName,
    context: ContextDep,
    depth: Annotated[int, Query(ge=1, le=MAX_DEPTH, description="Steps to follow.")] = 1,
) -> Response:
    """Return the incidents, runbooks, services and teams around a node, each with the line that says so."""

    def work() -> GraphResponse:
        return GraphResponse.from_result(*context.service.graph(id, depth))

    return await context.answer(work, whole=True)


@router.get(
    "/gaps",
    operation_id="gaps",
    summary="What is missing?",
    response_model=GapsResponse,
    responses=problems(s422="A parameter makes no sense."),
)
async def gaps(
    context: ContextDep,
    stale_from: Annotated[
        int,
        Query(ge=1, le=10_000, description="A runbook is stale from so many incidents since its update on."),
    ] = DEFAULT_STALE_FROM,
) -> Response:
    """Return dangling links, stale, missing and unlinked runbooks, and actions that were never closed."""

    def work() -> GapsResponse:
        today = dt.datetime.now(dt.UTC).date()
        found, freshness = context.service.gaps(Question(""), today=today, stale_from=stale_from)
        return GapsResponse.from_result(found, freshness, None)

    return await context.answer(work, whole=True)
