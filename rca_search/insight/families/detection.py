"""Families of incidents, learned from the staged version and published with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rca_search.indexing.artefacts import FAMILIES, SIGNATURES
from rca_search.indexing.facts import RecordedFacts
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.clustering import all_groups
from rca_search.insight.families.index import StoredFamilies, likeness_of
from rca_search.insight.families.signatures import make_signatures
from rca_search.insight.families.similarity import packaged
from rca_search.models import Kind


def find_families(snapshot: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
    """Return the files that tell the families of all documents, and let those of any view be worked out.

    Planned maintenance is no incident: nothing failed, and nothing that failed came back.
    """
    recorded = RecordedFacts(snapshot)
    counted: dict[int, int | None] = {}
    for ordinal, kind in enumerate(snapshot.catalogue.kinds):
        if kind is Kind.INCIDENT:
            facts = recorded.of(ordinal)
            if not facts.planned:
                counted[ordinal] = facts.duration.minutes
    signatures = make_signatures(snapshot, list(counted))
    stored = StoredFamilies(
        incidents=tuple(counted),
        minutes=tuple(counted.values()),
        groups=(),
        model=packaged(),
        bounds=signatures.bounds,
    )
    groups = all_groups(likeness_of(snapshot, stored, signatures, snapshot.everything))
    stored = replace(stored, groups=tuple(groups))
    return {FAMILIES: stored.to_bytes(), SIGNATURES: signatures.to_bytes()}
