"""A document as it was indexed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.text import Text

from rca_search.cli.excerpt import unframed
from rca_search.cli.page import Page, fitting
from rca_search.cli.render_details import action_text, lasted_text, unsettled
from rca_search.cli.safe_text import safe, safe_line
from rca_search.cli.wording import age, duration, severity_text
from rca_search.models import Document, Extract, IncidentFacts, Section
from rca_search.text.lines import VERBATIM, LineKind

SHOWN_CHARS = 160
_AS_THEY_ARE = VERBATIM | {LineKind.ROW, LineKind.TABLE_RULE}
"""Kinds of lines that wrapping would spoil."""


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


def render_document(
    page: Page, document: Document, found: IncidentFacts | None, *, today: dt.date, numbered: bool
) -> None:
    """Add what was recognised in ``document``, the facts of an incident, and the text by sections."""
    page.line(Text(safe_line(document.title), style="bold cyan"))
    page.line(" · ".join([document.kind.value, *_facts(document, today)]))
    page.line(safe_line(document.id), style="dim")
    page.gap()
    for label, value in _recognised(document):
        page.labelled(label, [safe_line(value)], indent=0)
    if found is not None:
        page.gap()
        render_all_facts(page, found, today)
    first = document.sections[0].first_line if document.sections else 1
    if numbered and first > 1:
        page.gap()
        _text(page, document, 1, first - 1, numbered=True)
    for section in document.sections:
        page.gap()
        page.line(Text(_section(section), style="dim"))
        _text(page, document, section.first_line, section.last_line, numbered=numbered)
    if not document.sections:
        page.gap()
        _text(page, document, 1, document.text.count("\n") + 1, numbered=numbered)


def _facts(document: Document, today: dt.date) -> list[str]:
    """Return date, severity, services, duration and status, in this order, as far as they are known."""
    known: list[str] = []
    if document.date is not None:
        ago = age(document.date, today)
        known.append(f"{document.date} ({ago})" if ago else str(document.date))
    if document.severity:
        known.append(severity_text(document.severity))
    if document.services:
        known.append(", ".join(document.services))
    if document.duration_minutes is not None:
        known.append(f"lasted {duration(document.duration_minutes)}")
    if status := unsettled(document):
        known.append(f"status {status}")
    return [safe_line(fact) for fact in known]


def _recognised(document: Document) -> list[tuple[str, str]]:
    stated = [
        ("file", f"{document.source}/{document.path}" if document.source else document.path),
        ("kind by", _kind_reason(document)),
        ("tags", ", ".join(document.tags)),
        ("status", document.status or ""),
        ("authors", ", ".join(document.authors)),
        ("aliases", ", ".join(document.aliases)),
        *((key, _in_words(value)) for key, value in document.metadata.items()),
    ]
    return [(safe_line(label), value) for label, value in stated if value]


def _kind_reason(document: Document) -> str:
    """Say how the kind was found, and how sure that is where it was weighed."""
    share = document.kind_probability
    return document.kind_reason if share >= 1 else f"{document.kind_reason} ({min(round(100 * share), 99)} %)"


def _in_words(value: object) -> str:
    """Return a value of the front matter as people write it: no quotes, no brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_in_words(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_words, value))
    return str(value)


def _section(section: Section) -> str:
    lines = f"lines {section.first_line}-{section.last_line}"
    return safe_line(f"--- {section.slug} · {section.role.value} · {lines} ---")


def _text(page: Page, document: Document, first: int, last: int, *, numbered: bool) -> None:
    """Add lines as they stand; on a terminal prose is wrapped, tables and code are not."""
    width = len(str(document.text.count("\n") + 1))
    lines = document.lines(first, last).rstrip("\n").split("\n")
    for number, line in enumerate(lines, start=first):
        prefix = Text(f"{number:>{width}}  " if numbered else "", style="dim")
        text = Text.assemble(prefix, safe(line))
        if page.terminal and document.line_kinds[number - 1] not in _AS_THEY_ARE:
            page.line(text, hang=len(prefix))
        else:
            page.verbatim(text, indent=0)
