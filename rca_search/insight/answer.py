"""One answer in the making: from ranked documents to hits with passages and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Reference
from rca_search.insight.judge import Judge, Judged
from rca_search.insight.library import Entry, Library
from rca_search.models import (
    Filter,
    IncidentHit,
    Judgement,
    Kind,
    Passage,
    Query,
    Role,
    RunbookHit,
    Score,
)
from rca_search.ranking import feedback, weights
from rca_search.ranking import runbooks as runbook_ranking
from rca_search.ranking.filters import candidates
from rca_search.ranking.fusion import Floats
from rca_search.ranking.passages import PassageRanker
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval
from rca_search.ranking.runbooks import Evidence
from rca_search.ranking.service_names import ServiceNames
from rca_search.views import Mask, View

_WITH_SERVICE = 3
"""Matched incidents whose services count as the question's where it names none."""


class Answering:
    """Ranks, once, what one question can be answered with; parts are made when they are asked for."""

    def __init__(self, library: Library, question: Question, view: View, query: Query) -> None:
        """Take the question, the documents that exist for it and what narrows them."""
        snapshot = library.snapshot
        self._library = library
        self._snapshot = snapshot
        self._question = question
        self._view = view
        self._query = query
        self._with_votes = query.votes and query.as_of is None
        engines = Engines(snapshot.lexical, snapshot.ngrams, snapshot.store)
        self._retrieval = Retrieval(question, engines, view)
        self._allowed = candidates(snapshot.catalogue, query.filter)

    def ranked(self, kind: Kind | None) -> Ranked:
        """Return the documents of ``kind``, or all, best first."""
        if kind is Kind.RUNBOOK:
            return self._ranked_runbooks
        if kind is Kind.INCIDENT:
            return self._ranked_incidents
        within = self._allowed if kind is None else self._allowed & self._of_kind(kind)
        return self._moved(self._retrieval.rank(within))

    def incidents(self) -> tuple[IncidentHit, ...]:
        """Return the incidents that resemble the question, as many as were asked for."""
        ranked = self._ranked_incidents
        return tuple(self._incident(ranked, place) for place in range(self._shown(ranked)))

    def runbooks(self) -> tuple[RunbookHit, ...]:
        """Return the runbooks that likely apply, as many as were asked for."""
        ranked = self._ranked_runbooks
        return tuple(self._runbook(ranked, place) for place in range(self._shown(ranked)))

    def judgement(self, kind: Kind) -> Judgement:
        """Return the verdict over the hits of ``kind``, incidents or runbooks."""
        return (self._judged_runbooks if kind is Kind.RUNBOOK else self._judged_incidents).judgement

    def features(self, kind: Kind, places: int) -> Floats:
        """Return the features of the best hits of ``kind``, (hits, features)."""
        ranked = self.ranked(kind)
        reference = self._runbook_reference if kind is Kind.RUNBOOK else self._reference
        return self._judge.features(ranked, places, reference)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._library, self._retrieval, self._view, self._query)

    @cached_property
    def _judged_incidents(self) -> Judged:
        ranked = self._ranked_incidents
        return self._judge.judged(Kind.INCIDENT, ranked, self._shown(ranked), self._reference)

    @cached_property
    def _judged_runbooks(self) -> Judged:
        ranked = self._ranked_runbooks
        return self._judge.judged(Kind.RUNBOOK, ranked, self._shown(ranked), self._runbook_reference)

    @cached_property
    def _ranked_incidents(self) -> Ranked:
        within = self._allowed & self._of_kind(Kind.INCIDENT)
        return self._moved(self._retrieval.rank(within))

    @cached_property
    def _reference(self) -> Ranked:
        """The incidents ranked as if there were neither filter nor vote, all that are shown among them."""
        if self._query.filter == Filter() and not self._is_moved:
            return self._ranked_incidents
        return self._retrieval.rank(self._of_kind(Kind.INCIDENT), self._ranked_incidents.documents)

    @cached_property
    def _runbook_reference(self) -> Ranked:
        """The runbooks ranked as if there were no vote."""
        if not self._is_moved:
            return self._ranked_runbooks
        within = self._of_kind(Kind.RUNBOOK)
        ranked = self._retrieval.rank(within, self._ranked_runbooks.documents)
        return runbook_ranking.reorder(ranked, self._evidence)

    @cached_property
    def _is_moved(self) -> bool:
        """Whether votes change any place: probabilities are those of the evidence alone."""
        return self._with_votes and bool(self._library.shifts.any())

    @cached_property
    def _ranked_runbooks(self) -> Ranked:
        # Filters describe incidents; a runbook has neither severity nor date of its own to fail them.
        within = self._of_kind(Kind.RUNBOOK)
        always = self._evidence.ordinals()
        return runbook_ranking.reorder(self._moved(self._retrieval.rank(within, always)), self._evidence)

    def _moved(self, ranked: Ranked) -> Ranked:
        """Let votes move what was ranked, unless the question wants none."""
        return feedback.moved(ranked, self._library.shifts) if self._with_votes else ranked

    @cached_property
    def _evidence(self) -> Evidence:
        matched = self._ranked_incidents.documents[: weights.RUNBOOK_INCIDENTS].tolist()
        return Evidence(self._linked(matched), self._shared_services(matched))

    @cached_property
    def _passages(self) -> PassageRanker:
        """Measure the chunks of all documents that are shown, at once."""
        shown = {
            ordinal
            for ranked in (self._ranked_incidents, self._ranked_runbooks)
            for ordinal in ranked.documents[: self._query.limit].tolist()
        }
        rows = [row for ordinal in sorted(shown) for row in self._snapshot.chunks_of(ordinal)]
        return PassageRanker(self._retrieval, np.asarray(rows, dtype=np.int32))

    def _linked(self, matched: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
        linked: dict[int, list[tuple[int, str]]] = {}
        for place, ordinal in enumerate(matched):
            source = self._snapshot.catalogue.ids[ordinal]
            for reference in self._library.references_from.get(source, ()):
                target = self._target(reference)
                if target is not None and self._is_visible_runbook(target):
                    entries = linked.setdefault(target, [])
                    entries.extend([(place, source)] if (place, source) not in entries else [])
        return {target: sorted(entries) for target, entries in linked.items()}

    def _target(self, reference: Reference) -> int | None:
        """Return what a link means here: the first of its meanings that exists, if it is only one."""
        for group in reference.meanings:
            meant = [self._snapshot.ordinals[name] for name in group]
            visible = [ordinal for ordinal in meant if self._view.documents[ordinal]]
            if visible:
                return visible[0] if len(visible) == 1 else None
        return None

    def _shared_services(self, matched: Sequence[int]) -> dict[int, list[str]]:
        services = self._library.services(self._view)
        shared: dict[int, list[str]] = {}
        for service in self._question_services(matched, services.names):
            for ordinal in services.of(service):
                shared.setdefault(ordinal, []).append(service)
        return shared

    def _question_services(self, matched: Sequence[int], names: ServiceNames) -> list[str]:
        """Services that were asked for, else those the question names, else those of the best matches."""
        if self._query.filter.services:
            return list(self._query.filter.services)
        catalogue = self._snapshot.catalogue
        # The first service of an incident is the one that failed; the others were affected.
        first = [catalogue.services[ordinal][0] for ordinal in matched if catalogue.services[ordinal]]
        return names.said_in(self._question.text) or list(dict.fromkeys(first[:_WITH_SERVICE]))

    def _incident(self, ranked: Ranked, place: int) -> IncidentHit:
        entry = self._library.read(int(ranked.documents[place]))
        return IncidentHit(
            document=entry.document,
            verdict=self._judged_incidents.verdicts[place],
            likelihood=self._judged_incidents.likelihoods[place],
            score=self._score(ranked, place),
            passages=self._shown_passages(entry),
            matched_terms=self._matched(entry.chunks),
            resolution=self._resolution(entry),
        )

    def _runbook(self, ranked: Ranked, place: int) -> RunbookHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        passages = self._shown_passages(entry)
        score = self._score(ranked, place)
        told = score.dense + score.lexical + score.spelling
        section = passages[0].headings[-1] if passages and passages[0].headings else ""
        return RunbookHit(
            document=entry.document,
            verdict=self._judged_runbooks.verdicts[place],
            likelihood=self._judged_runbooks.likelihoods[place],
            score=score,
            passages=passages,
            matched_terms=self._matched(entry.chunks),
            reasons=runbook_ranking.reasons(ordinal, self._evidence, text_total=told, section=section),
        )

    def _shown_passages(self, entry: Entry) -> tuple[Passage, ...]:
        best = self._passages.best(entry.telling)[: weights.PASSAGES]
        return tuple(self._passage(entry, found.chunk, found.similarity) for found in best)

    def _passage(self, entry: Entry, row: int, similarity: float) -> Passage:
        chunk = entry.chunks[row]
        return Passage(
            chunk_id=chunk.id,
            role=chunk.role,
            headings=chunk.headings,
            path=entry.document.path,
            first_line=chunk.first_line,
            last_line=chunk.last_line,
            text=entry.excerpt(chunk),
            matched_terms=self._matched([row]),
            similarity=round(similarity, 6),
        )

    def _resolution(self, entry: Entry) -> Passage | None:
        """Return the first passage that tells what fixed it."""
        for row, chunk in entry.chunks.items():
            if chunk.role is Role.RESOLUTION:
                return self._passage(entry, row, self._passages.similarity(row))
        return None

    def _matched(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._passages.rarest_matches(rows))

    def _of_kind(self, kind: Kind) -> Mask:
        return self._snapshot.of_kind(kind)

    def _is_visible_runbook(self, ordinal: int) -> bool:
        return self._snapshot.catalogue.kinds[ordinal] is Kind.RUNBOOK and bool(self._view.documents[ordinal])

    def _shown(self, ranked: Ranked) -> int:
        return min(self._query.limit, len(ranked.documents))

    def _score(self, ranked: Ranked, place: int) -> Score:
        shift = self._library.shifts[ranked.documents[place]] if self._with_votes else 0.0
        return Score(
            total=round(float(ranked.totals[place]), 6),
            dense=round(float(ranked.signals.dense[place]), 6),
            lexical=round(float(ranked.signals.lexical[place]), 6),
            spelling=round(float(ranked.signals.spelling[place]), 6),
            feedback=round(float(shift), 6),
        )
