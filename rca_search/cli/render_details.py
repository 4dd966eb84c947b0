"""What ``-v`` adds to the card of an incident: everything else that is known of it, and why it matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from rca_search.cli.card import row
from rca_search.cli.careful import careful_lines, dangling_lines
from rca_search.cli.page import Page
from rca_search.cli.render_card import WARNINGS
from rca_search.cli.render_evidence import render_differences, render_pairs
from rca_search.cli.render_families import lacking_runbook_line, recurrence_line
from rca_search.cli.render_verdict import chance_line
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import age, duration
from rca_search.models import (
    ActionItem,
    ActionStatus,
    Document,
    DurationBasis,
    IncidentDuration,
    IncidentHit,
    Score,
    ServiceTie,
)

_SETTLED = {"resolved", "closed", "completed", "complete", "done", "fixed", "final", "published"}


def render_details(page: Page, hit: IncidentHit, question: str, *, today: dt.date, calibrated: bool) -> None:
    """Add all that is known of an incident, then line by line what met the ``question``."""
    if calibrated:
        row(page, "Chance", [chance_line(hit.likelihood)])
    for label, lines in _known(hit, today):
        row(page, label, [safe_line(line) for line in lines])
    render_pairs(page, hit.evidence.pairs, hit.passages, whole=question)
    render_differences(page, hit.evidence)
    render_score(page, hit.score)


def render_score(page: Page, score: Score) -> None:
    """Add what a hit was ranked by."""
    added = {
        "service": score.service,
        "links": score.links,
        "reranked": score.reranked,
        "votes": score.feedback,
        "likelihood": score.learned,
    }
    parts = [
        f"meaning {score.dense:.2f}, words {score.lexical:.2f}",
        f"spelling {score.spelling:.2f}, title {score.title:.2f}",
        *(f"{name} {amount:+.2f}" for name, amount in added.items() if amount),
    ]
    row(page, "Ranked", [f"{score.total:.2f} in all, {', '.join(parts)} (no probability)"])


def unsettled(document: Document) -> str:
    """Return the status of a document, "" where that only says that it is over."""
    status = document.status or ""
    return "" if status.casefold() in _SETTLED else status


def lasted_text(found: IncidentDuration) -> str:
    """Return a duration with where it is from, "" where it is unknown."""
    if found.minutes is None:
        return ""
    basis = "by its timeline" if found.basis is DurationBasis.TIMELINE else "as stated"
    return f"{duration(found.minutes)} {basis}"


def action_text(item: ActionItem, today: dt.date) -> str:
    """Return an action item with owner, due date, and what is recorded of it."""
    said = [part for part in (item.owner, item.priority) if part and part not in item.text]
    if item.due is not None and item.due.isoformat() not in item.text:
        said.append(f"due {item.due}")
    if item.due is not None and item.due < today and item.status is not ActionStatus.DONE:
        said.append("no completion recorded")
    elif item.status is ActionStatus.UNKNOWN:
        said.append("status not recorded")
    return safe_line(f"{item.text} ({', '.join(said)})" if said else item.text)


def _known(hit: IncidentHit, today: dt.date) -> Iterator[tuple[str, list[str]]]:
    """Give label and lines of each fact, without lines where it is not on record."""
    document, facts, recurrence = hit.document, hit.facts, hit.recurrence
    yield "Date", [f"{document.date}, {age(document.date, today)}".rstrip(", ")] if document.date else []
    yield "Services", [_services(document.services, hit.ties)] if document.services else []
    yield "Status", list(filter(None, [unsettled(document)]))
    yield "Lasted", list(filter(None, [lasted_text(facts.duration)]))
    yield "Resolved by", [", ".join(facts.resolved_by)] if facts.resolved_by else []
    yield "Recurs", [recurrence_line(recurrence, today)] if recurrence else []
    yield "Lacking", list(filter(None, [lacking_runbook_line(recurrence) if recurrence else ""]))
    yield "Still open", [action_text(item, today) for item in facts.still_open()]
    yield "Careful too", careful_lines(hit)[WARNINGS:]
    yield "Lost link", dangling_lines(hit)


def _services(services: Sequence[str], ties: Sequence[ServiceTie]) -> str:
    next_to = [f"{tie.service} is next to {tie.about}" for tie in ties if tie.relation != "same"]
    return "; ".join([", ".join(services), *next_to])
