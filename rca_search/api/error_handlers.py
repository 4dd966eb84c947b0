"""From errors to answers: the table of status codes, and one envelope for every failure.

A fault of the caller is told as it is. Of a fault of the server the caller learns the code and what it
means in general; the particulars, which may hold paths of the machine, go to the log.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rca_search.api.envelope import ErrorAnswer, TooMuchWorkError
from rca_search.errors import (
    AmbiguousIdError,
    BackendError,
    BuildInProgressError,
    DocumentNotFoundError,
    EncoderUnavailableError,
    IndexCorruptError,
    IndexFormatError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnavailableError,
    InvalidRequestError,
    RcaSearchError,
    StorageError,
)
from rca_search.schemas.errors import FieldProblem, details_of

#: The status of each class of error; a class that is not listed has that of its nearest ancestor.
STATUS: dict[type[Exception], int] = {
    RcaSearchError: 500,
    InvalidRequestError: 422,
    DocumentNotFoundError: 404,
    AmbiguousIdError: 409,
    IndexUnavailableError: 503,
    IndexMismatchError: 503,
    BackendError: 503,
}

_SERVER_FAULTS: dict[type[Exception], str] = {
    RcaSearchError: "The server could not answer.",
    IndexUnavailableError: "There is no index that could answer.",
    IndexMissingError: "No index has been published.",
    IndexCorruptError: "The published index is damaged.",
    IndexFormatError: "The published index was written in a format that this server does not know.",
    IndexMismatchError: "The index was made with another model than the one at hand.",
    BackendError: "Something that the server depends on fails.",
    EncoderUnavailableError: "The model is missing or damaged, or the package that runs it is not installed.",
    StorageError: "The server's disk is full, read-only or failing, or too many files are open.",
    BuildInProgressError: "The index is being published.",
}

_HTTP_CODES = {
    400: ("malformed_request", "The body of the request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("request_too_large", ""),  # whoever raises it names the limit
    415: ("unsupported_media_type", "The body must be JSON."),
}
_HTTP_REMEDIES = {
    400: "Send JSON in UTF-8.",
    404: "/openapi.json lists every address.",
    405: "The Allow header lists the methods that it takes.",
    413: "Send the part that shows what went wrong.",
    415: "Send it with Content-Type: application/json.",
}
_MAX_DETAILS = 20
_RETRY_SECONDS = "5"
_MAX_FIELD_CHARACTERS = 200

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with the envelope; the unexpected ones are the middleware's."""
    app.add_exception_handler(RcaSearchError, _domain)
    app.add_exception_handler(TooMuchWorkError, _too_much_work)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def _too_much_work(_request: Request, _error: Exception) -> Response:
    return ErrorAnswer(
        503,
        "too_much_work",
        "More requests wait than can be answered in time.",
        remedy="Ask again in a few seconds, or run more servers.",
        headers={"Retry-After": _RETRY_SECONDS},
    )


def public_fault(error: Exception) -> tuple[str, str]:
    """Return (code, message) of a fault of the server, without its particulars."""
    code = error.code if isinstance(error, RcaSearchError) else "internal"
    known = next((kind for kind in type(error).__mro__ if kind in _SERVER_FAULTS), RcaSearchError)
    return code, _SERVER_FAULTS[known]


def too_large(limit: int) -> ErrorAnswer:
    """Return the answer to a body of more than ``limit`` bytes."""
    return ErrorAnswer(413, _HTTP_CODES[413][0], too_large_message(limit), remedy=_HTTP_REMEDIES[413])


def too_large_message(limit: int) -> str:
    """Say that a body has more than ``limit`` bytes."""
    return f"The body of the request has more than {limit:,} bytes."


def unexpected() -> ErrorAnswer:
    """Return the answer to a defect of ours."""
    return ErrorAnswer(
        500,
        "internal",
        "The server met an error that it did not expect.",
        remedy="Report it with the request id; the server's log has the particulars.",
    )


async def _domain(_: Request, error: Exception) -> Response:
    status = STATUS[next(kind for kind in type(error).__mro__ if kind in STATUS)]
    if not isinstance(error, InvalidRequestError):
        code, message = public_fault(error)
        _log.error("%s: %s", code, error)
        remedy = "Ask whoever runs the server; its log tells more under the request id."
        return ErrorAnswer(status, code, message, remedy=remedy)
    return ErrorAnswer(status, error.code, error.message, remedy=error.remedy, details=details_of(error))


async def _validation(_: Request, error: Exception) -> Response:
    # The input itself is never sent back: it may be long, and it may be secret.
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(entry["type"] == "json_invalid" for entry in found):
        code, message = _HTTP_CODES[400]
        return ErrorAnswer(400, code, message, remedy=_HTTP_REMEDIES[400], details=[_unread(found[0])])
    message = "The request cannot be used: see the details."
    remedy = "/openapi.json describes every field."
    return ErrorAnswer(422, InvalidRequestError.code, message, remedy=remedy, details=_details(found))


async def _http(_: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    code, message = _HTTP_CODES.get(status, (f"http_{status}", "The request cannot be answered."))
    if status == 413 and isinstance(error, HTTPException):
        message = error.detail
    return ErrorAnswer(status, code, message, remedy=_HTTP_REMEDIES.get(status, ""), headers=headers)


def _details(found: Sequence[dict[str, Any]]) -> list[FieldProblem]:
    return [
        FieldProblem(field=_place(entry["loc"]), message=str(entry["msg"])) for entry in found[:_MAX_DETAILS]
    ]


def _unread(entry: dict[str, Any]) -> FieldProblem:
    return FieldProblem(field="body", message=f"{entry['ctx']['error']} at character {entry['loc'][1]}")


def _place(location: object) -> str:
    """Spell ``("body", "filter", "tags", 0)`` as ``body.filter.tags[0]``."""
    place = ""
    for part in location if isinstance(location, tuple | list) else ():
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".")[:_MAX_FIELD_CHARACTERS]
