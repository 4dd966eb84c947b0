"""What is being served, and how current it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rca_search.indexing.pointer import Pointer, read_check
from rca_search.indexing.snapshot import Snapshot
from rca_search.indexing.versions import Damage
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


AHEAD = dt.timedelta(hours=1)
"""How far clocks may be apart; what lies further ahead was not written by one that was right."""


def freshness_of(
    index: Path, pointer: Pointer, stale_after: dt.timedelta | None, damage: Damage | None = None
) -> Freshness:
    """Say when the sources of ``index`` were last compared with the version that ``pointer`` names.

    With ``damage`` that version stands in for the current one.
    """
    check = read_check(index, pointer.version)
    now = dt.datetime.now(dt.UTC)
    told = check.checked_at if check else pointer.published_at
    checked_at = told if told <= now + AHEAD else None
    age = None if checked_at is None else now - checked_at
    return Freshness(
        version=pointer.version,
        published_at=pointer.published_at,
        checked_at=checked_at,
        source_revision=check.source_revision if check else None,
        stale=stale_after is not None and (age is None or age > stale_after),
        damaged_version=damage.version if damage else None,
    )
