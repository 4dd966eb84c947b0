"""An answer for a person who has to act on it: what fixed it first, then why it matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text

from rca_search.cli import excerpt, matches
from rca_search.cli.page import LABEL, Page
from rca_search.cli.render_card import (
    BRIEF,
    FULL,
    INDENT,
    LISTED,
    SHORT,
    Detail,
    fitting,
    render_durations,
    render_facts,
    render_resolution,
    show_lines,
    source_of,
)
from rca_search.cli.render_evidence import render_differences, render_pairs
from rca_search.cli.render_families import lacking_runbook_line, recurrence_line
from rca_search.cli.render_verdict import likely, render_runbook_verdict, render_verdict
from rca_search.cli.runbook_words import age_line, alike_line, reasons_line
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import age, because, duration, severity_text
from rca_search.models import (
    Document,
    IncidentHit,
    Passage,
    Recurrence,
    Role,
    RunbookHit,
    Score,
    SearchResult,
    ServiceTie,
)

SHOWN_RUNBOOKS = 2
"""Runbooks listed below incidents; ``rca-search runbooks`` lists more."""
SHORT_HITS = 3
UNLIKELY = 0.1
"""Probability below which a hit besides the best is shown briefly, since hardly anybody will open it."""
TIGHTEST = 2
"""How far an answer can be tightened so that it fits a low screen."""
SHOWN_WORDS = 8
SHORTEST_TITLE = 30
"""Characters of a title that are kept beside a long path."""
_ROWS = 3

_RUNBOOKS, _NEAR_RUNBOOKS = "Runbooks that likely apply", "Runbooks that may apply"
_SETTLED = {"resolved", "closed", "completed", "complete", "done", "fixed", "final", "published"}


def detail(hit: IncidentHit, place: int, count: int, *, verbose: bool, tightened: int = 0) -> Detail:
    """Return how much of the hit at ``place`` (from 0) of ``count`` is shown, so that all fit one screen.

    ``tightened`` once, all but the best are shown briefly, twice, by their titles alone.
    """
    if verbose or place == 0:
        return FULL
    if tightened:
        return BRIEF if tightened < TIGHTEST else LISTED
    if hit.likelihood.probability < UNLIKELY:
        return BRIEF
    return SHORT if place < (SHORT_HITS if count <= SHORT_HITS else SHORT_HITS - 1) else BRIEF


def render_incidents(
    page: Page, result: SearchResult, *, today: dt.date, verbose: bool, tightened: int = 0
) -> None:
    """Add the verdict and the past incidents of ``result``, best first."""
    render_verdict(page, result)
    before: Detail | None = None
    for place, hit in enumerate(result.incidents):
        shown = detail(hit, place, len(result.incidents), verbose=verbose, tightened=tightened)
        if shown not in (BRIEF, LISTED) or before is not shown:
            page.gap()
        before = shown
        if shown is LISTED:
            _listed(page, place, hit)
            continue
        where = source_of(hit.resolution) if hit.resolution else safe_line(hit.document.id)
        room = max(page.width - len(where) - INDENT - 2, SHORTEST_TITLE) if shown is not FULL else None
        _title(page, place, hit.document, Text(f"  {where}", style="dim"), room=room)
        _facts(page, hit, shown, today)
        render_resolution(page, hit, shown)
        if hit.recurrence is not None and shown.facts:
            _recurs(page, hit.recurrence, shown, today)
        render_facts(page, hit, shown, today)
        if hit.ties and shown.facts:
            page.labelled("service", [_ties(hit.ties)], indent=INDENT)
        _evidence(page, hit, result.understood.text, shown)
        if verbose:
            _score(page, hit.score)
    if result.durations:
        page.gap()
        render_durations(page, result.durations, result.query.elapsed_minutes)


def render_runbooks(page: Page, result: SearchResult, *, verbose: bool, beside: bool) -> None:
    """Add the runbooks of ``result``; ``beside`` incidents only the first few, and briefly."""
    brief = beside and not verbose
    shown = result.runbooks[:SHOWN_RUNBOOKS] if brief else result.runbooks
    if beside:
        left = len(result.runbooks) - len(shown)
        more = f"  ({left} more: rca-search runbooks)" if left else ""
        heading = _RUNBOOKS if result.runbook_judgement.verdict.found else _NEAR_RUNBOOKS
        page.line(_heading(heading), Text(more, style="dim"))
    else:
        render_runbook_verdict(page, result)
    for place, hit in enumerate(shown):
        if not beside:
            page.gap()
        _title(page, place, hit.document, *_section(hit))
        _runbook(page, hit, brief=brief)
        if not brief:
            _why(page, hit.matched_terms, hit.passages, _ROWS if place == 0 or verbose else 1)
        if verbose:
            _score(page, hit.score)
    if alike := alike_line(result.alike):
        page.line(alike, indent=INDENT, style="yellow")


def _recurs(page: Page, found: Recurrence, shown: Detail, today: dt.date) -> None:
    """Say how often the failure came back and, on the full card, that no runbook is on record for it."""
    page.labelled("recurs", [recurrence_line(found, today)], indent=INDENT)
    if shown is FULL and (lacking := lacking_runbook_line(found)):
        page.labelled("lacking", [fitting(safe_line(lacking), page.width - INDENT - LABEL)], indent=INDENT)


def _runbook(page: Page, hit: RunbookHit, *, brief: bool) -> None:
    """Say how likely a runbook applies, why it is named and how old it is."""
    told = f"{likely(hit.likelihood)} · because {reasons_line(hit.reasons, hit.document.title)}"
    page.line(fitting(told, page.width - INDENT) if brief else told, indent=INDENT, hang=8)
    outdated = hit.age.last_updated is not None and hit.age.incidents_since > 0
    if (state := age_line(hit.age)) and (outdated or not brief):
        page.line(state, indent=INDENT, style="dim")


def facts(document: Document, today: dt.date, lasted: int | None) -> list[str]:
    """Return date, severity, services and how long it ``lasted``, in this order, as far as they are known."""
    known: list[str] = []
    if document.date is not None:
        ago = age(document.date, today)
        known.append(f"{document.date} ({ago})" if ago else str(document.date))
    if document.severity:
        known.append(severity_text(document.severity))
    if document.services:
        known.append(", ".join(document.services))
    if lasted is not None:
        known.append(f"lasted {duration(lasted)}")
    if document.status and document.status.casefold() not in _SETTLED:
        known.append(f"status {document.status}")
    return [safe_line(fact) for fact in known]


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _listed(page: Page, place: int, hit: IncidentHit) -> None:
    where = f"  {likely(hit.likelihood)} likely  {safe_line(hit.document.id)}"
    room = max(page.width - len(where) - INDENT, SHORTEST_TITLE)
    _title(page, place, hit.document, Text(where, style="dim"), room=room)


def _title(page: Page, place: int, document: Document, *more: Text, room: int | None = None) -> None:
    number = f"{place + 1}".rjust(2)
    title = safe_line(document.title)
    title = fitting(title, room) if room is not None else title
    page.line(Text(f"{number}  "), Text(title, style="bold cyan"), *more, hang=INDENT)


def _facts(page: Page, hit: IncidentHit, shown: Detail, today: dt.date) -> None:
    if shown is FULL:
        known = facts(hit.document, today, None)
    else:
        known = facts(replace(hit.document, status=None), today, hit.facts.duration.minutes)
    if hit.facts.planned:
        known.append("planned work")
    known = [f"{likely(hit.likelihood)} likely", *(known or ["no date, severity or service recorded"])]
    if shown is BRIEF:
        page.line(fitting(" · ".join(known), page.width - INDENT), indent=INDENT)
    else:
        page.items(known, indent=INDENT)


def _evidence(page: Page, hit: IncidentHit, question: str, shown: Detail) -> None:
    """Show why a hit came back, the lines that met, else the passage that fits best, and what differs."""
    reasons = because(hit.evidence.reasons)
    pairs = hit.evidence.pairs[: shown.pairs]
    if pairs:
        words = ", ".join(matches.whole_words(hit.matched_terms)[:SHOWN_WORDS])
        page.labelled("matched", [safe_line(reasons or words)], indent=INDENT)
        render_pairs(page, pairs, hit.passages, whole=question, rows=shown.passage, indent=INDENT)
    else:
        told = hit.resolution.chunk_id if hit.resolution else None
        passages = [passage for passage in hit.passages if passage.chunk_id != told]
        _why(page, hit.matched_terms, passages or hit.passages, shown.passage, reasons)
    if shown is FULL:
        render_differences(page, hit.evidence, indent=INDENT)


def _why(page: Page, words: Sequence[str], passages: Sequence[Passage], rows: int, reasons: str = "") -> None:
    """Say which words matched and where, and show ``rows`` of the best passage around them."""
    if not rows:
        return
    words = matches.whole_words(words)
    told = safe_line("; ".join(filter(None, (", ".join(words[:SHOWN_WORDS]), reasons))))
    told = told or "by meaning, no word in common"
    if not passages:
        page.labelled("matched", [told] if words else [], indent=INDENT)
        return
    room = page.width - INDENT - LABEL
    kept = _clipped(passages[0], words, rows, room)
    where = source_of(passages[0], kept)
    if name := _section_name(passages[0]):
        where = f"{where} · {name}"
    page.labelled("matched", [Text.assemble(told, " · ", (where, "dim"))], indent=INDENT)
    show_lines(page, "", kept, words)


def _clipped(passage: Passage, words: Sequence[str], rows: int, room: int) -> list[excerpt.Line]:
    """Return the lines of a passage that hold most of ``words``, long ones cut around them."""
    lines = excerpt.told_lines(passage)
    kept = excerpt.best(lines, lambda text: matches.weight(text, words), room=rows, width=room)
    clipped: list[excerpt.Line] = []
    for line in kept:
        start, end = excerpt.clipped(line.text, matches.spans(line.text, words), characters=rows * room - 4)
        text = f"{'… ' if start else ''}{line.text[start:end].strip()}{' …' if end < len(line.text) else ''}"
        clipped.append(excerpt.Line(line.number, text, line.code))
    return clipped


def _section_name(passage: Passage) -> str:
    """Return the heading a person would look for, else what the passage tells; "" where neither is known."""
    if passage.headings:
        return safe_line(passage.headings[-1])
    return "" if passage.role is Role.OTHER else passage.role.value


def _section(hit: RunbookHit) -> tuple[Text, ...]:
    """Return the section to open and where it stands, to follow the title."""
    if not hit.passages:
        return (Text(f"  {safe_line(hit.document.path)}", style="dim"),)
    best = hit.passages[0]
    told = best.headings and best.headings[-1] != hit.document.title
    name = f", {_section_name(best)}" if told else ""
    return Text(name), Text(f"  {source_of(best)}", style="dim")


def _ties(ties: Sequence[ServiceTie]) -> str:
    """Return how the incident's services are tied to those asked about, in words."""
    said = (tie.service if tie.relation == "same" else f"{tie.service} (next to {tie.about})" for tie in ties)
    return safe_line(", ".join(said))


def _score(page: Page, score: Score) -> None:
    parts = (
        f"meaning {score.dense:.2f}, words {score.lexical:.2f}, "
        f"spelling {score.spelling:.2f}, title {score.title:.2f}"
    )
    added = {
        "service": score.service,
        "links": score.links,
        "reranked": score.reranked,
        "votes": score.feedback,
    }
    parts += "".join(f", {name} {amount:+.2f}" for name, amount in added.items() if amount)
    page.labelled("ranked", [f"{score.total:.2f} in all, {parts} (no probability)"], indent=INDENT)
