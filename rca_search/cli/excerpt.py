"""A few lines of a passage, verbatim, chosen so that they say most in least room."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rca_search.cli.page import fitting
from rca_search.models import Passage
from rca_search.text.fences import LinePart, line_parts

_HEADING = re.compile(r"#{1,6}\s")
_UNDERLINE = re.compile(r"\s*(=+|-+)\s*")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_TABLE_RULE = re.compile(r"[\s|:+=-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file by its number; ``code``, from a fenced block, is to be shown as it is."""

    number: int
    text: str
    code: bool = False


def told_lines(passage: Passage) -> list[Line]:
    """Return the lines of a passage that tell something: no heading at its top, fences or empty lines."""
    lines: list[Line] = []
    texts = passage.text.split("\n")
    for number, (text, part) in enumerate(zip(texts, line_parts(texts), strict=True), passage.first_line):
        fenced = part is LinePart.CODE
        if part is LinePart.FENCE or not text.strip() or _is_frame(text, fenced=fenced, at_top=not lines):
            continue
        lines.append(Line(number, text if fenced else unframed(text), code=fenced))
    return lines


def unframed(text: str) -> str:
    """Return a table row as its cells with dots between them, any other line as it is."""
    row = text.strip()
    if len(row) < 3 or not (row.startswith("|") and row.endswith("|")):
        return text
    return " · ".join(cell.strip() for cell in _CELL_EDGE.split(row[1:-1]) if cell.strip())


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


def _is_frame(text: str, *, fenced: bool, at_top: bool) -> bool:
    """Return whether a line only frames others: a heading before any text, or the rule of a table."""
    if fenced:
        return False
    if at_top and (_HEADING.match(text) or _UNDERLINE.fullmatch(text)):
        return True
    return "|" in text and _TABLE_RULE.fullmatch(text) is not None


def _rows(line: Line, width: int) -> int:
    return 1 if line.code else -(-len(line.text) // max(width, 1))
