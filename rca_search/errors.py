"""Every error that a caller may see, with a stable code.

::

    RcaSearchError                     base: catch this to catch them all
    ├── InvalidRequestError            the question, a filter or an option makes no sense
    │   ├── DocumentNotFoundError      no document has that id, alias or file name
    │   └── AmbiguousIdError           several documents answer to that name
    ├── DocumentRejectedError          one file cannot be read; costs that file only
    ├── DocumentsRejectedError         a strict build met rejected files
    ├── IndexShrinksError              a build would take many documents out of the index
    ├── IndexUnavailableError          there is nothing to search in
    │   ├── IndexMissingError          no index has been published there
    │   ├── IndexCorruptError          a byte differs from what was published
    │   └── IndexFormatError           written by a version that this one cannot read
    ├── IndexMismatchError             the index was made with another encoder
    └── BackendError                   something outside fails
        ├── EncoderUnavailableError    the model is missing, damaged or lacks its package
        ├── StorageError               disk full, read-only or failing
        └── BuildInProgressError       another process is publishing to the same index

The edges translate: ``cli`` to exit codes, ``api`` to status codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rca_search.models import Problem


class RcaSearchError(Exception):
    """Base of all errors of this package; ``code`` is stable, ``remedy`` says what to do."""

    code = "internal"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        """Keep the message and, where there is one, the way out."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Message and remedy in one line."""
        return f"{self.message} {self.remedy}".strip()


class InvalidRequestError(RcaSearchError):
    """The caller asked for something that makes no sense."""

    code = "invalid_request"


class DocumentNotFoundError(InvalidRequestError):
    """No document has that id, alias or file name; ``candidates`` holds near spellings."""

    code = "document_not_found"

    def __init__(self, name: str, candidates: Sequence[str] = (), *, wanted: str = "document") -> None:
        """Name what was asked for, of which kind, and what comes close."""
        hint = f"Did you mean {', '.join(candidates)}?" if candidates else ""
        super().__init__(f"No {wanted} is called {name!r}.", remedy=hint)
        self.candidates = tuple(candidates)


class AmbiguousIdError(InvalidRequestError):
    """Several documents answer to that alias or file name; ``candidates`` are their ids."""

    code = "ambiguous_id"

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        """Name the alias and every document that carries it."""
        super().__init__(
            f"{name!r} could be any of {len(candidates)} documents.",
            remedy=f"Use the full id: {', '.join(candidates)}.",
        )
        self.candidates = tuple(candidates)


class DocumentRejectedError(RcaSearchError):
    """One file cannot be used; ``line`` is 1-based where a line is to blame."""

    code = "document_rejected"

    def __init__(self, code: str, message: str, *, line: int | None = None, remedy: str) -> None:
        """Keep the specific code, such as ``front_matter`` or ``encoding``."""
        super().__init__(message, remedy=remedy)
        self.code = code
        self.line = line


class DocumentsRejectedError(RcaSearchError):
    """A strict build met files that it had to reject; nothing was published."""

    code = "documents_rejected"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every rejected file's problem."""
        super().__init__(
            f"{len(problems)} files cannot be used; nothing was published.",
            remedy="Fix them, or build without --strict to leave them out.",
        )
        self.problems = tuple(problems)


class IndexShrinksError(RcaSearchError):
    """A build would take more documents out of the index than people delete; nothing was published."""

    code = "index_shrinks"

    def __init__(self, lost: Sequence[str], before: int, why: str) -> None:
        """Take the ids of the documents that are missing, how many there were, and what is odd about it."""
        super().__init__(
            f"{len(lost):,} of {before:,} documents would go: {why}. Nothing was published.",
            remedy="See that every folder is there and can be read. If they are to go: --allow-shrink.",
        )
        self.lost = tuple(lost)


class IndexUnavailableError(RcaSearchError):
    """There is no index that could answer."""

    code = "index_unavailable"


class IndexMissingError(IndexUnavailableError):
    """No index has been published in that folder."""

    code = "index_missing"


class IndexCorruptError(IndexUnavailableError):
    """A published file is missing, or a byte of it differs from what was published."""

    code = "index_corrupt"


class IndexFormatError(IndexUnavailableError):
    """The index was written in a format that this version does not know."""

    code = "index_format"


class IndexMismatchError(RcaSearchError):
    """The encoder at hand is not the one that the index was made with."""

    code = "index_mismatch"


class BackendError(RcaSearchError):
    """Something outside this package fails."""

    code = "backend"


class EncoderUnavailableError(BackendError):
    """The model is missing or damaged, or the package that runs it is not installed."""

    code = "encoder_unavailable"


class StorageError(BackendError):
    """The disk is full, read-only or failing; the remedy says what became of the index."""

    code = "storage"


class BuildInProgressError(BackendError):
    """Another process is publishing to the same index."""

    code = "build_in_progress"
