"""Families of incidents: failures that came back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from rca_search.api.deps import ContextDep
from rca_search.api.envelope import problems
from rca_search.api.requests import FamilyParameters
from rca_search.schemas.families import FamiliesResponse, FamilyResponse

router = APIRouter(prefix="/v1", tags=["families"])

FamilyName = Annotated[
    str,
    Path(
        description="Id of the family, or id, alias or file name of an incident of it.",
        examples=["f-7b355d29e4"],
        max_length=1000,
    ),
]


@router.get(
    "/families",
    operation_id="families",
    summary="Which failures keep coming back?",
    response_model=FamiliesResponse,
    responses=problems(
        s404="A document to exclude does not exist.",
        s409="A document to exclude could be any of several.",
        s422="A parameter makes no sense.",
        s503="The index was made without families.",
    ),
)
async def families(parameters: Annotated[FamilyParameters, Query()], context: ContextDep) -> Response:
    """Return families of incidents that probably share a failure, the costliest first."""
    asked = parameters.to_query()
    return await context.answer(
        lambda: FamiliesResponse.from_result(context.service.families(asked), asked), whole=True
    )


@router.get(
    "/families/{id:path}",
    operation_id="family",
    summary="One failure that came back",
    response_model=FamilyResponse,
    responses=problems(
        s404="No family has that id, and the incident of that name is in none.",
        s409="Several documents answer to that name.",
        s422="A parameter makes no sense.",
        s503="The index was made without families.",
    ),
)
async def family(
    id: FamilyName, parameters: Annotated[FamilyParameters, Query()], context: ContextDep
) -> Response:
    """Return one family with its incidents, as far as the filter lets them through."""
    return await context.answer(
        lambda: FamilyResponse.from_result(context.service.families(parameters.to_query(), id)), whole=True
    )
