"""Further hits, one line each: what it is, a word on it, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from rca_search.cli.fitting import fitting
from rca_search.cli.page import Page

INDENT = 2
SHORTEST_TITLE = 26
"""Columns below which a title says too little to choose by."""
_GAP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One hit, every text safe for a terminal; ``place`` is never cut, so that it can be opened."""

    title: str
    date: str
    word: str
    place: str


def render_list(page: Page, rows: Sequence[Row]) -> None:
    """Add ``rows`` as aligned columns: each on one line, or on two where there is too little room.

    Days are left out where titles would be cut for them and the places tell them as well.
    """
    titled = max(cell_len(row.title) for row in rows)
    lines = _abouts(page, rows, titled, placed=True)
    if _room(page, lines) >= min(SHORTEST_TITLE, titled):
        _add(page, rows, lines)
    else:
        _add(page, rows, _abouts(page, rows, titled, placed=False), below=True)


def _abouts(page: Page, rows: Sequence[Row], titled: int, *, placed: bool) -> list[str]:
    """Return what follows the titles, the widest of ``titled`` columns, with the place or without."""
    dated = _aligned([(row.date, row.word, row.place if placed else "") for row in rows])
    if _room(page, dated) >= titled or not all(row.date in row.place for row in rows):
        return dated
    return _aligned([(row.word, row.place if placed else "") for row in rows])


def _room(page: Page, abouts: Sequence[str]) -> int:
    """Return the columns left for titles."""
    return max(page.width - INDENT - _GAP - max(map(cell_len, abouts)), 1)


def _add(page: Page, rows: Sequence[Row], abouts: Sequence[str], *, below: bool = False) -> None:
    """Add each title with what follows it and, where it is not part of that, its place ``below``."""
    titles = [Text(fitting(row.title, _room(page, abouts)), style="cyan") for row in rows]
    wide = max(title.cell_len for title in titles) + _GAP
    for row, title, about in zip(rows, titles, abouts, strict=True):
        gap = " " * (wide - title.cell_len)
        page.verbatim(Text.assemble(title, gap, (about, "dim")), indent=INDENT)
        if below:
            page.verbatim(Text(row.place, style="dim"), indent=2 * INDENT)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return each row as one text in which the columns of all rows stand below each other."""
    lines = [""] * len(rows)
    for column in zip(*rows, strict=True):
        wide = max(map(cell_len, column))
        gap = _GAP if wide else 0
        cells = (cell + " " * (wide - cell_len(cell) + gap) for cell in column)
        lines = [line + cell for line, cell in zip(lines, cells, strict=True)]
    return [line.rstrip() for line in lines]
