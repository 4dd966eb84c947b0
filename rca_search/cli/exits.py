"""Exit codes: which there are, and which error leads to which. The only place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from rca_search.errors import (
    BackendError,
    DocumentRejectedError,
    DocumentsRejectedError,
    IndexMismatchError,
    IndexShrinksError,
    IndexUnavailableError,
    InvalidRequestError,
)


class ExitCode(IntEnum):
    """What the process ends with; part of the public interface."""

    OK = 0
    NOTHING_FOUND = 1
    USAGE = 2
    INDEX = 3
    REJECTED = 4
    BACKEND = 5
    BELOW = 6
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "done; also when nothing was found, unless `--exit-code` was given",
    ExitCode.NOTHING_FOUND: "under `--exit-code` only: nothing similar on record, or too thin a question",
    ExitCode.USAGE: "wrong usage: an unknown option, an empty question, an id that no document has",
    ExitCode.INDEX: "the index is missing, damaged, of another format, or made with another model",
    ExitCode.REJECTED: "documents were rejected under `--strict`, or too many would go; none was published",
    ExitCode.BACKEND: "something outside fails: disk full, model missing, another build running",
    ExitCode.BELOW: "a measure of `eval` is below its `--fail-under`",
    ExitCode.INTERNAL: "a fault in rca-search itself; `-v` shows the traceback",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
    ExitCode.BROKEN_PIPE: "whoever read the output stopped reading, such as `head`",
}

_BY_ERROR: Mapping[type[BaseException], ExitCode] = {
    InvalidRequestError: ExitCode.USAGE,
    IndexUnavailableError: ExitCode.INDEX,
    IndexMismatchError: ExitCode.INDEX,
    DocumentRejectedError: ExitCode.REJECTED,
    DocumentsRejectedError: ExitCode.REJECTED,
    IndexShrinksError: ExitCode.REJECTED,
    BackendError: ExitCode.BACKEND,
    KeyboardInterrupt: ExitCode.INTERRUPTED,
    BrokenPipeError: ExitCode.BROKEN_PIPE,
}


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code of ``error``, by its class or the nearest base that has one."""
    return next((_BY_ERROR[base] for base in type(error).__mro__ if base in _BY_ERROR), ExitCode.INTERNAL)
