"""Votes become part of a version: how many speak for and against each document of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from rca_search.indexing.artefacts import FEEDBACK
from rca_search.indexing.snapshot import Snapshot
from rca_search.indexing.vote_counts import dump_standings
from rca_search.models import Vote
from rca_search.ranking.feedback import standings


class VoteCounter:
    """Counts the votes of one build; votes on documents that are gone are left out, not forgotten."""

    def __init__(self, votes: Sequence[Vote]) -> None:
        """Take the votes that count."""
        self._standings = standings(votes)
        self.fingerprint = hashlib.sha256(dump_standings(self._standings)).hexdigest()[:16]

    def __call__(self, snapshot: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
        """Return the file of standings of the documents of ``snapshot``."""
        known = set(snapshot.catalogue.ids)
        return {
            FEEDBACK: dump_standings(
                {name: found for name, found in self._standings.items() if name in known}
            )
        }
