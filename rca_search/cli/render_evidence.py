"""Evidence for a person: your line beside the line of the past, why it matched, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rca_search.cli import excerpt
from rca_search.cli.card import room, row
from rca_search.cli.page import Page
from rca_search.cli.safe_text import TAB, safe, safe_line
from rca_search.cli.wording import differences
from rca_search.models import AlignedPair, Evidence, Passage, Quote, Role, Side

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
        row(page, "", [Text(safe_line(" · ".join(filter(None, (where, name)))), style="dim")])


def render_differences(page: Page, evidence: Evidence) -> None:
    """Say what only one side names, a line for each."""
    for label, side in (("Only now", Side.ASKED), ("Only then", Side.TOLD)):
        if told := differences(evidence.differences, side):
            row(page, label, [safe_line(told)])


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
    row(page, label, [text], style="dim")


def _safe(text: str) -> str:
    return safe(text.replace("\t", " " * TAB))


def _section_name(pair: AlignedPair, passages: Sequence[Passage]) -> str:
    """Return the heading that the told line stands under, else what its section tells."""
    for passage in passages:
        if passage.headings and passage.first_line <= pair.told.line <= passage.last_line:
            return passage.headings[-1]
    return "" if pair.role is Role.OTHER else pair.role.value
