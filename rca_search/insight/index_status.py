"""What is being served, and how current it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rca_search.indexing.pointer import Pointer, read_check
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Freshness
from rca_search.protocols import SearchMethod


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is being served: counts by kind, the encoder, and what the last build rejected."""

    freshness: Freshness
    documents: dict[str, int]
    chunks: int
    encoder: str
    store: str
    search: SearchMethod
    rejected: int
    warnings: int

    @classmethod
    def of(cls, snapshot: Snapshot, freshness: Freshness) -> IndexStatus:
        """Describe ``snapshot``."""
        problems = snapshot.report.problems
        rejected = sum(1 for problem in problems if problem.fatal)
        return cls(
            freshness=freshness,
            documents=dict(snapshot.manifest.documents),
            chunks=snapshot.manifest.chunks,
            encoder=snapshot.manifest.encoder.name,
            store=snapshot.manifest.store,
            search=snapshot.store.method,
            rejected=rejected,
            warnings=len(problems) - rejected,
        )


def freshness_of(index: Path, pointer: Pointer, stale_after: dt.timedelta | None) -> Freshness:
    """Say when the sources of ``index`` were last compared with the version that ``pointer`` names."""
    check = read_check(index)
    published_at = pointer.published_at
    checked_at = max(check.checked_at, published_at) if check else published_at
    return Freshness(
        version=pointer.version,
        published_at=published_at,
        checked_at=checked_at,
        source_revision=check.source_revision if check else None,
        stale=stale_after is not None and dt.datetime.now(dt.UTC) - checked_at > stale_after,
    )
