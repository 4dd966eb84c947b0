"""The card of one runbook: the section to open, how it begins, and why it is named."""

from __future__ import annotations

from rca_search.cli.card import head, quoted, row
from rca_search.cli.page import Page
from rca_search.cli.render_details import render_score
from rca_search.cli.render_evidence import render_pairs
from rca_search.cli.render_verdict import likely
from rca_search.cli.runbook_words import age_line, reasons_line, runbook_place, runbook_title
from rca_search.cli.safe_text import safe_line
from rca_search.cli.why import words_line
from rca_search.models import RunbookHit

SECTION_ROWS = 4
"""Rows of the section to open."""


def render_runbook(page: Page, hit: RunbookHit) -> None:
    """Add where to open a runbook, how that begins, and why it is named."""
    head(page, runbook_title(hit), [], runbook_place(hit))
    if hit.passages:
        quoted(page, "It says", hit.passages[0], rows=SECTION_ROWS, style="bold green")
    if hit.age.last_updated is not None and hit.age.incidents_since:
        row(page, "Careful", [age_line(hit.age)], style="bold yellow")
    row(page, "Why", [reasons_line(hit.reasons, hit.document.title)])


def render_runbook_details(page: Page, hit: RunbookHit, question: str, *, calibrated: bool) -> None:
    """Add what ``-v`` tells of a runbook: how likely it applies, how old it is, and what met the question."""
    if calibrated:
        row(page, "Chance", [f"{likely(hit.likelihood)} that it applies"])
    row(page, "Services", [safe_line(", ".join(hit.document.services))] if hit.document.services else [])
    row(page, "Updated", [age_line(hit.age)] if age_line(hit.age) and not hit.age.incidents_since else [])
    row(page, "Matched", [words] if (words := words_line(hit.matched_terms)) else [])
    render_pairs(page, hit.evidence.pairs, hit.passages, whole=question)
    render_score(page, hit.score)
