"""One answer in the making: from ranked documents to hits with passages and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from rca_search.insight.alike import find_alike
from rca_search.insight.asked import Asked
from rca_search.insight.durations import summarise
from rca_search.insight.evidence import EvidenceFinder
from rca_search.insight.families.recurrence import recurrence_of
from rca_search.insight.library import Entry, Library
from rca_search.insight.reranking import Reranking
from rca_search.insight.runbook_evidence import RunbookEvidence
from rca_search.insight.service_context import ServiceContext
from rca_search.insight.superseded import Superseding
from rca_search.models import (
    AlikeRunbook,
    Chunk,
    DurationSummary,
    IncidentFacts,
    IncidentHit,
    Kind,
    Passage,
    Query,
    RunbookHit,
    Score,
)
from rca_search.protocols import Reranker
from rca_search.ranking import feedback, weights
from rca_search.ranking import runbooks as runbook_ranking
from rca_search.ranking.filters import candidates
from rca_search.ranking.passages import PassageRanker, RankedChunk
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval, averaged
from rca_search.ranking.runbooks import Evidence
from rca_search.ranking.sections import opened_first
from rca_search.views import Mask, View


class Answering:
    """Ranks, once, what one question can be answered with; parts are made when they are asked for."""

    def __init__(
        self,
        library: Library,
        question: Question,
        view: View,
        query: Query,
        *,
        asked_with: int | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Take the question, the documents that exist for it, what narrows them and who looks again.

        ``asked_with`` is the ordinal of the document that the question was made from, if it was.
        """
        snapshot = library.snapshot
        self._library = library
        self._snapshot = snapshot
        self._question = question
        self._view = view
        self._query = query
        self._with_votes = query.votes and query.as_of is None
        self._asked_with = asked_with
        engines = Engines(snapshot.lexical, snapshot.ngrams, snapshot.titles, snapshot.store)
        self._retrieval = Retrieval(question, engines, view)
        self._reranking = Reranking(snapshot, self._retrieval, reranker)
        self._allowed = candidates(snapshot.catalogue, query.filter)
        self._sought = RunbookEvidence(library, question, query, view)

    def ranked(self, kind: Kind | None) -> Ranked:
        """Return the documents of ``kind``, or all, best first."""
        if kind is Kind.RUNBOOK:
            return self._ranked_runbooks
        if kind is Kind.INCIDENT:
            return self._ranked_incidents
        within = self._allowed if kind is None else self._allowed & self._of_kind(kind)
        return self._moved(self._reranking.applied(self._retrieval.rank(within)))

    def incidents(self) -> tuple[IncidentHit, ...]:
        """Return the incidents that resemble the question, as many as were asked for."""
        return self._incidents

    def durations(self) -> tuple[DurationSummary, ...]:
        """Return how long those incidents lasted."""
        return summarise(self._incidents, self._query.elapsed_minutes)

    def runbooks(self) -> tuple[RunbookHit, ...]:
        """Return the runbooks that likely apply, as many as were asked for."""
        ranked = self._ranked_runbooks
        return tuple(self._runbook(ranked, place) for place in range(self._shown(ranked)))

    def alike(self) -> tuple[AlikeRunbook, ...]:
        """Return the runbooks that only their service tells apart, where the question names none."""
        if self._sought.stated_services():
            return ()
        services = self._library.services(self._view).one_each()
        ranked = self._ranked_runbooks.documents.tolist()
        return find_alike(ranked, services, self._snapshot.document)

    @cached_property
    def _incidents(self) -> tuple[IncidentHit, ...]:
        ranked = self._ranked_incidents
        return tuple(self._incident(ranked, place) for place in range(self._shown(ranked)))

    @cached_property
    def _superseding(self) -> Superseding:
        return Superseding(self._library, self._view, self._query.as_of)

    @cached_property
    def _ranked_incidents(self) -> Ranked:
        within = self._allowed & self._of_kind(Kind.INCIDENT)
        ranked = self._moved(self._reranking.applied(self._retrieval.rank(within)))
        return self._services.applied(ranked)

    @cached_property
    def _services(self) -> ServiceContext:
        return ServiceContext(self._library, self._query.about, self._view)

    @cached_property
    def _ranked_runbooks(self) -> Ranked:
        # Filters describe incidents; a runbook has neither severity nor date of its own to fail them.
        within = self._of_kind(Kind.RUNBOOK)
        ranked = self._moved(self._reranking.applied(self._ranked_by_text(within)))
        telling = self._retrieval.best_passages(self._sought.telling_terms(), ranked.documents)
        return runbook_ranking.reorder(ranked, self._evidence, telling)

    def _ranked_by_text(self, within: Mask) -> Ranked:
        """Rank runbooks by the question and, where it names a service that has one, by the rest of it too.

        Such a name stands all over the pages of that service, whatever they are about.
        """
        always = self._evidence.ordinals()
        ranked = self._retrieval.rank(within, always)
        symptom = self._sought.symptom() if self._evidence.services else None
        if symptom is None:
            return ranked
        rest = Retrieval(symptom, self._retrieval.engines, self._view)
        other = rest.rank(within, np.union1d(always, ranked.documents).astype(np.int32))
        return averaged(self._retrieval.rank(within, other.documents), other)

    def _moved(self, ranked: Ranked) -> Ranked:
        """Let votes move what was ranked, unless the question wants none."""
        return feedback.moved(ranked, self._library.shifts) if self._with_votes else ranked

    @cached_property
    def _evidence(self) -> Evidence:
        return self._sought.gather(self._ranked_incidents.documents[: weights.RUNBOOK_INCIDENTS].tolist())

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

    @cached_property
    def _finder(self) -> EvidenceFinder:
        if self._asked_with is None:
            names = self._library.services(self._view).names
            asked = Asked.of_text(self._question.understood.text, names.said_in(self._question.words))
        else:
            asked = Asked.of_document(self._library.read(self._asked_with))
        return EvidenceFinder(self._library, self._view, self._passages, asked)

    def _incident(self, ranked: Ranked, place: int) -> IncidentHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        facts = self._library.facts(ordinal)
        return IncidentHit(
            document=entry.document,
            score=self._score(ranked, place),
            passages=self._shown_passages(entry, self._passages.best(entry.telling)),
            matched_terms=self._matched(entry.chunks),
            resolution=self._resolution(entry, facts),
            facts=facts,
            superseded=self._superseding.of(entry.document),
            evidence=self._finder.of_incident(entry),
            recurrence=recurrence_of(self._library.families, ordinal, self._view),
            ties=self._services.ties(int(ranked.documents[place])),
        )

    def _runbook(self, ranked: Ranked, place: int) -> RunbookHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        found = self._passages.best(entry.telling)
        score = self._score(ranked, place)
        told = score.dense + score.lexical + score.spelling + score.title
        headings = entry.chunks[found[0].chunk].headings if found else ()
        section = headings[-1] if headings else ""
        return RunbookHit(
            document=entry.document,
            score=score,
            passages=self._shown_passages(entry, opened_first(found, entry.chunks)),
            matched_terms=self._matched(entry.chunks),
            reasons=runbook_ranking.reasons(ordinal, self._evidence, text_total=told, section=section),
            evidence=self._finder.of_runbook(entry),
            age=self._library.ages(self._view).of(entry.document),
        )

    def _shown_passages(self, entry: Entry, found: Sequence[RankedChunk]) -> tuple[Passage, ...]:
        shown = found[: weights.PASSAGES]
        return tuple(self._passage(entry, each.chunk, each.similarity) for each in shown)

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

    def _resolution(self, entry: Entry, facts: IncidentFacts) -> Passage | None:
        """Return what fixed it as a passage, under the chunk that its first line stands in."""
        if not facts.resolution:
            return None
        told = facts.resolution[0]
        row, chunk = min(entry.chunks.items(), key=lambda item: _distance(item[1], told.first_line))
        return Passage(
            chunk_id=chunk.id,
            role=chunk.role,
            headings=chunk.headings,
            path=entry.document.path,
            first_line=told.first_line,
            last_line=told.last_line,
            text=told.text,
            matched_terms=self._matched([row]),
            similarity=round(self._passages.similarity(row), 6),
        )

    def _matched(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._passages.rarest_matches(rows))

    def _of_kind(self, kind: Kind) -> Mask:
        return self._snapshot.of_kind(kind)

    def _shown(self, ranked: Ranked) -> int:
        return min(self._query.limit, len(ranked.documents))

    def _score(self, ranked: Ranked, place: int) -> Score:
        return Score(
            total=round(float(ranked.totals[place]), 6),
            dense=round(float(ranked.signals.dense[place]), 6),
            lexical=round(float(ranked.signals.lexical[place]), 6),
            spelling=round(float(ranked.signals.spelling[place]), 6),
            title=round(float(ranked.signals.title[place]), 6),
            **{name: round(float(added[place]), 6) for name, added in ranked.additions.items()},
        )


def _distance(chunk: Chunk, line: int) -> int:
    """Return how many lines lie between ``line`` and ``chunk``."""
    return max(chunk.first_line - line, line - chunk.last_line, 0)
