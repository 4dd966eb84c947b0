"""A few lines of a passage, verbatim, chosen so that they say most in least room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rca_search.cli.page import fitting
from rca_search.models import Passage
from rca_search.text.lines import LineKind, row_cells

_FRAMES = frozenset({LineKind.FENCE, LineKind.TABLE_RULE, LineKind.UNDERLINE, LineKind.PROMPT})
"""Kinds of lines that only frame others, or ask for them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file by its number; ``code`` is to be shown as it is."""

    number: int
    text: str
    code: bool = False


def told_lines(passage: Passage) -> list[Line]:
    """Return the lines of a passage that tell something: no heading at its top, fences or empty lines."""
    lines: list[Line] = []
    texts = passage.text.split("\n")
    for number, (text, kind) in enumerate(zip(texts, passage.line_kinds, strict=True), passage.first_line):
        if not text.strip() or kind in _FRAMES or (kind == LineKind.HEADING and not lines):
            continue
        code = kind == LineKind.CODE
        lines.append(Line(number, text if code else unframed(text), code=code))
    return lines


def unframed(text: str) -> str:
    """Return what stands between bars, as table rows do, as cells with dots between them, else the text."""
    row = text.strip()
    if len(row) < 3 or not (row.startswith("|") and row.endswith("|")):
        return text
    return " · ".join(filter(None, row_cells(row)))


def opening(lines: Sequence[Line], *, room: int, width: int) -> list[Line]:
    """Return the first lines that fit into ``room`` rows, half of them kept for code further down."""
    code_room = min(sum(line.code for line in lines), room // 2)
    prose_room = room - code_room
    kept: list[Line] = []
    for line in lines:
        if line.code and code_room > 0:
            kept.append(line)
            code_room -= 1
        elif not line.code and prose_room > 0:
            kept.append(Line(line.number, fitting(line.text, prose_room * width)))
            prose_room -= _rows(line, width)
    return kept or list(lines[:1])


def clipped(text: str, marks: Collection[tuple[int, int]], *, characters: int) -> tuple[int, int]:
    """Return the part of a long ``text`` of at most ``characters`` that holds most ``marks``."""
    if len(text) <= characters:
        return 0, len(text)
    starts = [0, *(max(0, start - characters // 4) for start, _ in marks)]
    start = max(starts, key=lambda at: (sum(at <= a and b <= at + characters for a, b in marks), -at))
    start = min(start, len(text) - characters)
    if start:
        start = text.find(" ", start) + 1 or start
    end = min(len(text), start + characters)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + characters // 2)
    return start, end


def _rows(line: Line, width: int) -> int:
    return 1 if line.code else -(-len(line.text) // max(width, 1))
