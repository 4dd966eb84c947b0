"""Has this happened before? Offline search over post-mortems and runbooks.

The names below are the domain and its errors; importing them loads no engine and reads no environment.
"""

from __future__ import annotations

from rca_search.errors import (
    AmbiguousIdError,
    BackendError,
    BuildInProgressError,
    DocumentNotFoundError,
    DocumentRejectedError,
    DocumentsRejectedError,
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
from rca_search.models import (
    Chunk,
    Document,
    Filter,
    Freshness,
    IncidentHit,
    Kind,
    Passage,
    Query,
    Role,
    RunbookHit,
    RunbookReason,
    Score,
    SearchResult,
    Section,
)

__version__ = "0.1.0"

__all__ = [
    "AmbiguousIdError",
    "BackendError",
    "BuildInProgressError",
    "Chunk",
    "Document",
    "DocumentNotFoundError",
    "DocumentRejectedError",
    "DocumentsRejectedError",
    "EncoderUnavailableError",
    "Filter",
    "Freshness",
    "IncidentHit",
    "IndexCorruptError",
    "IndexFormatError",
    "IndexMismatchError",
    "IndexMissingError",
    "IndexUnavailableError",
    "InvalidRequestError",
    "Kind",
    "Passage",
    "Query",
    "RcaSearchError",
    "Role",
    "RunbookHit",
    "RunbookReason",
    "Score",
    "SearchResult",
    "Section",
    "StorageError",
    "__version__",
]
