"""The one shape of every error, on the command line under ``--json`` and over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from rca_search.errors import (
    AmbiguousIdError,
    DocumentNotFoundError,
    DocumentsRejectedError,
    IndexShrinksError,
    RcaSearchError,
)
from rca_search.schemas.base import Answer, Schema
from rca_search.schemas.index import ProblemInfo


class FieldProblem(Schema):
    """A part of the request that cannot be used."""

    kind: Literal["field"] = "field"
    field: str = Field(description="Where it stands, such as `body.filter.since` or `query.limit`.")
    message: str = Field(description="What is wrong with it.")


class Candidate(Schema):
    """A document that may have been meant."""

    kind: Literal["candidate"] = "candidate"
    id: str = Field(description="Its full id.")


class RejectedFile(ProblemInfo):
    """A file that could not be used."""

    kind: Literal["file"] = "file"


class LostDocument(Schema):
    """A document that a build would take out of the index."""

    kind: Literal["lost"] = "lost"
    id: str = Field(description="Its full id.")


AnyDetail = FieldProblem | Candidate | RejectedFile | LostDocument
Detail = Annotated[AnyDetail, Field(discriminator="kind")]


class ErrorBody(Schema):
    """What went wrong and what to do."""

    code: str = Field(description="Stable, for programs; docs/api.md lists all codes.")
    message: str = Field(description="For people; may change.")
    remedy: str = Field(description="What to do about it; empty where nothing can be said.")
    request_id: str | None = Field(
        description="The `X-Request-Id` of an answer over HTTP, which the server's log has too; else null."
    )
    details: list[Detail] = Field(
        description="Fields that cannot be used, documents that may be meant or would go, or files refused."
    )


class ErrorResponse(Answer):
    """The body of every answer with a status of 400 or above, and of a command that fails."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "schema_version": 2,
                    "error": {
                        "code": "document_not_found",
                        "message": "No document is called 'RCAs/2025-11-02-checkout-latancy'.",
                        "remedy": "Did you mean RCAs/2025-11-02-checkout-latency?",
                        "request_id": "0b9f6f3e8a7c4d52b1f0c6a9d8e7f601",
                        "details": [{"kind": "candidate", "id": "RCAs/2025-11-02-checkout-latency"}],
                    },
                }
            ]
        }
    )

    error: ErrorBody

    @classmethod
    def from_error(cls, failure: RcaSearchError) -> Self:
        """Take over an error of the program."""
        return cls.of(failure.code, failure.message, failure.remedy, details_of(failure))

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        remedy: str,
        details: Sequence[AnyDetail],
        request_id: str | None = None,
    ) -> Self:
        """Fill the shape."""
        body = ErrorBody(
            code=code, message=message, remedy=remedy, request_id=request_id, details=list(details)
        )
        return cls(error=body)


def details_of(failure: RcaSearchError) -> list[AnyDetail]:
    """Return the documents that may be meant or would go, or the files that were refused."""
    if isinstance(failure, IndexShrinksError):
        return [LostDocument(id=name) for name in failure.lost]
    if isinstance(failure, DocumentNotFoundError | AmbiguousIdError):
        return [Candidate(id=name) for name in failure.candidates]
    if isinstance(failure, DocumentsRejectedError):
        return [RejectedFile.model_validate(problem) for problem in failure.problems]
    return []
