"""Errors as responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rca_search import logs
from rca_search.schemas.errors import AnyDetail, ErrorResponse

#: Key of the ASGI scope that holds the code of an error answer.
ERROR_CODE = "rca_search.error_code"


class TooMuchWorkError(Exception):
    """So many requests wait that another one would be answered too late."""


class ErrorAnswer(Response):
    """An error envelope as a response."""

    media_type = "application/json"

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        remedy: str = "",
        details: Sequence[AnyDetail] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Fill the envelope; the request id is that of the request being answered."""
        body = ErrorResponse.of(code, message, remedy, details, request_id=logs.request_id.get())
        content = body.model_dump_json().encode()
        super().__init__(content, status_code=status, headers=dict(headers or {}))
        self.code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and leave the code where the middleware counts it."""
        scope[ERROR_CODE] = self.code
        await super().__call__(scope, receive, send)


def problems(**statuses: str) -> dict[int | str, dict[str, Any]]:
    """Describe error answers for OpenAPI: ``problems(s404="No such incident.")``."""
    return {
        int(status.removeprefix("s")): {"model": ErrorResponse, "description": description}
        for status, description in statuses.items()
    }
