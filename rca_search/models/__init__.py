"""The domain: what a document is, what it is cut into, what is asked, and what comes back."""

from __future__ import annotations

from rca_search.models.answers import (
    AlikeRunbook,
    Freshness,
    IncidentHit,
    Passage,
    RunbookAge,
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
from rca_search.models.gaps import (
    DanglingLink,
    Gaps,
    StaleRunbook,
    UncoveredService,
    UnlinkedRunbook,
)
from rca_search.models.graph import (
    Edge,
    EdgeKind,
    Entity,
    Neighbourhood,
    Node,
    NodeKind,
    Relation,
)
from rca_search.models.questions import (
    Filter,
    Query,
)

__all__ = [
    "AlikeRunbook",
    "Chunk",
    "DanglingLink",
    "Document",
    "Edge",
    "EdgeKind",
    "Entity",
    "Filter",
    "Freshness",
    "Gaps",
    "IncidentHit",
    "Kind",
    "Link",
    "Neighbourhood",
    "Node",
    "NodeKind",
    "Passage",
    "Problem",
    "Query",
    "Relation",
    "Role",
    "RunbookAge",
    "RunbookHit",
    "RunbookReason",
    "Score",
    "SearchResult",
    "Section",
    "SourceFile",
    "StaleRunbook",
    "UncoveredService",
    "UnlinkedRunbook",
]
