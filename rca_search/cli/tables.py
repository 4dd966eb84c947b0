"""Aligned columns that never break a line, so that names and places can be copied."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line

_GAP = 2


def table(page: Page, rows: Sequence[Sequence[str]], *, indent: int, head: Sequence[str] = ()) -> None:
    """Add ``rows`` below ``head``; every column but the last is as wide as its widest cell."""
    cells = [[safe_line(cell) for cell in row] for row in rows]
    columns = range(len(rows[0]) if rows else len(head))
    widths = [
        max((cell_len(row[at]) for row in [*cells, *([head] if head else [])]), default=0) for at in columns
    ]
    if head:
        page.verbatim(Text(_line(head, widths), style="dim"), indent=indent)
    for row in cells:
        page.verbatim(_line(row, widths), indent=indent)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - cell_len(cell) + _GAP) for cell, width in zip(row, widths, strict=True)]
    return "".join(padded).rstrip()
