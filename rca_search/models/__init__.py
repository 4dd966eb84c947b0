"""The domain: what a document is, what it is cut into, what is asked, and what comes back."""

from __future__ import annotations

from rca_search.models.answers import (
    Freshness,
    IncidentHit,
    Passage,
    RunbookHit,
    RunbookReason,
    Score,
    SearchResult,
    ServiceTie,
)
from rca_search.models.documents import (
    Chunk,
    Document,
    Kind,
    Link,
    Problem,
    Role,
    Section,
    SourceFile,
)
from rca_search.models.feedback import Aspect, Shown, Standing, Ticket, Vote
from rca_search.models.questions import (
    Filter,
    Query,
)
from rca_search.models.understood import Form, Understood

__all__ = [
    "Aspect",
    "Chunk",
    "Document",
    "Filter",
    "Form",
    "Freshness",
    "IncidentHit",
    "Kind",
    "Link",
    "Passage",
    "Problem",
    "Query",
    "Role",
    "RunbookHit",
    "RunbookReason",
    "Score",
    "SearchResult",
    "Section",
    "ServiceTie",
    "Shown",
    "SourceFile",
    "Standing",
    "Ticket",
    "Understood",
    "Vote",
]
