"""Results of an evaluation as the shapes that ``eval --json`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rca_search.evaluation.compare import Comparison, digest
from rca_search.evaluation.gate import Check
from rca_search.evaluation.intervals import RESAMPLES, SEED, Interval
from rca_search.evaluation.replay import ENOUGH, ReplaySet
from rca_search.evaluation.run import QueryOutcome
from rca_search.evaluation.scores import Scores, Setup

RANKING_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that a run of ``eval`` has to show."""

    setup: Setup
    scores: Scores
    checks: Sequence[Check] = ()
    comparison: Comparison | None = None
    worst: int = 0

    @property
    def enforced(self) -> bool:
        """Return whether thresholds count: a replay with too few cases says too little to stop anything."""
        return self.scores.replay is None or self.scores.replay.enough

    @property
    def passed(self) -> bool:
        """Return whether every threshold that counts is met."""
        return not self.enforced or all(check.passed for check in self.checks)


def evaluation_shape(evaluation: Evaluation, *, outcomes: bool) -> dict[str, Any]:
    """Return the whole object; ``outcomes`` adds those of every question."""
    scores, setup, means = evaluation.scores, evaluation.setup, evaluation.scores.summary.means
    body: dict[str, Any] = {
        "index_version": setup.status.freshness.version,
        "kind": None if scores.kind is None else scores.kind.value,
        "queries": scores.summary.queries,
        "unjudged": scores.unjudged,
        "missing": list(scores.missing),
        "hit@1": means.get("hit@1"),
        "hit@5": means.get("hit@5"),
        "hit@10": means.get("hit@10"),
        "recall@10": means.get("recall@10"),
        "recall@100": means.get("recall@100"),
        "ndcg@10": means.get("ndcg@10"),
        "mrr": means.get("mrr"),
        "section@1": means.get("section@1"),
        "section_queries": scores.summary.counts.get("section@1", 0),
        "intervals": _intervals(scores.summary.intervals),
        "groups": _groups(scores),
        "setup": _setup(setup),
    }
    if scores.replay is not None:
        body["replay"] = _replay(scores.replay)
    if evaluation.comparison is not None:
        body["comparison"] = _comparison(evaluation.comparison)
    if evaluation.checks:
        body["gate"] = _gate(evaluation)
    if outcomes:
        body["outcomes"] = _outcomes(scores)
    if evaluation.worst:
        body["worst"] = worst(scores, evaluation.worst)
    return body


def worst(scores: Scores, number: int) -> list[dict[str, Any]]:
    """Return the ``number`` questions with the lowest nDCG@10, then reciprocal rank, then id."""
    by_id = {query.id: query for query in scores.queries}

    def badness(outcome: QueryOutcome) -> tuple[float, float, str]:
        return outcome.measures["ndcg@10"], outcome.measures["mrr"], outcome.query_id

    return [
        {
            "id": outcome.query_id,
            "text": by_id[outcome.query_id].text,
            "measures": dict(outcome.measures),
            "relevant": dict(by_id[outcome.query_id].relevant),
            "ranking": list(outcome.ranking[:RANKING_SHOWN]),
        }
        for outcome in sorted(scores.outcomes, key=badness)[:number]
    ]


def _interval(interval: Interval) -> dict[str, Any]:
    return {"low": interval.low, "high": interval.high}


def _intervals(intervals: Mapping[str, Interval]) -> dict[str, dict[str, Any]]:
    return {name: _interval(interval) for name, interval in intervals.items()}


def _groups(scores: Scores) -> list[dict[str, Any]]:
    return [
        {
            "key": group.key,
            "value": group.value,
            "queries": group.summary.queries,
            "measures": dict(group.summary.means),
            "intervals": _intervals(group.summary.intervals),
        }
        for group in scores.groups
    ]


def _setup(setup: Setup) -> dict[str, Any]:
    status = setup.status
    return {
        "release": setup.release,
        "model": status.encoder,
        "precision": setup.precision,
        "store": status.store,
        "source_revision": status.freshness.source_revision,
        "documents": dict(status.documents),
        "chunks": status.chunks,
        "reranker": setup.reranker,
        "ranking": dict(setup.ranking),
        "seed": SEED,
        "resamples": RESAMPLES,
    }


def _replay(replay: ReplaySet) -> dict[str, Any]:
    return {
        "enough": replay.enough,
        "needed": ENOUGH,
        "cases": len(replay.cases),
        "found": replay.found,
        "incidents": replay.incidents,
        "undated": replay.undated,
        "unresolved_links": replay.unresolved,
        "skipped": {reason.value: number for reason, number in replay.skipped.items()},
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "index_version": comparison.version,
        "queries": comparison.queries,
        "altered": comparison.altered,
        "only_before": comparison.only_before,
        "only_now": comparison.only_now,
        "measures": {
            name: {
                "difference": change.difference,
                "interval": _interval(change.interval),
                "rose": change.rose,
                "fell": change.fell,
            }
            for name, change in comparison.changes.items()
        },
    }


def _gate(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "passed": evaluation.passed,
        "enforced": evaluation.enforced,
        "checks": [
            {
                "measure": check.threshold.measure,
                "least": check.threshold.least,
                "mean": check.mean,
                "passed": check.passed,
                "uncertain": check.uncertain,
            }
            for check in evaluation.checks
        ],
    }


def _outcomes(scores: Scores) -> list[dict[str, Any]]:
    digests = {query.id: digest(query) for query in scores.queries}
    return [
        {"id": one.query_id, "digest": digests[one.query_id], "measures": dict(one.measures)}
        for one in scores.outcomes
    ]
