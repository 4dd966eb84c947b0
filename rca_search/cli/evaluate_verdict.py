"""``eval verdict``: how far verdicts can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from rca_search.cli.exits import ExitCode
from rca_search.cli.page import Page
from rca_search.cli.progress import progress
from rca_search.cli.safe_text import safe_line
from rca_search.cli.session import Session
from rca_search.cli.wording import counted
from rca_search.models import Kind, Verdict

if TYPE_CHECKING:
    from rca_search.evaluation.gate import Check
    from rca_search.evaluation.ladder import Answer
    from rca_search.evaluation.verdict import Material, VerdictScores


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

        session.screen.show_json(VerdictEvalResponse.from_result(scores, checks))
    else:
        page = session.screen.page()
        render_verdict_scores(page, scores, checks)
        session.screen.show(page)
    _end(session, checks)


def _material(session: Session, request: VerdictRequest) -> Material:
    from rca_search.evaluation.dataset import load_dataset
    from rca_search.evaluation.off_topic import load_nothing
    from rca_search.evaluation.verdict import Material

    return Material(
        judged=load_dataset(request.queries, request.qrels),
        nothing=() if request.nothing is None else load_nothing(request.nothing),
        foreign=None if request.foreign is None else Session(session.screen, request.foreign).service(),
    )


def _end(session: Session, checks: Sequence[Check]) -> None:
    from rca_search.cli.render_evaluation import check_line

    missed = [check_line(check) for check in checks if not check.passed]
    if missed:
        session.screen.error(f"{'; '.join(missed)}.", "--json names the questions and what was said of them.")
        raise typer.Exit(ExitCode.BELOW)


_WIDE = 30
"""Columns of the first column of every table."""

_NARROW = 10

_PROMISES: Mapping[str, tuple[str, str]] = {
    "same": ("called same", "have the same failure first"),
    "likely": ("called likely", "have a relevant hit first"),
    "possible": ("called possible", "have a relevant hit first"),
    "nothing_similar": (
        "called nothing similar",
        "have something relevant among the first three (.05 at most)",
    ),
    "denied": ("first hit relevant", "are called nothing similar all the same"),
}
_RUNGS: Mapping[Verdict, str] = {
    Verdict.SAME: "same",
    Verdict.LIKELY: "likely",
    Verdict.POSSIBLE: "possible",
    Verdict.NOTHING_SIMILAR: "nothing",
    Verdict.TOO_THIN: "too thin",
}
_SORTS: Mapping[str, str] = {
    "judged": "judged",
    "foreign": "judged, in the foreign index",
    "nothing": "nothing answers them",
    "off_topic": "off topic",
}


def render_verdict_scores(page: Page, scores: VerdictScores, checks: Sequence[Check]) -> None:
    """Add all tables, the thresholds, and what was asked."""
    what = f"{scores.kind.value}s" if scores.kind else "all documents"
    left_out = f", {scores.unjudged} without a judged document left out" if scores.unjudged else ""
    questions = counted(len(scores.answers["judged"]), "judged question")
    page.line(f"{questions} on {what}{left_out}", style="bold")
    page.gap()
    _promises(page, scores)
    page.gap()
    _rungs(page, scores.answers)
    page.gap()
    _hits(page, scores)
    page.gap()
    page.line("measures", style="bold")
    for name, value in scores.measures.items():
        _row(page, name, [_share(value)])
    _thresholds(page, checks)
    page.gap()
    page.line(f"index {scores.version}" + (f" · foreign {scores.foreign}" if scores.foreign else ""))


def _promises(page: Page, scores: VerdictScores) -> None:
    _row(page, "judged answers", ["answers", "unjudged", "share"], bold=True)
    for name, kept in scores.promises.items():
        label, meaning = _PROMISES[name]
        _row(page, label, [str(kept.answers), str(kept.unjudged), _share(kept.share)], meaning)


def _rungs(page: Page, answers: Mapping[str, Sequence[Answer]]) -> None:
    from rca_search.evaluation.ladder import rungs

    _row(page, "questions", ["asked", *_RUNGS.values()], bold=True)
    for name, label in _SORTS.items():
        if name not in answers:
            continue
        rows = {label: list(answers[name])}
        if name == "nothing":
            rows |= {f"  {safe_line(group)}": of for group, of in _by_group(answers[name]).items()}
        for row, asked in rows.items():
            shares = rungs(asked)
            _row(page, row, [str(len(asked)), *(_share(shares[verdict.value]) for verdict in _RUNGS)])


def _by_group(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    groups = sorted({each.group for each in answers})
    return {group.partition(": ")[2]: [each for each in answers if each.group == group] for group in groups}


def _hits(page: Page, scores: VerdictScores) -> None:
    _row(page, "judged hits", ["hits", "unjudged", "said", "relevant", "ECE"], bold=True)
    for row in scores.hits:
        figures = [_share(row.probability), _share(row.relevant), _share(row.error)]
        _row(page, row.name, [str(row.hits), str(row.unjudged), *figures])


def _thresholds(page: Page, checks: Sequence[Check]) -> None:
    from rca_search.cli.render_evaluation import check_line

    if not checks:
        return
    page.gap()
    page.line("thresholds", style="bold")
    for check in checks:
        page.line(f"{'met' if check.passed else 'missed':<8}{check_line(check)}", indent=2, hang=8)


def _row(page: Page, name: str, cells: Sequence[str], meaning: str = "", *, bold: bool = False) -> None:
    """Add a line of a table; ``name`` may come from a file, and be of any length."""
    label = Text(name if name.startswith(" ") else safe_line(name))
    label.truncate(_WIDE, overflow="ellipsis", pad=True)
    figures = "".join(f"{cell:>{_NARROW}}" for cell in cells)
    line = Text.assemble(label, f"{figures}  {meaning}".rstrip(), style="bold" if bold else "")
    page.verbatim(line, indent=2)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
