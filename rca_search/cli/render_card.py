"""The card of one incident: what fixed it, what to be careful about, its runbook, and why it came back."""

from __future__ import annotations

from rca_search.cli import excerpt
from rca_search.cli.card import head, place_of, quoted, room, row, unmarked
from rca_search.cli.careful import careful_lines
from rca_search.cli.fitting import fitting
from rca_search.cli.page import Page
from rca_search.cli.runbook_words import runbook_place, runbook_title
from rca_search.cli.safe_text import safe_line
from rca_search.cli.why import why_line
from rca_search.cli.wording import duration, severity_text
from rca_search.models import IncidentHit, RunbookHit

FIXED_ROWS = 4
"""Rows of what fixed it; the rest is in the file."""

WARNINGS = 3
"""Warnings on a card; a fix that has three against it need not be told more."""


def render_card(page: Page, hit: IncidentHit, runbook: RunbookHit | None, *, dated: bool) -> None:
    """Add what one needs of an incident in order to act.

    ``runbook`` is the one to name on it; ``dated`` tells that its day has been said already.
    """
    head(page, hit.document.title, _at_the_edge(hit, dated=dated), incident_place(hit))
    _fixed_by(page, hit)
    if hit.facts.attempts:
        row(page, "Did not help", [_tried(hit, room(page))])
    row(page, "Careful", careful_lines(hit)[:WARNINGS], style="bold yellow")
    if runbook is not None:
        row(page, "Runbook", [f"{runbook_title(runbook)} · {runbook_place(runbook)}"])
    row(page, "Why", [why_line(hit)])


def incident_place(hit: IncidentHit) -> str:
    """Return where what fixed it is told, else the file."""
    return place_of(hit.resolution) if hit.resolution else safe_line(hit.document.path)


def _at_the_edge(hit: IncidentHit, *, dated: bool) -> list[str]:
    document, minutes = hit.document, hit.facts.duration.minutes
    known = (
        "" if dated or document.date is None else str(document.date),
        severity_text(document.severity or ""),
        "" if minutes is None else duration(minutes),
        "planned work" if hit.facts.planned else "",
    )
    return [part for part in known if part]


def _fixed_by(page: Page, hit: IncidentHit) -> None:
    if hit.resolution is not None:
        quoted(page, "Fixed by", hit.resolution, rows=FIXED_ROWS, style="bold green")
        return
    said = "nothing: this was planned work" if hit.facts.planned else "the write-up does not say"
    row(page, "Fixed by", [said], style="bold green")


def _tried(hit: IncidentHit, columns: int) -> str:
    """Return on one line what was tried first in vain, and how much else."""
    lines = hit.facts.attempts[0].text.split("\n")
    text = " ".join(unmarked(excerpt.unframed(line)) for line in lines if line.strip(" #`"))
    more = len(hit.facts.attempts) - 1
    tail = f" · {more} more" if more else ""
    return fitting(safe_line(text), columns - len(tail)) + tail
