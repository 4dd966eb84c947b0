"""The domain: what a document is, what it is cut into, what is asked, and what comes back."""

from __future__ import annotations

from rca_search.models.answers import (
    Freshness,
    IncidentHit,
    Passage,
    Recurrence,
    RunbookHit,
    RunbookReason,
    Score,
    SearchResult,
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
from rca_search.models.families import (
    Families,
    Family,
    FamilyMember,
    Trend,
)
from rca_search.models.questions import (
    Filter,
    Query,
)

__all__ = [
    "Chunk",
    "Document",
    "Families",
    "Family",
    "FamilyMember",
    "Filter",
    "Freshness",
    "IncidentHit",
    "Kind",
    "Link",
    "Passage",
    "Problem",
    "Query",
    "Recurrence",
    "Role",
    "RunbookHit",
    "RunbookReason",
    "Score",
    "SearchResult",
    "Section",
    "SourceFile",
    "Trend",
]
