"""Which runbooks apply: by links from matched incidents, by services and what these need, by text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from rca_search.models import Likelihood, RunbookReason
from rca_search.ranking import weights
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked
from rca_search.views import Ordinals

FILE_NAME = "paths.json"

PROBABILITY_DIGITS = 6
"""Digits that probabilities are rounded to, as those of ``calibration`` are."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The probability that a runbook applies to which nothing but that path leads, and leads surely."""

    linked: float
    service: float
    dependency: float

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


@cache
def packaged_paths() -> Paths:
    """Return the numbers of the package; docs/verdict.md says what they were estimated from."""
    return Paths(**json.loads(Path(__file__).with_name(FILE_NAME).read_bytes()))


def noisy_or(probabilities: Iterable[float]) -> float:
    """Return how likely at least one of independent causes is at work, rounded to six digits."""
    return round(1.0 - math.prod(1.0 - probability for probability in probabilities), PROBABILITY_DIGITS)


@dataclass(frozen=True, slots=True)
class RunbookSupport:
    """What counts for runbooks besides their text, by ordinal.

    ``linked`` names the matched incidents that link to a runbook, best first, each with its place in
    the ranking from 0; ``services`` names the shared services; ``needed`` has the way to it over a
    dependency: the service in question and the one that it needs.
    """

    linked: Mapping[int, Sequence[tuple[int, str]]]
    services: Mapping[int, Sequence[str]]
    needed: Mapping[int, Sequence[tuple[str, str]]] = field(default_factory=dict)

    def ordinals(self) -> Ordinals:
        """Return every runbook that there is evidence for."""
        return np.asarray(sorted({*self.linked, *self.services, *self.needed}), dtype=np.int32)


def reorder(ranked: Ranked, evidence: RunbookSupport, telling: Floats) -> Ranked:
    """Add a bounded bonus for links and services to the text scores and order anew.

    ``telling`` is the score of each runbook's best passage for the question's words without names of
    services. A service counts as far as that goes, so that a name alone outranks no page on the symptom.
    """
    documents = ranked.documents.tolist()
    shares = relevance(telling).tolist()
    links = [_linked(evidence, ordinal) for ordinal in documents]
    shared = [_shared(evidence, ordinal) * share for ordinal, share in zip(documents, shares, strict=True)]
    return ranked.raised(
        links=np.asarray(links, dtype=np.float64), service=np.asarray(shared, dtype=np.float64)
    )


def relevance(telling: Floats) -> Floats:
    """Return what share of its service each runbook is granted: all from half of the best score on.

    Where no runbook has any such word, the service is all that can be told apart by.
    """
    most = float(np.max(telling, initial=0.0))
    if most <= 0:
        return np.ones_like(telling)
    shares: Floats = np.minimum(1.0, telling / (most / 2))
    return shares


def reasons(
    ordinal: int, evidence: RunbookSupport, worth: Worth, *, text_total: float, section: str
) -> tuple[RunbookReason, ...]:
    """Name what counts for a runbook, strongest kind first; text counts where it is above average."""
    linked = evidence.linked.get(ordinal, ())
    found = [RunbookReason("linked", name, probability=worth.linked(place)) for place, name in linked]
    shared = evidence.services.get(ordinal, ())
    found += [RunbookReason("service", name, probability=worth.service) for name in shared]
    needed = evidence.needed.get(ordinal, ())
    found += [RunbookReason("dependency", way[-1], way, worth.dependency) for way in needed]
    if text_total > 0:
        found.append(RunbookReason("text", section, probability=worth.text.probability))
    return tuple(found)


def share_of_service(ranked: Ranked, place: int, evidence: RunbookSupport) -> float:
    """Return which share of its service the runbook at ``place`` was granted when it was ranked."""
    most = _shared(evidence, int(ranked.documents[place]))
    return float(ranked.additions["service"][place]) / most if most else 0.0


@dataclass(frozen=True, slots=True)
class Worth:
    """What each path to one runbook is worth by itself.

    ``text`` is its likelihood by its text alone, ``incidents`` are those of the matched incidents by place,
    ``share`` is what ``relevance`` grants it of a service.
    """

    text: Likelihood
    incidents: Sequence[Likelihood]
    share: float

    @property
    def service(self) -> float:
        """How likely it applies for being about the service in question."""
        return round(self.share * packaged_paths().service, PROBABILITY_DIGITS)

    @property
    def dependency(self) -> float:
        """How likely it applies for being about a service that this one depends on."""
        return round(self.share * packaged_paths().dependency, PROBABILITY_DIGITS)

    def linked(self, place: int) -> float:
        """Return how likely it applies for the link from the matched incident at ``place``."""
        return round(self.incidents[place].probability * packaged_paths().linked, PROBABILITY_DIGITS)

    def combined(self, ordinal: int, evidence: RunbookSupport) -> Likelihood:
        """Return how likely the runbook at ``ordinal`` applies, by all paths that lead to it.

        Several services count as one. That it is the very runbook, only its text and the incidents that link
        to it can tell.
        """
        places = [place for place, _ in evidence.linked.get(ordinal, ())]
        related = [self.text.probability, *map(self.linked, places)]
        if evidence.services.get(ordinal):
            related.append(self.service)
        elif evidence.needed.get(ordinal):
            related.append(self.dependency)
        share = packaged_paths().linked
        same = noisy_or([self.text.same, *(self.incidents[place].same * share for place in places)])
        probability = noisy_or(related)
        return Likelihood(probability, min(same, probability))


def _linked(evidence: RunbookSupport, ordinal: int) -> float:
    places = [place for place, _ in evidence.linked.get(ordinal, ())]
    return weights.RUNBOOK_LINKED / (1 + min(places)) if places else 0.0


def _shared(evidence: RunbookSupport, ordinal: int) -> float:
    if evidence.services.get(ordinal):
        return weights.RUNBOOK_SERVICE
    return weights.RUNBOOK_DEPENDENCY if evidence.needed.get(ordinal) else 0.0
