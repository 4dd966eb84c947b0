"""``eval --verdict``: how far verdicts can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rca_search.cli.exits import ExitCode
from rca_search.cli.progress import progress
from rca_search.cli.session import Session
from rca_search.cli.shape_types import SCHEMA_VERSION
from rca_search.cli.wording import counted
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind, Verdict

if TYPE_CHECKING:
    from rca_search.cli.evaluation_shapes import CheckShape, VerdictEvalShape
    from rca_search.cli.page import Page
    from rca_search.evaluation.gate import Check
    from rca_search.evaluation.verdict import VerdictScores

_LABELS = {
    "auroc": "AUROC, on record against left out",
    "recall@p80": "recall at precision 0.80",
    "auroc_foreign": "AUROC against the foreign index",
    "off_topic_rejected": "off-topic questions turned away",
    "calibrated": "1 less debiased calibration error",
    "brier_skill": "1 less Brier score over chance",
}
_ASKED = {
    "present": "as they are",
    "removed": "answer left out",
    "foreign": "foreign index",
    "off_topic": "off topic",
}
_WORDS = {
    Verdict.SAME: "same",
    Verdict.LIKELY: "likely",
    Verdict.POSSIBLE: "possible",
    Verdict.NOTHING_SIMILAR: "nothing",
    Verdict.TOO_THIN: "too thin",
}


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """What was asked for."""

    queries: Path | None
    qrels: Path | None
    kind: Kind | None
    foreign: Path | None
    fail_under: tuple[str, ...]

    def check(self, given: Sequence[str], *, verdict: bool) -> None:
        """Raise InvalidRequestError on options that do not go together; ``given`` are those of rankings."""
        if not verdict:
            raise InvalidRequestError("--foreign needs --verdict.")
        if given:
            raise InvalidRequestError(
                f"--verdict does not go with {given[0]}.", remedy="Score rankings in a run of their own."
            )
        if self.queries is None or self.qrels is None:
            raise InvalidRequestError(
                "Nothing says what to ask.", remedy="Give --queries and --qrels with --verdict."
            )


def evaluate_verdicts(session: Session, request: VerdictRequest, *, as_json: bool) -> None:
    """Ask everything, show the figures, and end with exit code 6 where a threshold is missed."""
    from rca_search.evaluation.dataset import load_dataset
    from rca_search.evaluation.gate import check_values, parse_thresholds
    from rca_search.evaluation.verdict import MEASURES, score_verdicts

    thresholds = parse_thresholds(request.fail_under, MEASURES)
    if request.queries is None or request.qrels is None:
        raise InvalidRequestError("Nothing says what to ask.")
    judged = load_dataset(request.queries, request.qrels)
    service = session.service()
    foreign = None if request.foreign is None else Session(session.screen, request.foreign).service()
    with progress(session.screen) as report:
        scores = score_verdicts(
            service,
            judged,
            kind=request.kind,
            foreign=foreign,
            progress=lambda done, total: report("questions", done, total),
        )
    checks = check_values(thresholds, scores.measures)
    if as_json:
        session.screen.show_json(_shape(scores, checks))
    else:
        page = session.screen.page()
        _render(page, scores, checks)
        session.screen.show(page)
    _end(session, checks)


def _render(page: Page, scores: VerdictScores, checks: Sequence[Check]) -> None:
    from rca_search.cli.render_evaluation import check_line

    what = f"{scores.kind.value}s" if scores.kind else "all documents"
    left_out = f", {scores.unjudged} without a judged document left out" if scores.unjudged else ""
    page.line(f"{counted(scores.questions, 'question')} on {what}, each asked twice{left_out}", style="bold")
    for name, label in _LABELS.items():
        value = scores.measures[name]
        if value is not None:
            page.verbatim(f"{name:<20}{value:>6.3f}  {label}", indent=2)
    page.verbatim(
        f"calibration error {scores.error:.3f}, of which chance alone {scores.floor:.3f}; "
        f"debiased {scores.debiased_error:.3f}; Brier score {scores.brier:.3f}",
        indent=2,
    )
    page.gap()
    page.verbatim(f"{'verdicts':<17}" + "".join(f"{word:>10}" for word in _WORDS.values()), indent=2)
    for name, counts in scores.verdicts.items():
        row = "".join(f"{counts[verdict.value]:>10}" for verdict in _WORDS)
        page.verbatim(f"{_ASKED[name]:<17}{row}", indent=2)
    if checks:
        page.gap()
        page.line("thresholds", style="bold")
        for check in checks:
            page.line(f"{'met' if check.passed else 'missed':<8}{check_line(check)}", indent=2, hang=8)
    page.gap()
    page.line(f"index {scores.version}" + (f" · foreign {scores.foreign}" if scores.foreign else ""))


def _shape(scores: VerdictScores, checks: Sequence[Check]) -> VerdictEvalShape:
    body: VerdictEvalShape = {
        "schema_version": SCHEMA_VERSION,
        "index_version": scores.version,
        "foreign_version": scores.foreign,
        "kind": scores.kind.value if scores.kind else None,
        "questions": scores.questions,
        "unjudged": scores.unjudged,
        "off_topic": scores.off_topic,
        "measures": dict(scores.measures),
        "error": scores.error,
        "floor": scores.floor,
        "debiased_error": scores.debiased_error,
        "brier": scores.brier,
        "verdicts": {name: dict(counts) for name, counts in scores.verdicts.items()},
        "outcomes": [
            {
                "id": outcome.query_id,
                "present": outcome.present.likelihood.probability,
                "present_verdict": outcome.present.verdict.value,
                "removed": outcome.removed.likelihood.probability,
                "removed_verdict": outcome.removed.verdict.value,
                "nearest": outcome.removed.nearest,
            }
            for outcome in scores.outcomes
        ],
    }
    if checks:
        body["gate"] = {
            "passed": all(check.passed for check in checks),
            "enforced": True,
            "checks": [_check(check) for check in checks],
        }
    return body


def _check(check: Check) -> CheckShape:
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
