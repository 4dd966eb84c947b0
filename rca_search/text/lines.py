"""What each line of a Markdown text is, a letter a line.

A build keeps the letters with the document, so that no answer has to wait for a parser to be imported: that
alone takes 40 ms. Texts that nobody has parsed yet, questions above all, are parsed where a line could be
anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

CELL_EDGE = re.compile(r"(?<!\\)\|")

# A text in which no line begins or holds one of these is nothing but paragraphs.
_MARK = re.compile(r"[ ]{0,3}(?:[-*+>#=_<~`|:]|\d{1,9}[.)]|\t)|[ ]{4}|.*\|")


class LineKind(StrEnum):
    """What a line is; of a line that is several things at once, what comes last here."""

    BLANK = " "
    TEXT = "t"
    ITEM = "i"
    """Opens a list item with text, or with nothing."""
    PROMPT = "p"
    """An instruction or a placeholder of a template (``text.prompts``): it says nothing."""
    HTML = "x"
    RULE = "_"
    HEADING = "h"
    UNDERLINE = "u"
    """Below the text of a heading."""
    ROW = "r"
    TABLE_RULE = "-"
    """Between the head of a table and its rows."""
    FENCE = "f"
    CODE = "c"


VERBATIM = frozenset({LineKind.FENCE, LineKind.CODE})
"""Kinds of the lines of a block of code."""


def line_kinds(lines: Sequence[str]) -> str:
    """Return the letters of ``lines``, a text in Markdown (CommonMark and tables)."""
    if any(map(_MARK.match, lines)):
        from rca_search.text.markdown import read_markdown  # the parser takes 40 ms to import

        return read_markdown(lines).kinds
    return "".join(LineKind.TEXT if line.strip() else LineKind.BLANK for line in lines)


_LISTS = r"(?:[\s>]*+(?:[-*+]|\d{1,9}[.)])\s+)*+"
_QUOTES = re.compile(r"[\s>]*")
_MARKS = {
    LineKind.ITEM: re.compile(_LISTS + r"(?:\[[ xX]\]\s+)?\s*"),
    LineKind.HEADING: re.compile(_LISTS + r"[\s>]*+#{0,6}\s*"),
    LineKind.CODE: re.compile(""),
}


def text_start(line: str, kind: LineKind) -> int:
    """Return where the text of a line begins: behind the marks of quotes, list items, boxes and headings."""
    marks = _MARKS.get(kind, _QUOTES).match(line)
    return marks.end() if marks else 0


def row_cells(line: str) -> list[str]:
    """Return the cells of a table's row as they are written."""
    return [cell.strip() for cell in CELL_EDGE.split(line.strip().removeprefix("|").removesuffix("|"))]
