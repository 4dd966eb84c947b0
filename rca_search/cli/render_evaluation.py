"""An evaluation as a page: aligned tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.evaluation.compare import Comparison
from rca_search.evaluation.gate import Check
from rca_search.evaluation.intervals import SEED, Interval
from rca_search.evaluation.replay import ENOUGH, ReplaySet
from rca_search.evaluation.scores import Evaluation, Scores, Setup
from rca_search.evaluation.summary import Group

_TEXT_SHOWN = 300
_FOUND_SHOWN = 3
_GROUPS_SHOWN = 20
_COLUMNS = ("hit@1", "hit@10", "recall@10", "mrr", "ndcg@10")
_WIDTHS = {name: max(len(name), 5) + 2 for name in _COLUMNS}
_BESIDE_VALUE = 2 + 6 + sum(_WIDTHS.values()) + 16
_NARROWEST_VALUE, _WIDEST_VALUE = 10, 40
_REASONS = {
    "no_date": "without a date",
    "no_earlier_link": "not linked with an earlier one",
    "no_symptom_text": "without a text to ask with",
}


def render_evaluation(page: Page, evaluation: Evaluation) -> None:
    """Add everything that there is to show."""
    scores = evaluation.scores
    _head(page, scores)
    if scores.outcomes:
        _means(page, scores)
    for key, groups in groupby(scores.groups, key=lambda group: group.key):
        _groups(page, key, list(groups))
    if evaluation.comparison is not None:
        _comparison(page, evaluation.comparison)
    if evaluation.checks:
        _gate(page, evaluation)
    _worst(page, evaluation)
    _setup(page, evaluation.setup)


def check_line(check: Check) -> str:
    """Say how a mean stands to its threshold."""
    name, least = check.threshold.measure, check.threshold.least
    if check.mean is None:
        return f"{name} has no value, {least:g} is asked for"
    line = f"{name} {check.mean:.3f} is {'at least' if check.passed else 'below'} {least:g}"
    return f"{line}; its interval includes the threshold" if check.uncertain else line


def _head(page: Page, scores: Scores) -> None:
    if scores.replay is not None:
        _replay(page, scores.replay)
        return
    left_out = f", {scores.unjudged} without judgement left out" if scores.unjudged else ""
    what = f"{scores.kind.value}s" if scores.kind else "all documents"
    page.line(f"{counted(scores.summary.queries, 'question')} on {what}{left_out}", style="bold")


def _replay(page: Page, replay: ReplaySet) -> None:
    cases = len(replay.cases)
    of = f", drawn from {replay.found:,}" if replay.found > cases else ""
    page.line(
        f"{counted(cases, 'incident')} of {replay.incidents:,} asked again as of the day before{of}",
        style="bold",
    )
    for reason, number in replay.skipped.items():
        if number:
            page.line(f"{number:,} {_REASONS[reason.value]}", indent=2)
    if not replay.enough:
        if replay.unresolved:
            page.line(
                f"{counted(replay.unresolved, 'link')} in incidents with no document to lead to", indent=2
            )
        page.line(
            f"Not enough history: {counted(cases, 'case')}, {ENOUGH} are needed. "
            + ("The figures below say little." if cases else "Link incidents that belong together."),
            style="yellow",
            indent=2,
        )


def _means(page: Page, scores: Scores) -> None:
    summary = scores.summary
    page.verbatim(Text(f"{'measure':<11}{'mean':>6}  95 % interval", style="dim"), indent=2)
    for name, mean in summary.means.items():
        count = summary.counts.get(name)
        over = f"  over {counted(count, 'question')} with the right page first" if count else ""
        page.verbatim(f"{name:<11}{mean:>6.3f}  {_between(summary.intervals[name])}{over}", indent=2)


def _groups(page: Page, key: str, groups: Sequence[Group]) -> None:
    """Add a table of the groups of ``key``, those with most questions where there are many."""
    largest = sorted(groups, key=lambda group: -group.summary.queries)[:_GROUPS_SHOWN]
    shown = [group for group in groups if group in largest]
    names = [safe_line(group.value) for group in shown]
    room = min(_WIDEST_VALUE, max(_NARROWEST_VALUE, page.width - _BESIDE_VALUE))
    width = min(room, max(map(cell_len, names)))
    heads = "".join(f"{name:>{_WIDTHS[name]}}" for name in _COLUMNS)
    page.gap()
    page.line(f"by {safe_line(key)}", style="bold")
    page.verbatim(Text(f"{'':<{width}}{'n':>6}{heads}  95 % interval", style="dim"), indent=2)
    for name, group in zip(names, shown, strict=True):
        page.verbatim(_cell(name, width) + _figures(group), indent=2)
    if len(groups) > len(shown):
        page.line(f"and {len(groups) - len(shown):,} more with fewer questions: see --json", indent=2)


def _figures(group: Group) -> str:
    summary = group.summary
    means = "".join(f"{summary.means[name]:>{_WIDTHS[name]}.3f}" for name in _COLUMNS)
    return f"{summary.queries:>6}{means}  {_between(summary.intervals[_COLUMNS[-1]], digits=2)}"


def _cell(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _comparison(page: Page, comparison: Comparison) -> None:
    page.gap()
    page.line(
        f"compared with {safe_line(comparison.version)}, {counted(comparison.queries, 'question')} in both",
        style="bold",
    )
    left_out = {
        "asked with another text or other judgements now": comparison.altered,
        "asked only before": comparison.only_before,
        "asked only now": comparison.only_now,
    }
    for why, number in left_out.items():
        if number:
            page.line(f"{number:,} {why}, left out", indent=2)
    page.verbatim(
        Text(f"{'measure':<11}{'change':>7}  {'95 % interval':<18}{'rose':>6}{'fell':>6}", style="dim"),
        indent=2,
    )
    for name, change in comparison.changes.items():
        interval = f"{change.interval.low:+.3f} to {change.interval.high:+.3f}"
        row = f"{name:<11}{change.mean:>+7.3f}  {interval:<18}{change.rose:>6}{change.fell:>6}"
        page.verbatim(row, indent=2)


def _gate(page: Page, evaluation: Evaluation) -> None:
    page.gap()
    page.line("thresholds" if evaluation.enforced else "thresholds, not enforced", style="bold")
    for check in evaluation.checks:
        page.line(f"{'met' if check.passed else 'missed':<8}{check_line(check)}", indent=2, hang=8)


def _worst(page: Page, evaluation: Evaluation) -> None:
    for query, outcome in evaluation.worst:
        page.gap()
        page.line(
            f"{safe_line(query.id)}  nDCG@10 {outcome.measures['ndcg@10']:.3f}  "
            f"MRR {outcome.measures['mrr']:.3f}",
            style="bold",
        )
        page.line(safe_line(query.text)[:_TEXT_SHOWN], indent=2)
        page.labelled("wanted", [safe_line(name) for name in query.relevant], indent=2)
        page.labelled("found", [safe_line(name) for name in outcome.ranking[:_FOUND_SHOWN]], indent=2)


def _setup(page: Page, setup: Setup) -> None:
    status = setup.status
    revision = status.freshness.source_revision
    page.gap()
    page.items(
        [
            f"index {status.freshness.version}",
            safe_line(status.encoder) + (f" {setup.precision}" if setup.precision else ""),
            f"store {status.store}",
            *([f"sources {safe_line(revision)[:12]}"] if revision else []),
            f"rca-search {setup.release}",
            f"seed {SEED}",
        ],
        indent=0,
    )


def _between(interval: Interval, *, digits: int = 3) -> str:
    return f"{interval.low:.{digits}f} to {interval.high:.{digits}f}"
