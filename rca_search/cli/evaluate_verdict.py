"""``eval verdict``: how far verdicts can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rca_search.cli.exits import ExitCode
from rca_search.cli.progress import progress
from rca_search.cli.session import Session
from rca_search.models import Kind

if TYPE_CHECKING:
    from rca_search.evaluation.gate import Check
    from rca_search.evaluation.ladder import Answer
    from rca_search.evaluation.verdict import Material, VerdictScores

_LISTED = ("judged", "nothing")
"""Sorts of questions whose outcomes are listed one by one: those that were given."""


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """What was asked for."""

    queries: Path
    qrels: Path
    kind: Kind | None
    nothing: Path | None
    foreign: Path | None
    fail_under: tuple[str, ...]
    rerank: str | None = None


def evaluate_verdicts(session: Session, request: VerdictRequest, *, as_json: bool) -> None:
    """Ask everything, show the figures, and end with exit code 6 where a threshold is missed."""
    from rca_search.evaluation.gate import check_values, parse_thresholds
    from rca_search.evaluation.verdict import MEASURES, score_verdicts

    thresholds = parse_thresholds(request.fail_under, MEASURES)
    material = _material(session, request)
    if not any(query.irrelevant for query in material.judged):
        session.screen.warn(
            "The judgements hold no grade 0: hits that are not in the file count as unjudged, not as wrong, "
            "so that shares are too high."
        )
    service = session.service(rerank=request.rerank)
    with progress(session.screen) as report:
        scores = score_verdicts(
            service,
            material,
            kind=request.kind,
            progress=lambda done, total: report("questions", done, total),
        )
    checks = check_values(thresholds, scores.measures)
    if as_json:
        from rca_search.schemas.evaluation import VerdictEvalResponse

        session.screen.show_json(VerdictEvalResponse.model_validate(_shape(scores, checks)))
    else:
        from rca_search.cli.render_verdict_scores import render_verdict_scores

        page = session.screen.page()
        render_verdict_scores(page, scores, checks)
        session.screen.show(page)
    _end(session, checks)


def _material(session: Session, request: VerdictRequest) -> Material:
    from rca_search.evaluation.dataset import load_dataset
    from rca_search.evaluation.nothing import load_nothing
    from rca_search.evaluation.verdict import Material

    return Material(
        judged=load_dataset(request.queries, request.qrels),
        nothing=() if request.nothing is None else load_nothing(request.nothing),
        foreign=None if request.foreign is None else Session(session.screen, request.foreign).service(),
    )


def _shape(scores: VerdictScores, checks: Sequence[Check]) -> dict[str, Any]:
    from rca_search.evaluation.ladder import rungs

    body: dict[str, Any] = {
        "index_version": scores.version,
        "foreign_version": scores.foreign,
        "kind": scores.kind.value if scores.kind else None,
        "unjudged": scores.unjudged,
        "asked": {sort: len(answers) for sort, answers in scores.answers.items()},
        "promises": {
            name: {"answers": kept.answers, "unjudged": kept.unjudged, "share": kept.share}
            for name, kept in scores.promises.items()
        },
        "rungs": {sort: dict(rungs(answers)) for sort, answers in scores.answers.items()},
        "hits": [
            {
                "name": row.name,
                "hits": row.hits,
                "unjudged": row.unjudged,
                "probability": row.said,
                "relevant": row.relevant,
                "error": row.error,
            }
            for row in scores.hits
        ],
        "measures": dict(scores.measures),
        "outcomes": [
            _outcome(sort, answer)
            for sort, answers in scores.answers.items()
            if sort in _LISTED
            for answer in answers
        ],
    }
    if checks:
        body["gate"] = {
            "passed": all(check.passed for check in checks),
            "enforced": True,
            "checks": [_check(check) for check in checks],
        }
    return body


def _outcome(sort: str, answer: Answer) -> dict[str, Any]:
    return {
        "sort": sort,
        "id": answer.question,
        "group": answer.group,
        "verdict": answer.verdict.value,
        "probability": answer.judgement.likelihood.probability,
        "hits": [
            {"id": hit.document, "probability": hit.probability, "grade": hit.grade} for hit in answer.hits
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "measure": check.threshold.measure,
        "least": check.threshold.least,
        "mean": check.mean,
        "passed": check.passed,
        "uncertain": check.uncertain,
    }


def _end(session: Session, checks: Sequence[Check]) -> None:
    from rca_search.cli.render_evaluation import check_line

    missed = [check_line(check) for check in checks if not check.passed]
    if missed:
        session.screen.error(f"{'; '.join(missed)}.", "--json names the questions and what was said of them.")
        raise typer.Exit(ExitCode.BELOW)
