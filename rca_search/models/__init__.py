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
from rca_search.models.facts import (
    ActionItem,
    ActionStatus,
    DurationBasis,
    DurationSummary,
    Extract,
    IncidentDuration,
    IncidentFacts,
    Supersession,
)
from rca_search.models.feedback import Aspect, Shown, Standing, Ticket, Vote
from rca_search.models.questions import (
    Filter,
    Query,
)

__all__ = [
    "ActionItem",
    "ActionStatus",
    "Aspect",
    "Chunk",
    "Document",
    "DurationBasis",
    "DurationSummary",
    "Extract",
    "Filter",
    "Freshness",
    "IncidentDuration",
    "IncidentFacts",
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
    "Shown",
    "SourceFile",
    "Standing",
    "Supersession",
    "Ticket",
    "Vote",
]
