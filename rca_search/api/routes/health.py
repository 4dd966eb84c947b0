"""How the server and its index are; none of these waits for a question to be answered."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from starlette.responses import Response

import rca_search
from rca_search.api.deps import Context, ContextDep
from rca_search.api.envelope import ErrorAnswer, problems
from rca_search.api.resources import FaultInfo, LiveResponse, ReadyResponse, StatusResponse
from rca_search.metrics import CONTENT_TYPE, IndexFigures

router = APIRouter(tags=["operation"])

_RETRY_SECONDS = "5"


@router.get(
    "/v1/status", operation_id="status", summary="What is being served", response_model=StatusResponse
)
async def status(context: ContextDep) -> Response:
    """Return counts, the model, the version of the index and how current it is."""

    def work() -> bytes:
        found = StatusResponse.from_result(
            context.service.status(),
            context.upkeep.faults,
            release=rca_search.__version__,
            ready=context.upkeep.ready,
        )
        return found.model_dump_json().encode()

    return Response(await context.probe(work), media_type="application/json")


@router.get("/livez", operation_id="livez", summary="Does the process run?", response_model=LiveResponse)
async def livez() -> LiveResponse:
    """Answer as long as the process runs."""
    return LiveResponse()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can questions be answered?",
    response_model=ReadyResponse,
    responses=problems(s503="The model is not loaded yet, or cannot be used."),
)
async def readyz(context: ContextDep) -> Response:
    """Answer 200 only while an intact index is open and its model can be used."""
    upkeep = context.upkeep
    if not upkeep.ready:
        return _not_ready(context)
    degraded = [FaultInfo.model_validate(fault) for fault in upkeep.faults]
    ready = ReadyResponse(index_version=context.service.version, degraded=degraded)
    return Response(ready.model_dump_json(), media_type="application/json")


@router.get("/metrics", operation_id="metrics", summary="Metrics for Prometheus", response_class=Response)
async def metrics(context: ContextDep) -> Response:
    """Return all metrics in the text format of Prometheus."""
    content = await context.probe(lambda: _exposition(context))
    return Response(content, media_type=CONTENT_TYPE)


def _not_ready(context: Context) -> ErrorAnswer:
    fault = next((fault for fault in context.upkeep.faults if fault.part == "encoder"), None)
    code, message = (fault.code, fault.message) if fault else ("encoder_loading", "The model is loading.")
    remedy = "Ask whoever runs the server; its log tells more." if fault else "Ask again in a few seconds."
    return ErrorAnswer(503, code, message, remedy=remedy, headers={"Retry-After": _RETRY_SECONDS})


def _exposition(context: Context) -> bytes:
    status = context.service.status()
    freshness = status.freshness
    figures = IndexFigures(
        version=freshness.version,
        encoder=status.encoder,
        store=status.store,
        documents=status.documents,
        chunks=status.chunks,
        rejected=status.rejected,
        published=_seconds(freshness.published_at),
        checked=_seconds(freshness.checked_at),
        stale=freshness.stale,
    )
    return context.metrics.exposition(figures, now=_seconds(dt.datetime.now(dt.UTC)))


def _seconds(moment: dt.datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
