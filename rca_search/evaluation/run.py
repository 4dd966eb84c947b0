"""Scoring an index on judged questions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery, resolved
from rca_search.evaluation.measures import hit, ndcg, recall, reciprocal_rank
from rca_search.models import Kind, Query
from rca_search.ranking.filters import fold
from rca_search.service import SearchService

DEPTH = 100
"""Documents ranked per question; the reciprocal rank looks no further."""

MEASURES: Mapping[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    "hit@1": lambda ranking, relevant: hit(ranking, relevant, depth=1),
    "hit@5": lambda ranking, relevant: hit(ranking, relevant, depth=5),
    "hit@10": lambda ranking, relevant: hit(ranking, relevant, depth=10),
    "recall@10": lambda ranking, relevant: recall(ranking, relevant, depth=10),
    "recall@100": lambda ranking, relevant: recall(ranking, relevant, depth=100),
    "mrr": reciprocal_rank,
    "ndcg@10": lambda ranking, relevant: ndcg(ranking, relevant, depth=10),
}

SECTION = "section@1"
OPTIONAL = (SECTION,)
"""Measures of some questions only: the right page came first, and metadata name the section that helps."""

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Case:
    """A judged question and what does not exist for it besides its own document.

    That is whatever is dated after ``as_of``, and the documents ``hidden``, by id.
    """

    query: JudgedQuery
    as_of: dt.date | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """One question: what was ranked first, and each measure; those of ``OPTIONAL`` where they apply."""

    query_id: str
    ranking: tuple[str, ...]
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Means over the judged questions; ``unjudged`` questions have no relevant document and do not count."""

    version: str
    kind: Kind | None
    queries: int
    unjudged: int
    missing: tuple[str, ...]
    means: Mapping[str, float]
    outcomes: tuple[QueryOutcome, ...]


def evaluate(
    service: SearchService,
    queries: Sequence[JudgedQuery],
    *,
    kind: Kind | None = None,
    votes: bool = True,
    progress: Progress = silent,
) -> EvaluationReport:
    """Ask every judged question and measure the ranking of documents of ``kind``.

    A question's own document is left out. ``missing`` names judged documents that the index lacks.
    Raises InvalidRequestError where no question has a judgement.
    """
    judged = [query for query in queries if query.relevant]
    if not judged:
        raise InvalidRequestError(
            "No query has a relevant document.", remedy="Pass the judgements of this set."
        )
    cases = [Case(query) for query in judged]
    outcomes = ask_all(service, cases, kind=kind, votes=votes, progress=progress)
    means = {
        name: math.fsum(outcome.measures[name] for outcome in outcomes) / len(outcomes) for name in MEASURES
    }
    wanted = sorted({document for query in judged for document in query.relevant})
    return EvaluationReport(
        version=service.version,
        kind=kind,
        queries=len(judged),
        unjudged=len(queries) - len(judged),
        missing=tuple(document for document in wanted if service.find(document) is None),
        means=means,
        outcomes=tuple(outcomes),
    )


def ask_all(
    service: SearchService,
    cases: Sequence[Case],
    *,
    kind: Kind | None,
    votes: bool = True,
    progress: Progress = silent,
) -> list[QueryOutcome]:
    """Ask every case and measure the ranking of documents of ``kind``, in order."""
    outcomes: list[QueryOutcome] = []
    for done, case in enumerate(cases, start=1):
        outcomes.append(_ask(service, case, kind, votes=votes))
        progress(done, len(cases))
    return outcomes


def _ask(service: SearchService, case: Case, kind: Kind | None, *, votes: bool) -> QueryOutcome:
    query = resolved(case.query, service.find)
    exclude = (*filter(None, [query.own]), *case.hidden)
    asked = Query(text=query.text, as_of=case.as_of, exclude=exclude, votes=votes)
    ranking = tuple(document for document, _ in service.ranking(asked, kind, depth=DEPTH))
    measures = {name: measure(ranking, query.relevant) for name, measure in MEASURES.items()}
    heading = query.metadata.get("gold_heading")
    if kind is Kind.RUNBOOK and isinstance(heading, str) and _is_right(ranking, query.relevant):
        measures[SECTION] = float(_opens_at(service, asked, heading))
    return QueryOutcome(query.id, ranking, measures)


def _is_right(ranking: Sequence[str], relevant: Mapping[str, int]) -> bool:
    """Return whether the first document has the best grade that was given."""
    return bool(ranking) and relevant.get(ranking[0], 0) == max(relevant.values(), default=-1)


def _opens_at(service: SearchService, asked: Query, heading: str) -> bool:
    """Return whether the first runbook is shown at a section with ``heading``, or at a part of it."""
    first = service.search(replace(asked, limit=1)).runbooks[0]
    shown = first.passages[0].headings if first.passages else ()
    return fold(heading) in {fold(each) for each in shown}
