"""How long the matched incidents lasted, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted, duration, severity_text
from rca_search.models import DurationSummary


def render_durations(page: Page, durations: Sequence[DurationSummary], elapsed: int | None) -> None:
    """Say how long the matched incidents lasted: median, range and number, and the same by severity."""
    beyond = f" longer than the {duration(elapsed)} so far" if elapsed is not None else ""
    left = durations[0].left_out
    shorter = f", {counted(left, 'shorter one')} left out" if left else ""
    first, *rest = _figures(durations[0])
    parts = [f"These lasted{beyond}: {first}", *rest]
    parts[-1] += shorter
    parts += [f"{severity_text(summary.severity or '')}: {_brief(summary)}" for summary in durations[1:]]
    page.items([safe_line(part) for part in parts], indent=0)


def _figures(summary: DurationSummary) -> list[str]:
    if summary.median is None or summary.shortest is None or summary.longest is None:
        return ["none"]
    if summary.count == 1:
        return [f"{duration(summary.median)} (n=1)"]
    spread = f"{duration(summary.shortest)} to {duration(summary.longest)}"
    return [f"median {duration(summary.median)}", f"{spread} (n={summary.count})"]


def _brief(summary: DurationSummary) -> str:
    if summary.median is None:
        return "none"
    median = "median " if summary.count > 1 else ""
    return f"{median}{duration(summary.median)} (n={summary.count})"
