"""The team's own history asked again: on the day, would the earlier incident have been found.

Each incident that the team linked with an earlier one is asked with what was known when it began, on the
index as it was the day before. No labels are needed: the links are the judgements.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.history import History, PastIncident
from rca_search.evaluation.intervals import SEED
from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions, stands_in
from rca_search.evaluation.run import Case, Progress, QueryOutcome, ask_all, silent
from rca_search.evaluation.symptoms import Hidden, symptom_text
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Document, Kind
from rca_search.service import SearchService

ENOUGH = 30
"""Cases below which the figures say too little to trust or to stop anything."""

MOST = 500
"""Cases asked; of more, so many are drawn evenly over time."""

GROUPS = ("year", "service", "joined")
"""Keys of the metadata of a case that a report is divided by."""


class Skipped(StrEnum):
    """Why an incident is no case; the first reason that holds counts."""

    NO_DATE = "no_date"
    NO_EARLIER_LINK = "no_earlier_link"
    NO_SYMPTOM_TEXT = "no_symptom_text"


@dataclass(frozen=True, slots=True)
class ReplaySet:
    """The cases to ask, by day; ``found`` of them there were, ``skipped`` incidents are none.

    ``undated`` incidents are in no answer, since nobody knows whether they had happened. ``unresolved``
    counts links in incidents that mean no document, or several: each may be a case that is lost.
    """

    cases: tuple[Case, ...]
    incidents: int
    found: int
    undated: int
    unresolved: int
    skipped: Mapping[Skipped, int]

    @property
    def enough(self) -> bool:
        """Return whether the figures can be trusted."""
        return len(self.cases) >= ENOUGH

    @property
    def queries(self) -> list[JudgedQuery]:
        """The questions of the cases."""
        return [case.query for case in self.cases]


def replay_cases(snapshot: Snapshot, *, most: int = MOST, seed: int = SEED) -> ReplaySet:
    """Make a case of every incident with a date that belongs to an earlier one, at most ``most``."""
    history = History.of(snapshot)
    source = _Source(snapshot, history, Mentions.of_incidents(snapshot.catalogue), _service_links(snapshot))
    undated = history.undated()
    cases: list[Case] = []
    skipped: Counter[Skipped] = Counter()
    for incident in history.incidents.values():
        made = source.case(incident, undated)
        if isinstance(made, Skipped):
            skipped[made] += 1
        else:
            cases.append(made)
    cases.sort(key=lambda case: (case.as_of or dt.date.min, case.query.id))
    return ReplaySet(
        cases=tuple(sampled(cases, most, seed=seed)),
        incidents=len(history.incidents),
        found=len(cases),
        undated=len(undated),
        unresolved=sum(
            each.target_id is None and each.source_id in history.incidents for each in snapshot.references
        ),
        skipped={reason: skipped[reason] for reason in Skipped},
    )


def replay(
    service: SearchService, cases: Sequence[Case], *, progress: Progress = silent
) -> list[QueryOutcome]:
    """Ask every case for incidents, each on the index as it was the day before."""
    if not cases:
        return []
    first = min(case.as_of for case in cases if case.as_of is not None)
    return ask_all(fitted_until(service, first), cases, kind=Kind.INCIDENT, progress=progress)


def fitted_until(service: SearchService, day: dt.date) -> SearchService:
    """Return ``service`` with whatever was fitted to the history fitted to what was there on ``day``.

    No order is fitted today: every number of the ranking is fixed, statistics come from the view, which
    ``as_of`` restricts, and an own calibration changes probabilities but no order. Whoever fits anything to
    the documents has to fit it here again, without the period that is replayed, or the figures would praise
    what has seen the answers.
    """
    del day
    return service


def sampled(cases: Sequence[Case], most: int, *, seed: int = SEED) -> list[Case]:
    """Return ``cases``, or one drawn from each of ``most`` even parts of them, in their order."""
    if len(cases) <= most:
        return list(cases)
    generator = np.random.default_rng(seed)
    bounds = [len(cases) * part // most for part in range(most + 1)]
    return [cases[int(generator.integers(low, high))] for low, high in pairwise(bounds)]


@dataclass(frozen=True, slots=True)
class _Source:
    """What cases are made from; ``service_links`` are targets of links to notes on services, by document."""

    snapshot: Snapshot
    history: History
    names: Mentions
    service_links: Mapping[str, frozenset[str]]

    def case(self, incident: PastIncident, undated: tuple[str, ...]) -> Case | Skipped:
        if incident.date is None:
            return Skipped.NO_DATE
        relevant = self.history.earlier(incident.id)
        if not relevant:
            return Skipped.NO_EARLIER_LINK
        document = self.snapshot.document(self.snapshot.ordinals[incident.id])
        text = symptom_text(document, self._hidden(document, relevant))
        if text is None:
            return Skipped.NO_SYMPTOM_TEXT
        day = incident.date - dt.timedelta(days=1)
        metadata = {
            "self": incident.id,
            "as_of": day.isoformat(),
            "year": str(incident.date.year),
            "service": list(incident.services),
            "joined": self.history.joined(incident.id, relevant).value,
        }
        return Case(JudgedQuery(incident.id, text, relevant, metadata, incident.id), day, undated)

    def _hidden(self, document: Document, relevant: Mapping[str, int]) -> Hidden:
        """Return what to cut: a title that the incident has itself is no mention of another one.

        Neither is a name of its own that stands in its title, as in vaults that name files after titles.
        """
        catalogue, ordinals = self.snapshot.catalogue, self.snapshot.ordinals
        looked_for = [ordinals[name] for name in relevant]
        titles = (catalogue.titles[ordinal] for ordinal in looked_for)
        others = Mentions.of(title for title in titles if not stands_in(title, document.title))
        own = (name for name in catalogue.names[ordinals[document.id]] if stands_in(name, document.title))
        theirs = {name for ordinal in looked_for for name in catalogue.names[ordinal]}
        names = self.names.sparing(own, but=theirs)
        return Hidden(names, others, LinkCutter(self.service_links.get(document.id, frozenset()), names))


def _service_links(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    targets: dict[str, set[str]] = {}
    kinds = dict(zip(snapshot.catalogue.ids, snapshot.catalogue.kinds, strict=True))
    for reference in snapshot.references:
        if reference.target_id is not None and kinds[reference.target_id] is Kind.SERVICE:
            targets.setdefault(reference.source_id, set()).add(reference.link.target)
    return {name: frozenset(found) for name, found in targets.items()}
