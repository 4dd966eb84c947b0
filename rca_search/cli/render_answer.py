"""An answer for a person who has to act on it: what fixed it first, then why it matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.text import Text

from rca_search.cli import excerpt, matches
from rca_search.cli.page import LABEL, Page
from rca_search.cli.render_verdict import likely, render_runbook_verdict, render_verdict
from rca_search.cli.safe_text import safe, safe_line
from rca_search.cli.wording import age, counted, duration
from rca_search.models import (
    Document,
    IncidentHit,
    Passage,
    Role,
    RunbookHit,
    RunbookReason,
    Score,
    SearchResult,
)

INDENT = 4
SHOWN_RUNBOOKS = 3
"""Runbooks listed below incidents; ``rca-search runbooks`` lists more."""
SHOWN_WORDS = 8

_RUNBOOKS, _NEAR_RUNBOOKS = "Runbooks that likely apply", "Runbooks that may apply"
_SAID = {"linked": "linked from", "service": "runbook of", "text": "text match in"}
_SETTLED = {"resolved", "closed", "completed", "complete", "done", "fixed", "final", "published"}


@dataclass(frozen=True, slots=True)
class Detail:
    """Rows given to the parts of one hit; the best hit is worth more of them than the others."""

    resolution: int
    passage: int


FULL, SHORT, BRIEF = Detail(6, 3), Detail(3, 1), Detail(1, 0)


def detail(place: int, *, verbose: bool) -> Detail:
    """Return how much of the hit at ``place`` (from 0) is shown."""
    if verbose or place == 0:
        return FULL
    return SHORT if place < SHOWN_RUNBOOKS else BRIEF


def render_incidents(page: Page, result: SearchResult, *, today: dt.date, verbose: bool) -> None:
    """Add the verdict and the past incidents of ``result``, best first."""
    render_verdict(page, result)
    for place, hit in enumerate(result.incidents):
        page.gap()
        shown = detail(place, verbose=verbose)
        _title(page, place, hit.document)
        _facts(page, hit, today)
        if shown is BRIEF or not (hit.resolution or hit.passages):
            # Otherwise it is told by where the quoted lines stand.
            page.line(safe_line(hit.document.id), indent=INDENT, style="dim")
        _resolution(page, hit, shown)
        told = hit.resolution.chunk_id if hit.resolution else None
        passages = [passage for passage in hit.passages if passage.chunk_id != told]
        _why(page, hit.matched_terms, passages or hit.passages, shown)
        if verbose:
            _score(page, hit.score)


def render_runbooks(page: Page, result: SearchResult, *, verbose: bool, beside: bool) -> None:
    """Add the runbooks of ``result``; ``beside`` incidents only the first few, and briefly."""
    shown = result.runbooks[:SHOWN_RUNBOOKS] if beside and not verbose else result.runbooks
    if beside:
        page.line(_heading(_RUNBOOKS if result.runbook_judgement.verdict.found else _NEAR_RUNBOOKS))
    else:
        render_runbook_verdict(page, result)
    for place, hit in enumerate(shown):
        if not beside:
            page.gap()
        _title(page, place, hit.document, *_section(hit))
        page.line(
            f"{likely(hit.likelihood)} · because ",
            _reasons(hit.reasons, hit.document.title),
            indent=INDENT,
            hang=8,
        )
        if not beside or verbose:
            _why(page, hit.matched_terms, hit.passages, detail(place, verbose=verbose))
        if verbose:
            _score(page, hit.score)
    if left := len(result.runbooks) - len(shown):
        page.line(f"{counted(left, 'more runbook')}: rca-search runbooks", indent=INDENT, style="dim")


def source_of(passage: Passage, lines: Sequence[excerpt.Line] = ()) -> str:
    """Return ``path:first-last`` of a passage, or of ``lines`` of it."""
    first = lines[0].number if lines else passage.first_line
    last = lines[-1].number if lines else passage.last_line
    return safe_line(f"{passage.path}:{first}-{last}" if last > first else f"{passage.path}:{first}")


def facts(document: Document, today: dt.date) -> list[str]:
    """Return date, severity, services and duration, in this order, as far as they are known."""
    known: list[str] = []
    if document.date is not None:
        ago = age(document.date, today)
        known.append(f"{document.date} ({ago})" if ago else str(document.date))
    if document.severity:
        known.append(document.severity)
    if document.services:
        known.append(", ".join(document.services))
    if document.duration_minutes is not None:
        known.append(f"lasted {duration(document.duration_minutes)}")
    if document.status and document.status.casefold() not in _SETTLED:
        known.append(f"status {document.status}")
    return [safe_line(fact) for fact in known]


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _title(page: Page, place: int, document: Document, *more: Text) -> None:
    number = f"{place + 1}".rjust(2)
    page.line(Text(f"{number}  "), Text(safe_line(document.title), style="bold cyan"), *more, hang=INDENT)


def _facts(page: Page, hit: IncidentHit, today: dt.date) -> None:
    known = facts(hit.document, today) or ["no date, severity or service recorded"]
    page.items([f"{likely(hit.likelihood)} likely", *known], indent=INDENT)


def _resolution(page: Page, hit: IncidentHit, shown: Detail) -> None:
    room = page.width - INDENT - LABEL
    if hit.resolution is None:
        page.labelled("fixed by", ["no section of the write-up says"], indent=INDENT, style="bold green")
        return
    lines = excerpt.told_lines(hit.resolution)
    kept = excerpt.opening(lines, room=shown.resolution, width=room)
    _lines(page, "fixed by", kept, (), style="bold green")
    left = len(lines) - len(kept)
    if shown is BRIEF:
        return
    more = f" · {counted(left, 'more line')}" if left else ""
    page.line(f"{source_of(hit.resolution, lines)}{more}", indent=INDENT + LABEL, style="dim")


def _why(page: Page, words: Sequence[str], passages: Sequence[Passage], shown: Detail) -> None:
    """Say which words matched and show the best passage around them; nothing where there is no room."""
    if not shown.passage:
        return
    words = matches.whole_words(words)
    if words:
        page.labelled("matched", [safe_line(", ".join(words[:SHOWN_WORDS]))], indent=INDENT)
    elif passages:
        page.labelled("matched", ["by meaning, no word in common"], indent=INDENT)
    if passages:
        _passage(page, passages[0], words, shown)


def _passage(page: Page, passage: Passage, words: Sequence[str], shown: Detail) -> None:
    room = page.width - INDENT - LABEL
    lines = excerpt.told_lines(passage)
    kept = excerpt.best(lines, lambda text: matches.weight(text, words), room=shown.passage, width=room)
    clipped: list[excerpt.Line] = []
    for line in kept:
        start, end = excerpt.clipped(
            line.text, matches.spans(line.text, words), characters=shown.passage * room - 4
        )
        text = f"{'… ' if start else ''}{line.text[start:end].strip()}{' …' if end < len(line.text) else ''}"
        clipped.append(excerpt.Line(line.number, text, line.code))
    _lines(page, "", clipped, words)
    where = source_of(passage, kept)
    if name := _section_name(passage):
        where = f"{where} · {name}"
    page.line(where, indent=INDENT + LABEL, style="dim")


def _lines(
    page: Page, label: str, lines: Sequence[excerpt.Line], terms: Collection[str], *, style: str = "bold"
) -> None:
    """Show lines beside a label, prose wrapped, code as it is, matched words marked."""
    for line in lines:
        text = Text(safe(line.text))
        for start, end in matches.spans(text.plain, terms) if terms else ():
            text.stylize("bold yellow", start, end)
        if line.code:
            prefix = Text(label, style=style)
            prefix.pad_right(LABEL - len(label))
            text.stylize("magenta")
            page.verbatim(Text.assemble(prefix, "  ", text), indent=INDENT)
        else:
            page.labelled(label, [text], indent=INDENT, style=style)
        label = ""


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


def _reasons(reasons: Sequence[RunbookReason], title: str) -> str:
    """Return the reasons in words; those that begin alike share their beginning.

    A section without a heading of its own, or headed like the document, is the document's opening.
    """
    told: dict[str, list[str]] = {}
    for reason in reasons:
        plain = reason.subject in {"", title}
        told.setdefault(reason.source, []).append("its opening" if plain else reason.subject)
    parts = [f"{_SAID[source]} {', '.join(subjects)}" for source, subjects in told.items()]
    return safe_line("; ".join(parts)) or "its text is the closest there is"


def _score(page: Page, score: Score) -> None:
    parts = f"meaning {score.dense:.2f}, words {score.lexical:.2f}, spelling {score.spelling:.2f}"
    page.labelled("ranked", [f"{score.total:.2f} in all, {parts} (no probability)"], indent=INDENT)
