"""Incidents and runbooks ranked for one question, and what their probabilities are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.judge import Judge
from rca_search.insight.links.service_map import ServiceMap
from rca_search.insight.named import HEADINGS_OF, citing_document, named_documents, named_sections
from rca_search.insight.runbooks import RunbookEvidence
from rca_search.insight.version_cache import VersionCache
from rca_search.lexical.arrays import distinct
from rca_search.lexical.supposed import SupposedIndex
from rca_search.models import Filter, Kind, Query, ServiceTie
from rca_search.protocols import LexicalIndex, Reranker
from rca_search.ranking import feedback, weights
from rca_search.ranking import runbooks as runbook_ranking
from rca_search.ranking.filters import candidates, fold
from rca_search.ranking.question import Question
from rca_search.ranking.reranking import by_likelihood, reranked
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval, averaged
from rca_search.ranking.runbooks import RunbookSupport
from rca_search.views import Mask, Ordinals, View


@dataclass(frozen=True, slots=True)
class Supposed:
    """Something about the document at ordinal ``document``, everything else being as it is.

    It is scored whether or not a retriever brings it in. Its chunk ``passage`` says ``terms``, none of which
    it says now; ``linked`` supposes of a runbook that the best matched incident links to it.
    """

    document: int
    passage: int = -1
    terms: tuple[str, ...] = ()
    linked: bool = False


SAME, NEIGHBOUR = "same", "neighbour"


class ServiceContext:
    """The services that one question is about, and those next to them in its view."""

    def __init__(self, library: VersionCache, about: Sequence[str], view: View) -> None:
        """Take the names as the caller spells them; none are fine, and so are unknown ones."""
        self._services = library.snapshot.catalogue.services
        named = [name for name in about if fold(name)]
        self._map = library.service_map(view) if named else ServiceMap.empty()
        self._about = {self._map.key(name): name for name in named}
        self._near = {key: name for name in reversed(named) for key in self._map.next_to(name)}

    def ties(self, ordinal: int) -> tuple[ServiceTie, ...]:
        """Return how the services of the incident at ``ordinal`` are tied to those asked about."""
        found: list[ServiceTie] = []
        for service in self._services[ordinal] if self._about else ():
            key = self._map.key(service)
            if key in self._about:
                found.append(ServiceTie(service, SAME, self._about[key]))
            elif key in self._near:
                found.append(ServiceTie(service, NEIGHBOUR, self._near[key]))
        return tuple(found)

    def applied(self, ranked: Ranked) -> Ranked:
        """Raise the incidents that are tied to the services, and order anew."""
        if not self._about:
            return ranked
        amounts = [_amount(self.ties(ordinal)) for ordinal in ranked.documents.tolist()]
        return ranked.raised(service=np.asarray(amounts, dtype=np.float64))


def _amount(ties: Sequence[ServiceTie]) -> float:
    """Return what the closest tie is worth; several are worth no more."""
    if any(tie.relation == SAME for tie in ties):
        return weights.SAME_SERVICE
    return weights.NEIGHBOUR_SERVICE if ties else 0.0


class Reranking:
    """Looks at the best documents of one question again; without a reranker it leaves them as they are."""

    def __init__(self, snapshot: Snapshot, retrieval: Retrieval, reranker: Reranker | None) -> None:
        """Take the documents, what was retrieved, and the model if there is one."""
        self._snapshot = snapshot
        self._retrieval = retrieval
        self._reranker = reranker

    def applied(self, ranked: Ranked) -> Ranked:
        """Return ``ranked`` with the model's judgement added."""
        return ranked if self._reranker is None else reranked(ranked, self._pair, self._reranker)

    def _pair(self, ordinal: int) -> tuple[str, str]:
        """Return the window of the question and the passage of a document that are closest to each other."""
        rows = np.asarray(self._snapshot.chunks_of(ordinal), dtype=np.int32)
        title = self._snapshot.catalogue.titles[ordinal]
        similarities = self._retrieval.window_similarities(rows)
        if not similarities.size:
            return self._retrieval.question.text, title
        window, place = np.unravel_index(int(np.argmax(similarities)), similarities.shape)
        passage = self._snapshot.chunk(int(rows[place])).text
        parts = dict.fromkeys((title, passage))
        return self._retrieval.question.windows[int(window)], "\n".join(parts)


class Rankings:
    """The rankings of one question over one view, each made once and when it is asked for."""

    def __init__(
        self,
        library: VersionCache,
        question: Question,
        view: View,
        query: Query,
        reranker: Reranker | None,
        supposed: Supposed | None = None,
    ) -> None:
        """Take the question, the documents that exist for it, what narrows them and the reranker, if any.

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
        understood = question.understood
        self._said = ("" if understood.forms else understood.text, understood.named)
        self.named = named_documents(library.pages, view, *self._said) if any(self._said) else {}
        kinds = {snapshot.catalogue.kinds[ordinal] for ordinal in self.named}
        self.judge = Judge(library, self.retrieval, view, query, named, self._symptom_of, named=kinds)
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
        if kind is Kind.OTHER:
            return self.others
        within = self._allowed if kind is None else self._allowed & self._library.snapshot.of_kind(kind)
        return self._placed(self.retrieval.rank(within))

    def reference(self, kind: Kind) -> Ranked:
        """Return the documents of ``kind`` by evidence alone: probabilities are judged among these.

        Neither filters nor votes, services that the caller names, or a cross-encoder change it; all that is
        ranked is among it.
        """
        if kind is Kind.OTHER:
            return self._other_reference
        return self._runbook_reference if kind is Kind.RUNBOOK else self._incident_reference

    @cached_property
    def incidents(self) -> Ranked:
        """The incidents that the filter lets through."""
        ranked = self._fused_incidents
        if not len(ranked.documents):
            return ranked
        odds = self.judge.log_odds(Kind.INCIDENT, ranked, self._incident_reference)
        return self._named_first(by_likelihood(ranked, odds))

    @cached_property
    def runbooks(self) -> Ranked:
        """All runbooks: filters describe incidents, and a runbook has no date of its own to fail them."""
        ranked = self._placed_runbooks
        best = ranked.documents[:HEADINGS_OF].tolist()
        sections = named_sections(
            ((ordinal, self._library.read(ordinal).chunks) for ordinal in best), *self._said
        )
        texts = ((ordinal, self._library.read(ordinal).document.text) for ordinal in best)
        self.named = {**citing_document(texts, self._said[1]), **sections, **self.named}
        return self._named_first(ranked)

    @cached_property
    def _placed_runbooks(self) -> Ranked:
        return self._with_evidence(self._placed(self._runbooks_by_text))

    def _named_first(self, ranked: Ranked) -> Ranked:
        """Put the documents that the question names before all others."""
        named = np.asarray([ordinal in self.named for ordinal in ranked.documents.tolist()], dtype=np.bool_)
        if not named.any():
            return ranked
        return ranked.raised(named=np.where(named, ranked.totals.max() - ranked.totals.min() + 1.0, 0.0))

    @cached_property
    def others(self) -> Ranked:
        """Documents of no known kind that the filter lets through."""
        return self._other_reference.only(self._allowed & self._library.snapshot.of_kind(Kind.OTHER))

    @cached_property
    def _other_reference(self) -> Ranked:
        """Documents of no known kind among the incidents: they are judged as if they were some."""
        return self.retrieval.rank(self._incidents | self._library.snapshot.of_kind(Kind.OTHER))

    def fused(self, kind: Kind) -> Ranked:
        """Return the documents of ``kind`` by their scores alone, before any is looked at closely."""
        return self._placed_runbooks if kind is Kind.RUNBOOK else self._fused_incidents

    @cached_property
    def _fused_incidents(self) -> Ranked:
        named = np.asarray(sorted(self.named), dtype=np.int32)
        named = named[(self._allowed & self._incidents)[named]]
        always = np.union1d(self._always, named).astype(np.int32)
        ranked = self.retrieval.rank(self._allowed & self._incidents, always)
        return self.services.applied(self._placed(ranked))

    @cached_property
    def evidence(self) -> RunbookSupport:
        """What counts for runbooks besides their text."""
        return self.sought.gather(self.incidents.documents[: weights.RUNBOOK_INCIDENTS].tolist())

    @cached_property
    def _incident_reference(self) -> Ranked:
        if self._query.filter == Filter() and not self._query.about and not self._is_moved:
            return self._fused_incidents
        always = np.union1d(self._fused_incidents.documents, self._always).astype(np.int32)
        return self.retrieval.rank(self._incidents, always)

    @cached_property
    def _runbook_reference(self) -> Ranked:
        return self._with_evidence(self._runbooks_by_text) if self._is_moved else self._placed_runbooks

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
        named = np.asarray(sorted(self.named), dtype=np.int32)
        named = named[self._library.snapshot.of_kind(Kind.RUNBOOK)[named]]
        always = np.union1d(np.union1d(self.evidence.ordinals(), self._always), named).astype(np.int32)
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
