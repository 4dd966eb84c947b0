"""The application: routes, errors, middleware and upkeep, joined around one SearchService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI

import rca_search
from rca_search.api import error_handlers
from rca_search.api.deps import Context, default_threads
from rca_search.api.middleware import BodyLimitMiddleware, RequestMiddleware
from rca_search.api.origins import OriginMiddleware
from rca_search.api.routes import families, feedback, graph, health, incidents, runbooks, search, why_not
from rca_search.api.upkeep import Upkeep
from rca_search.config import Settings
from rca_search.metrics import Metrics
from rca_search.service import SearchService

_DESCRIPTION = (
    "Has this happened before? Past incidents and runbooks that resemble what is seen now. "
    "Every error has the same envelope; every answer has an `X-Request-Id`."
)


def create_app(service: SearchService, settings: Settings) -> FastAPI:
    """Return an application that answers from ``service``; several may live in one process.

    Its lifespan loads the encoder in the background and looks for new versions of the index.
    """
    metrics = Metrics()
    metrics.build.labels(rca_search.__version__).set(1)
    upkeep = Upkeep(service, metrics, reload_seconds=settings.reload_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with upkeep.running():
            yield

    app = _routed(lifespan)
    limiter = anyio.CapacityLimiter(settings.threads or default_threads())
    app.state.context = Context(
        *(service, metrics, upkeep, limiter),
        votes_file=settings.votes_file,
        has_own_votes_file=settings.has_own_votes_file,
    )
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_request_bytes)
    app.add_middleware(OriginMiddleware, host=settings.host, allowed=settings.allowed_hosts)
    app.add_middleware(RequestMiddleware, metrics=metrics)  # added last, so it is the outer one
    return app


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI description, which needs no index."""
    return _routed(None).openapi()


def _routed(lifespan: Any) -> FastAPI:  # noqa: ANN401 - FastAPI's own type of it is generic in the app
    app = FastAPI(
        title="rca-search",
        version=rca_search.__version__,
        description=_DESCRIPTION,
        # The interactive pages load scripts from another host, and whoever runs this may be offline.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    error_handlers.install(app)
    for router in (
        search.router,
        *incidents.routers,
        runbooks.router,
        graph.router,
        families.router,
        feedback.router,
        why_not.router,
        health.router,
    ):
        app.include_router(router)
    return app
