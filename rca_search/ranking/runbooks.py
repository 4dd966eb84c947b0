"""Which runbooks apply: those that matched incidents link to, those of the service, those that read alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.models import RunbookReason
from rca_search.ranking import weights
from rca_search.ranking.retrieval import Ranked
from rca_search.views import Ordinals


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for runbooks besides their text, by ordinal.

    ``linked`` names the matched incidents that link to a runbook, best first, each with its place in
    the ranking from 0; ``services`` names the shared services.
    """

    linked: Mapping[int, Sequence[tuple[int, str]]]
    services: Mapping[int, Sequence[str]]

    def ordinals(self) -> Ordinals:
        """Return every runbook that there is evidence for."""
        return np.asarray(sorted({*self.linked, *self.services}), dtype=np.int32)


def reorder(ranked: Ranked, evidence: Evidence) -> Ranked:
    """Add a bounded bonus for links and services to the text scores and order anew."""
    documents = ranked.documents.tolist()
    links = np.asarray([_linked(evidence, ordinal) for ordinal in documents], dtype=np.float64)
    shared = [weights.RUNBOOK_SERVICE if evidence.services.get(ordinal) else 0.0 for ordinal in documents]
    return ranked.raised(links=links, service=np.asarray(shared, dtype=np.float64))


def reasons(
    ordinal: int, evidence: Evidence, *, text_total: float, section: str
) -> tuple[RunbookReason, ...]:
    """Name what speaks for a runbook, strongest kind first; text counts where it is above average."""
    found = [RunbookReason("linked", name) for _, name in evidence.linked.get(ordinal, ())]
    found += [RunbookReason("service", name) for name in evidence.services.get(ordinal, ())]
    if text_total > 0:
        found.append(RunbookReason("text", section))
    return tuple(found)


def _linked(evidence: Evidence, ordinal: int) -> float:
    places = [place for place, _ in evidence.linked.get(ordinal, ())]
    return weights.RUNBOOK_LINKED / (1 + min(places)) if places else 0.0
