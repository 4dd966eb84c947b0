"""Incidents and runbooks ranked for one question, and what their probabilities are judged by."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.judge import Judge
from rca_search.insight.library import Library
from rca_search.insight.reranking import Reranking
from rca_search.insight.runbooks.paths import RunbookEvidence
from rca_search.insight.service_context import ServiceContext
from rca_search.insight.supposed import Supposed
from rca_search.lexical.arrays import distinct
from rca_search.lexical.supposed import SupposedIndex
from rca_search.models import Filter, Kind, Query
from rca_search.protocols import LexicalIndex, Reranker
from rca_search.ranking import feedback, weights
from rca_search.ranking import runbooks as runbook_ranking
from rca_search.ranking.filters import candidates
from rca_search.ranking.order import by_likelihood
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval, averaged
from rca_search.ranking.runbooks import Evidence
from rca_search.views import Mask, Ordinals, View


class Rankings:
    """The rankings of one question over one view, each made once and when it is asked for."""

    def __init__(
        self,
        library: Library,
        question: Question,
        view: View,
        query: Query,
        reranker: Reranker | None,
        supposed: Supposed | None = None,
    ) -> None:
        """Take the question, the documents that exist for it, what narrows them and who looks again.

        ``supposed`` is taken to be so for once.
        """
        snapshot = library.snapshot
        engines = Engines(
            lexical=_lexical(snapshot, supposed),
            ngrams=snapshot.ngrams,
            titles=snapshot.titles,
            store=snapshot.store,
            folders=snapshot.folders,
        )
        self.retrieval = Retrieval(question, engines, view)
        named = None if reranker is None else reranker.name
        self.judge = Judge(library, self.retrieval, view, query, named, self._symptom_of)
        linked = supposed.document if supposed and supposed.linked else None
        self.sought = RunbookEvidence(library, question, query, view, linked)
        self.services = ServiceContext(library, query.about, view)
        self._library = library
        self._query = query
        self._with_votes = query.votes and query.as_of is None
        self._reranking = Reranking(snapshot, self.retrieval, reranker)
        self._is_reranked = reranker is not None
        self._allowed = candidates(snapshot.catalogue, query.filter)
        self._always: Ordinals = np.asarray([supposed.document] if supposed else [], dtype=np.int32)

    def of(self, kind: Kind | None) -> Ranked:
        """Return the documents of ``kind``, or all, best first."""
        if kind is Kind.RUNBOOK:
            return self.runbooks
        if kind is Kind.INCIDENT:
            return self.incidents
        within = self._allowed if kind is None else self._allowed & self._library.snapshot.of_kind(kind)
        return self._placed(self.retrieval.rank(within))

    def reference(self, kind: Kind) -> Ranked:
        """Return the documents of ``kind`` by evidence alone: probabilities are judged among these.

        Neither filters nor votes, services that the caller names, or a cross-encoder change it; all that is
        ranked is among it.
        """
        return self._runbook_reference if kind is Kind.RUNBOOK else self._incident_reference

    @cached_property
    def incidents(self) -> Ranked:
        """The incidents that the filter lets through."""
        ranked = self._fused_incidents
        if not len(ranked.documents):
            return ranked
        odds = self.judge.log_odds(Kind.INCIDENT, ranked, self._incident_reference)
        return by_likelihood(ranked, odds)

    @cached_property
    def runbooks(self) -> Ranked:
        """All runbooks: filters describe incidents, and a runbook has no date of its own to fail them."""
        return self._with_evidence(self._placed(self._runbooks_by_text))

    def fused(self, kind: Kind) -> Ranked:
        """Return the documents of ``kind`` by their scores alone, before any is looked at closely."""
        return self.runbooks if kind is Kind.RUNBOOK else self._fused_incidents

    @cached_property
    def _fused_incidents(self) -> Ranked:
        ranked = self.retrieval.rank(self._allowed & self._incidents, self._always)
        return self.services.applied(self._placed(ranked))

    @cached_property
    def evidence(self) -> Evidence:
        """What speaks for runbooks besides their text."""
        return self.sought.gather(self.incidents.documents[: weights.RUNBOOK_INCIDENTS].tolist())

    @cached_property
    def _incident_reference(self) -> Ranked:
        if self._query.filter == Filter() and not self._query.about and not self._is_moved:
            return self._fused_incidents
        always = np.union1d(self._fused_incidents.documents, self._always).astype(np.int32)
        return self.retrieval.rank(self._incidents, always)

    @cached_property
    def _runbook_reference(self) -> Ranked:
        return self._with_evidence(self._runbooks_by_text) if self._is_moved else self.runbooks

    @cached_property
    def _is_moved(self) -> bool:
        """Whether votes or a cross-encoder may change places."""
        return self._is_reranked or (self._with_votes and bool(self._library.shifts.any()))

    @cached_property
    def _runbooks_by_text(self) -> Ranked:
        """Runbooks by the question and, where it names a service that has one, by the rest of it too.

        Such a name stands all over the pages of that service, whatever they are about.
        """
        within = self._library.snapshot.of_kind(Kind.RUNBOOK)
        always = np.union1d(self.evidence.ordinals(), self._always).astype(np.int32)
        alert = self.retrieval.question.alert
        ranked = self.retrieval.rank(within, always, alert=alert)
        rest = self._symptom
        if rest is None:
            return ranked
        other = rest.rank(within, distinct(np.concatenate((always, ranked.documents))))
        return averaged(self.retrieval.rank(within, other.documents), other, alert)

    @cached_property
    def _symptom(self) -> Retrieval | None:
        """What the rest of a question finds that names a service which has a runbook."""
        symptom = self.sought.symptom() if self.evidence.services else None
        if symptom is None:
            return None
        return Retrieval(symptom, self.retrieval.engines, self.retrieval.view)

    def _symptom_of(self, kind: Kind) -> Retrieval | None:
        return self._symptom if kind is Kind.RUNBOOK else None

    def _with_evidence(self, ranked: Ranked) -> Ranked:
        telling = self.retrieval.best_passages(self.sought.telling_terms(), ranked.documents)
        return runbook_ranking.reorder(ranked, self.evidence, telling)

    def _placed(self, ranked: Ranked) -> Ranked:
        """Let a cross-encoder and votes move what was ranked, as far as the question wants them to."""
        looked = self._reranking.applied(ranked)
        return feedback.moved(looked, self._library.shifts) if self._with_votes else looked

    @property
    def _incidents(self) -> Mask:
        return self._library.snapshot.of_kind(Kind.INCIDENT)


def _lexical(snapshot: Snapshot, supposed: Supposed | None) -> LexicalIndex:
    """Return what scores words, as it would be with what is supposed to be said."""
    if supposed is None or not supposed.terms:
        return snapshot.lexical
    return SupposedIndex(snapshot.lexical, supposed.passage, supposed.document, supposed.terms)
