"""What a build did, and the state of an index, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted, elapsed, size
from rca_search.models import Problem

if TYPE_CHECKING:
    from rca_search.indexing.build import BuildReport
    from rca_search.indexing.reuse import Plan
    from rca_search.service import IndexStatus

INDENT = 2
SHOWN_WARNINGS = 20
_NOUNS = {"incident": "incident", "runbook": "runbook", "service": "service note", "other": "other document"}
_GAP = 2


def render_build(page: Page, report: BuildReport, *, seconds: float, verbose: bool) -> None:
    """Add what was built, what changed, and what is wrong with the sources."""
    if report.published:
        page.line(f"Published version {report.version} in {seconds:.1f} s", style="bold")
    else:
        page.line(f"Nothing changed; version {report.version} stays ({seconds:.1f} s)", style="bold")
    render_kinds(page, report.documents, report.reasons)
    page.line(counted(report.chunks, "passage"), indent=INDENT)
    if report.published:
        page.line(_changes(report.plan), indent=INDENT)
        if report.before and report.plan.empty:
            what = " and ".join(report.besides) or "files that are no documents"
            page.line(f"built anew since {what} changed", indent=INDENT)
        if verbose:
            _changed_ids(page, report.plan)
    render_problems(page, report.problems, verbose=verbose)


def render_kinds(
    page: Page, documents: Mapping[str, int], reasons: Mapping[str, Mapping[str, int]] | None = None
) -> None:
    """Add how many documents there are of each kind and how they were recognised."""
    known = {kind: documents[kind] for kind in _NOUNS if kind in documents}
    labels = {kind: counted(count, _NOUNS[kind]) for kind, count in known.items()}
    width = max(map(len, labels.values()), default=0) + _GAP
    for kind, label in labels.items():
        found = (reasons or {}).get(kind, {})
        how = [
            f"{reason} ({count})" for reason, count in sorted(found.items(), key=lambda one: (-one[1], one))
        ]
        page.line(f"{label:<{width}}", safe_line(", ".join(how)), indent=INDENT, hang=width)


def render_problems(page: Page, problems: Sequence[Problem], *, verbose: bool) -> None:
    """Add every rejected file, then the first warnings, or all."""
    rejected = [problem for problem in problems if problem.fatal]
    warnings = [problem for problem in problems if not problem.fatal]
    if rejected:
        page.line(f"{counted(len(rejected), 'file')} left out", style="bold red")
        for problem in rejected:
            _problem(page, problem)
    if warnings:
        page.line(counted(len(warnings), "warning"), style="bold yellow")
        shown = warnings if verbose else warnings[:SHOWN_WARNINGS]
        for problem in shown:
            _problem(page, problem)
        if left := len(warnings) - len(shown):
            page.line(f"{left:,} more; -v shows all", indent=INDENT, style="dim")


def render_status(
    page: Page,
    status: IndexStatus,
    problems: Sequence[Problem],
    *,
    precision: str,
    size_bytes: int,
    now: dt.datetime,
    verbose: bool,
) -> None:
    """Add which version is current, how fresh it is and what it holds."""
    fresh = status.freshness
    page.line(f"Version {fresh.version}", style="bold")
    for label, moment in (("published", fresh.published_at), ("checked", fresh.checked_at)):
        told = "unknown" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC ({elapsed(moment, now)})"
        state = ""
        if label == "checked":
            state = ": STALE" if fresh.stale else ""
        page.labelled(label, [told + state], indent=INDENT)
    if fresh.source_revision:
        page.labelled("sources", [safe_line(fresh.source_revision)], indent=INDENT)
    quantised = "" if precision == "fp32" else f", {safe_line(precision)}"
    page.labelled("model", [safe_line(status.encoder) + quantised], indent=INDENT)
    page.labelled("store", [safe_line(status.store)], indent=INDENT)
    page.labelled("search", [safe_line(status.search.description)], indent=INDENT)
    page.labelled("on disk", [size(size_bytes)], indent=INDENT)
    render_kinds(page, status.documents)
    page.line(counted(status.chunks, "passage"), indent=INDENT)
    render_problems(page, problems if verbose else [one for one in problems if one.fatal], verbose=verbose)
    if status.warnings and not verbose:
        page.line(f"{counted(status.warnings, 'warning')}; -v shows all", style="dim")


def problem_line(problem: Problem) -> str:
    """Return ``file:line: message``."""
    where = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
    return safe_line(f"{where}: {problem.message}")


def _problem(page: Page, problem: Problem) -> None:
    page.line(problem_line(problem), indent=INDENT, hang=2)
    if problem.remedy:
        page.line(safe_line(problem.remedy), indent=2 * INDENT, hang=2, style="dim")


def _changes(plan: Plan) -> str:
    return f"{len(plan.added):,} added, {len(plan.changed):,} changed, {len(plan.removed):,} removed"


def _changed_ids(page: Page, plan: Plan) -> None:
    for mark, ids in (("+", plan.added), ("~", plan.changed), ("-", plan.removed)):
        for document_id in ids:
            page.line(f"{mark} {safe_line(document_id)}", indent=2 * INDENT, hang=2)
