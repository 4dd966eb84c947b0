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
from rca_search.models.verdict import Judgement, Likelihood, Verdict

__all__ = [
    "Aspect",
    "Chunk",
    "Document",
    "Filter",
    "Freshness",
    "IncidentHit",
    "Judgement",
    "Kind",
    "Likelihood",
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
    "Shown",
    "SourceFile",
    "Standing",
    "Ticket",
    "Verdict",
    "Vote",
]
