"""The one shape of every error answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rca_search import logs

#: Key of the ASGI scope that holds the code of an error answer.
ERROR_CODE = "rca_search.error_code"


class FieldProblem(BaseModel):
    """A part of the request that cannot be used."""

    kind: Literal["field"] = "field"
    field: str = Field(description="Where it stands, such as `body.filter.since` or `query.limit`.")
    message: str = Field(description="What is wrong with it.")


class Candidate(BaseModel):
    """A document that may have been meant."""

    kind: Literal["candidate"] = "candidate"
    id: str = Field(description="Its full id.")


Detail = Annotated[FieldProblem | Candidate, Field(discriminator="kind")]


class ErrorBody(BaseModel):
    """What went wrong and what to do."""

    code: str = Field(description="Stable, for programs; docs/api.md lists all codes.")
    message: str = Field(description="For people; may change.")
    remedy: str = Field(description="What to do about it; empty where nothing can be said.")
    request_id: str = Field(description="The `X-Request-Id` of this answer; the server's log has it too.")
    details: list[Detail] = Field(description="Fields that cannot be used, or documents that may be meant.")


class ErrorResponse(BaseModel):
    """The body of every answer with a status of 400 or above."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "document_not_found",
                        "message": "No document is called 'RCAs/2025-11-02-checkout-latancy'.",
                        "remedy": "Did you mean RCAs/2025-11-02-checkout-latency?",
                        "request_id": "0b9f6f3e8a7c4d52b1f0c6a9d8e7f601",
                        "details": [{"kind": "candidate", "id": "RCAs/2025-11-02-checkout-latency"}],
                    }
                }
            ]
        }
    )

    error: ErrorBody


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
        details: Sequence[FieldProblem | Candidate] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Fill the envelope; the request id is that of the request being answered."""
        body = ErrorBody(
            code=code,
            message=message,
            remedy=remedy,
            request_id=logs.request_id.get(),
            details=list(details),
        )
        content = ErrorResponse(error=body).model_dump_json().encode()
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
