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
from rca_search.models.evidence import (
    AlignedPair,
    Difference,
    DifferenceKind,
    Evidence,
    IdentifierKind,
    Quote,
    Reason,
    ReasonKind,
    SharedIdentifier,
    Side,
    Span,
)
from rca_search.models.feedback import Aspect, Shown, Standing, Ticket, Vote
from rca_search.models.questions import (
    Filter,
    Query,
)

__all__ = [
    "AlignedPair",
    "Aspect",
    "Chunk",
    "Difference",
    "DifferenceKind",
    "Document",
    "Evidence",
    "Filter",
    "Freshness",
    "IdentifierKind",
    "IncidentHit",
    "Kind",
    "Link",
    "Passage",
    "Problem",
    "Query",
    "Quote",
    "Reason",
    "ReasonKind",
    "Role",
    "RunbookHit",
    "RunbookReason",
    "Score",
    "SearchResult",
    "Section",
    "SharedIdentifier",
    "Shown",
    "Side",
    "SourceFile",
    "Span",
    "Standing",
    "Ticket",
    "Vote",
]
