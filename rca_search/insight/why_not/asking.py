"""One question that is asked again with something changed, and how a document stands in each answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rca_search.insight.answer import Answering
from rca_search.insight.library import Library
from rca_search.insight.supposed import Supposed
from rca_search.models import Kind, Likelihood, Query, Verdict
from rca_search.protocols import Reranker
from rca_search.ranking.fusion import Floats
from rca_search.ranking.question import Question
from rca_search.views import View


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """How a document stands in one answer: its place from 1 if it has one, its features, how likely it is."""

    place: int | None
    row: Floats
    by_text: Likelihood
    likelihood: Likelihood
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about the document at ``ordinal``, which is of ``kind`` and exists in ``view``."""

    library: Library
    question: Question
    view: View
    query: Query
    reranker: Reranker | None
    kind: Kind
    ordinal: int

    def ask(
        self, query: Query | None = None, supposed: Supposed | None = None, *, reranked: bool = True
    ) -> Answering:
        """Ask it, or ask it otherwise."""
        return Answering(
            self.library,
            self.question,
            self.view,
            query or self.query,
            reranker=self.reranker if reranked else None,
            supposed=supposed,
        )

    def stand(self, answering: Answering, ordinal: int | None = None) -> Stand:
        """Return how the document, or the one at ``ordinal``, stands in an answer that scored it."""
        ordinal = self.ordinal if ordinal is None else ordinal
        row = answering.judge.features_of(self.kind, [ordinal], answering.reference(self.kind))[0]
        return self.judged(answering, place_of(answering, self.kind, ordinal), row)

    def judged(self, answering: Answering, place: int | None, row: Floats) -> Stand:
        """Return what ``row`` would make of the document at ``place``."""
        by_text = answering.judge.likelihood(self.kind, row)
        likelihood = by_text
        if self.kind is Kind.RUNBOOK and place is not None:
            likelihood = answering.raised(place - 1, by_text)
        return Stand(place, row, by_text, likelihood, answering.judge.verdict(self.kind, likelihood))


def place_of(answering: Answering, kind: Kind, ordinal: int) -> int | None:
    """Return the place, from 1, of the document at ``ordinal`` among the hits, None where it is none."""
    found = np.flatnonzero(answering.ranked(kind).documents == ordinal)
    return int(found[0]) + 1 if len(found) else None
