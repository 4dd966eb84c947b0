"""Evidence for a person: your line beside the line of the past, why it matched, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rca_search.cli import excerpt
from rca_search.cli.page import LABEL, Page
from rca_search.cli.safe_text import TAB, safe, safe_line
from rca_search.cli.wording import differences
from rca_search.models import AlignedPair, Evidence, Passage, Quote, Role, Side

_ELLIPSES = 4
"""Columns of the two signs that stand for what is left out."""


def render_pairs(
    page: Page,
    pairs: Sequence[AlignedPair],
    passages: Sequence[Passage],
    *,
    whole: str,
    rows: int,
    indent: int,
) -> None:
    """Show lines of the question beside those that they met, the latter on up to ``rows`` rows each.

    ``whole`` is the question; one of a single line is not repeated, and no line of it twice in a row.
    """
    before: Quote | None = None
    repeated = len(whole.strip().splitlines()) > 1
    for pair in pairs:
        if repeated and pair.asked != before:
            _quote(page, f"you {pair.asked.line}", pair.asked, rows=1, indent=indent)
        before = pair.asked
        _quote(page, f"line {pair.told.line}", pair.told, rows=rows, indent=indent)
    where = f"{pairs[0].told.path}:{pairs[0].told.line}"
    if name := _section_name(pairs[0], passages):
        where = f"{where} · {name}"
    page.line(safe_line(where), indent=indent + LABEL, style="dim")


def render_differences(page: Page, evidence: Evidence, *, indent: int) -> None:
    """Say what only one side names, a line for each."""
    for label, side in (("only now", Side.ASKED), ("only then", Side.TOLD)):
        if told := differences(evidence.differences, side):
            page.labelled(label, [safe_line(told)], indent=indent)


def _quote(page: Page, label: str, quote: Quote, *, rows: int, indent: int) -> None:
    """Show a quotation on so many rows, clipped around what is marked in it."""
    room = rows * (page.width - indent - LABEL) - _ELLIPSES
    marks = [(mark.start - quote.start, mark.end - quote.start) for mark in quote.highlights]
    start, end = excerpt.clipped(quote.text, marks, characters=room)
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
    page.labelled(label, [text], indent=indent, style="dim")


def _safe(text: str) -> str:
    return safe(text.replace("\t", " " * TAB))


def _section_name(pair: AlignedPair, passages: Sequence[Passage]) -> str:
    """Return the heading that the told line stands under, else what its section tells."""
    for passage in passages:
        if passage.headings and passage.first_line <= pair.told.line <= passage.last_line:
            return passage.headings[-1]
    return "" if pair.role is Role.OTHER else pair.role.value
