"""What an evaluation found, and with what it was found: all that a report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from rca_search import __version__
from rca_search.evaluation.beir import Corpus
from rca_search.evaluation.compare import Comparison
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.gate import Check
from rca_search.evaluation.replay import GROUPS, ReplaySet, replay, replay_cases
from rca_search.evaluation.run import DEPTH, Progress, QueryOutcome, evaluate, silent
from rca_search.evaluation.summary import Group, Summary, grouped, require_keys, summarise
from rca_search.models import Kind
from rca_search.ranking import weights
from rca_search.ranking.fusion import Signals
from rca_search.service import IndexStatus, SearchService


@dataclass(frozen=True, slots=True)
class Setup:
    """What was evaluated; ``ranking`` has every number that the ranking depends on.

    ``precision`` is that of the encoder's weights, None where it is not known; ``reranker`` is the model that
    looked at the best documents again, None where none did.
    """

    release: str
    status: IndexStatus
    precision: str | None
    reranker: str | None
    ranking: Mapping[str, float]

    @classmethod
    def of(cls, service: SearchService, precision: str | None) -> Setup:
        """Describe ``service``."""
        ranking = {**_numbers(), "depth": DEPTH}
        return cls(__version__, service.status(), precision, service.reranker, ranking)


def _numbers() -> dict[str, float]:
    """Return every number of ``weights`` by its name; shares of signals have that of their signal too."""
    found: dict[str, float] = {}
    for name, value in vars(weights).items():
        if name.isupper() and isinstance(value, tuple):
            signals = (each.name for each in fields(Signals))
            found |= {f"{name.lower()}_{signal}": share for signal, share in zip(signals, value, strict=True)}
        elif name.isupper():
            found[name.lower()] = value
    return found


@dataclass(frozen=True, slots=True)
class Scores:
    """Outcomes of the ``queries`` asked, overall and by groups; ``replay`` where these are cases of it.

    ``unjudged`` questions were not asked, ``missing`` are judged documents that the index lacks.
    """

    kind: Kind | None
    queries: Sequence[JudgedQuery]
    outcomes: Sequence[QueryOutcome]
    summary: Summary
    groups: Sequence[Group]
    unjudged: int = 0
    missing: tuple[str, ...] = ()
    replay: ReplaySet | None = None


def score_labelled(
    service: SearchService,
    queries: Sequence[JudgedQuery],
    *,
    kind: Kind | None = None,
    by: Sequence[str] = (),
    corpus: Corpus | None = None,
    votes: bool = True,
    progress: Progress = silent,
) -> Scores:
    """Ask judged questions and group them by the metadata keys ``by``.

    With ``corpus`` all documents go by the ids of that; ``votes`` tells whether votes count. Raises
    InvalidRequestError where no question has a judgement or a key of ``by``.
    """
    judged = [query for query in queries if query.relevant]
    require_keys(by if judged else (), judged)
    asked = queries if corpus is None else corpus.inward(queries)
    report = evaluate(service, asked, kind=kind, votes=votes, progress=progress)
    outcomes, missing = report.outcomes, report.missing
    if corpus is not None:
        outcomes = tuple(_outward(outcome, corpus) for outcome in outcomes)
        missing = tuple(map(corpus.outward, missing))
    return Scores(
        kind=kind,
        queries=judged,
        outcomes=outcomes,
        summary=summarise(outcomes),
        groups=_groups(outcomes, judged, by),
        unjudged=report.unjudged,
        missing=missing,
    )


def score_replay(service: SearchService, *, by: Sequence[str] = (), progress: Progress = silent) -> Scores:
    """Replay the history of the index, grouped by year, service, how cases are joined, and ``by``."""
    cases = replay_cases(service.snapshot)
    queries = cases.queries
    require_keys(by if queries else (), queries)
    outcomes = replay(service, cases.cases, progress=progress)
    keys = [*GROUPS, *by] if outcomes else []
    return Scores(
        kind=Kind.INCIDENT,
        queries=queries,
        outcomes=outcomes,
        summary=summarise(outcomes),
        groups=_groups(outcomes, queries, keys),
        replay=cases,
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that a run has to show."""

    setup: Setup
    scores: Scores
    checks: Sequence[Check] = ()
    comparison: Comparison | None = None
    worst: Sequence[tuple[JudgedQuery, QueryOutcome]] = ()

    @property
    def enforced(self) -> bool:
        """Return whether thresholds count: a replay with too few cases says too little to stop anything."""
        return self.scores.replay is None or self.scores.replay.enough

    @property
    def passed(self) -> bool:
        """Return whether every threshold that counts is met."""
        return not self.enforced or all(check.passed for check in self.checks)


def worst(scores: Scores, number: int) -> list[tuple[JudgedQuery, QueryOutcome]]:
    """Return the ``number`` questions with the lowest nDCG@10, then reciprocal rank, then id."""
    by_id = {query.id: query for query in scores.queries}

    def badness(outcome: QueryOutcome) -> tuple[float, float, str]:
        return outcome.measures["ndcg@10"], outcome.measures["mrr"], outcome.query_id

    return [(by_id[one.query_id], one) for one in sorted(scores.outcomes, key=badness)[:number]]


def _groups(
    outcomes: Sequence[QueryOutcome], queries: Sequence[JudgedQuery], keys: Sequence[str]
) -> list[Group]:
    return [group for key in dict.fromkeys(keys) for group in grouped(outcomes, queries, key)]


def _outward(outcome: QueryOutcome, corpus: Corpus) -> QueryOutcome:
    return replace(outcome, ranking=tuple(map(corpus.outward, outcome.ranking)))
