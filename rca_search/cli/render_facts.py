"""Every fact that was read from an incident, with the lines that state it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rca_search.cli.excerpt import unframed
from rca_search.cli.fitting import fitting
from rca_search.cli.page import Page
from rca_search.cli.render_details import action_text, lasted_text
from rca_search.cli.safe_text import safe_line
from rca_search.models import Extract, IncidentFacts

SHOWN_CHARS = 160


def render_all_facts(page: Page, found: IncidentFacts, today: dt.date) -> None:
    """Add what fixed it, what did not, why, what was seen, how long, who, and every action item."""
    if found.planned:
        page.labelled("planned", ["this is planned work, no incident"], indent=0)
    _extracts(page, "fixed by", found.resolution)
    _extracts(page, "no help", found.attempts)
    _extracts(page, "cause", found.causes)
    _extracts(page, "symptom", found.symptoms)
    lasted = lasted_text(found.duration)
    if lasted and found.duration.first_line:
        lasted = f"{lasted} (lines {found.duration.first_line}-{found.duration.last_line})"
    page.labelled("lasted", [lasted or "not recorded"], indent=0)
    page.labelled("by", [safe_line(", ".join(found.resolved_by)) or "not recorded"], indent=0)
    page.labelled("services", [safe_line(", ".join(found.services)) or "not recorded"], indent=0)
    said = [f"{item.line:>4}  {item.status.value:<7} {action_text(item, today)}" for item in found.actions]
    page.labelled("actions", said or ["none recorded"], indent=0)


def _extracts(page: Page, label: str, found: Sequence[Extract]) -> None:
    said = [f"{_lines(item)}  {_opening(item.text)}" for item in found]
    page.labelled(label, said or ["not recorded"], indent=0)


def _lines(item: Extract) -> str:
    many = item.last_line > item.first_line
    return f"{item.first_line}-{item.last_line}" if many else str(item.first_line)


def _opening(text: str) -> str:
    lines = [unframed(line).strip() for line in text.split("\n") if line.strip(" #`|-")]
    return fitting(safe_line(" / ".join(lines)), SHOWN_CHARS)
