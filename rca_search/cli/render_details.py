"""What ``-v`` adds to the card of an incident: everything else that is known of it, and why it matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from rich.text import Text

from rca_search.cli import excerpt
from rca_search.cli.card import WARNINGS, card_row, careful_lines, dangling_lines, room
from rca_search.cli.page import Page
from rca_search.cli.render_families import lacking_runbook_line, recurrence_line
from rca_search.cli.render_verdict import chance_line
from rca_search.cli.safe_text import TAB, safe, safe_line
from rca_search.cli.wording import age, differences, duration
from rca_search.models import (
    ActionItem,
    ActionStatus,
    AlignedPair,
    Document,
    DurationBasis,
    Evidence,
    IncidentDuration,
    IncidentHit,
    Passage,
    Quote,
    Role,
    Score,
    ServiceTie,
    Side,
)

SHOWN_PAIRS = 2

_ELLIPSES = 4
"""Columns of the two signs that stand for what is left out."""


def render_pairs(
    page: Page, pairs: Sequence[AlignedPair], passages: Sequence[Passage], *, whole: str
) -> None:
    """Show lines of the question beside those that they met.

    ``whole`` is the question; one of a single line is not repeated, and no line of it twice in a row.
    """
    before: Quote | None = None
    repeated = len(whole.strip().splitlines()) > 1
    for pair in pairs[:SHOWN_PAIRS]:
        if repeated and pair.asked != before:
            _quote(page, f"You {pair.asked.line}", pair.asked)
        before = pair.asked
        _quote(page, f"Line {pair.told.line}", pair.told)
    if pairs:
        where = f"{pairs[0].told.path}:{pairs[0].told.line}"
        name = _section_name(pairs[0], passages)
        card_row(page, "", [Text(safe_line(" · ".join(filter(None, (where, name)))), style="dim")])


def render_differences(page: Page, evidence: Evidence) -> None:
    """Say what only one side names, a line for each."""
    for label, side in (("Only now", Side.ASKED), ("Only then", Side.TOLD)):
        if told := differences(evidence.differences, side):
            card_row(page, label, [safe_line(told)])


def _quote(page: Page, label: str, quote: Quote) -> None:
    """Show a quotation on one row, clipped around what is marked in it."""
    columns = room(page) - _ELLIPSES
    marks = [(mark.start - quote.start, mark.end - quote.start) for mark in quote.highlights]
    start, end = excerpt.clipped(quote.text, marks, characters=columns)
    text = Text("… " if start else "")
    last = start
    for first, after in marks:
        if start <= first and after <= end:
            text.append(_safe(quote.text[last:first]))
            text.append(_safe(quote.text[first:after]), style="bold yellow")
            last = after
    text.append(_safe(quote.text[last:end]))
    text.rstrip()
    if end < len(quote.text):
        text.append(" …")
    card_row(page, label, [text], style="dim")


def _safe(text: str) -> str:
    return safe(text.replace("\t", " " * TAB))


def _section_name(pair: AlignedPair, passages: Sequence[Passage]) -> str:
    """Return the heading that the told line stands under, else what its section tells."""
    for passage in passages:
        if passage.headings and passage.first_line <= pair.told.line <= passage.last_line:
            return passage.headings[-1]
    return "" if pair.role is Role.OTHER else pair.role.value


_SETTLED = {"resolved", "closed", "completed", "complete", "done", "fixed", "final", "published"}


def render_details(page: Page, hit: IncidentHit, question: str, *, today: dt.date, calibrated: bool) -> None:
    """Add all that is known of an incident, then line by line what met the ``question``."""
    if calibrated:
        card_row(page, "Chance", [chance_line(hit.likelihood)])
    for label, lines in _known(hit, today):
        card_row(page, label, [safe_line(line) for line in lines])
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
    card_row(page, "Ranked", [f"{score.total:.2f} in all, {', '.join(parts)} (no probability)"])


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
