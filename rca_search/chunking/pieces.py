"""Markdown of a section as pieces of readable text, each with its lines.

Paragraphs lose their markup, list items and table rows become one piece each, code stays as it is. What is
only markup (rules, comments, tags) is left out, and no other line is. Positions are lines of the text that
was given.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from rca_search.text.lines import LineKind

if TYPE_CHECKING:
    from rca_search.text.markdown import Block

_TAG = re.compile(r"<[^<>]{1,200}>")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_HTML_TAGS = """
    a abbr article aside b big blockquote body br button caption center cite code col colgroup dd del details
    div dl dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input
    ins kbd label li link main mark meta nav ol option p picture pre q s samp script section select small
    source span strike strong style sub summary sup svg table tbody td textarea tfoot th thead time title tr
    tt u ul var video wbr
"""
_HTML_NAMES = frozenset(_HTML_TAGS.split())
_WIKILINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
_SPACES = re.compile(r"[ \t]+")
_LINE_MARKS = re.compile(r"^(?:[\s>#]|[-*+]\s|\d{1,9}[.)]\s)+")
_WORD = re.compile(r"\w")


class PieceKind(Enum):
    """What a piece was made of; decides where it may be cut."""

    PROSE = auto()
    ITEM = auto()
    ROW = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that is kept whole where it fits; lines are 0-based, the end exclusive.

    ``text_line`` is where the text itself begins: code begins below its fence.
    """

    kind: PieceKind
    text: str
    first_line: int
    end_line: int
    text_line: int | None = None

    def moved(self, by: int) -> Piece:
        """Return this piece ``by`` lines further down."""
        text_line = None if self.text_line is None else self.text_line + by
        return replace(
            self, first_line=self.first_line + by, end_line=self.end_line + by, text_line=text_line
        )


def split_pieces(text: str, *, headings: bool = False, prompts: Container[int] = ()) -> list[Piece]:
    """Cut Markdown ``text`` into pieces in reading order, with or without its top-level ``headings``.

    With them go the header rows of narrow tables, which say little besides. Left out are instructions and
    placeholders of a template, also those that begin in one of the lines ``prompts`` (the first is 0).
    """
    # Only long questions need it: a short one must not wait for the import.
    from rca_search.text.markdown import BlockKind, read_markdown

    def is_left_out(block: Block) -> bool:
        return block.kind is BlockKind.HEADING and not (block.nested or headings)

    lines = text.split("\n")
    markdown = read_markdown(lines, 0)
    found: list[Piece] = []
    done: list[tuple[int, int]] = []
    table: list[Block] = []
    for block in markdown.blocks:
        if block.kind is not BlockKind.ROW or not block.header:
            found += _rows(table, headings=headings)
            table = []
        if block.kind is BlockKind.ROW:
            table.append(block)
        elif markdown.is_prompt(block) or block.first_line in prompts or is_left_out(block):
            done.append((block.first_line, block.last_line + 1))
        else:
            found += _pieces(block)
            done += [(block.first_line, block.last_line + 1)] * (block.kind is BlockKind.HTML)
    found = [piece for piece in [*found, *_rows(table, headings=headings)] if piece.text.strip()]
    done += [(piece.first_line, piece.end_line) for piece in found]
    found.extend(_missed(markdown.lines, markdown.kinds, done))
    return sorted(found, key=lambda piece: piece.first_line)


def _pieces(block: Block) -> Iterator[Piece]:
    """Give the piece of a block that is no row; headings become none."""
    from rca_search.text.markdown import BlockKind

    if block.kind is BlockKind.CODE:
        yield replace(_piece(PieceKind.CODE, block.text, block), text_line=block.text_line)
    elif block.kind is BlockKind.PARAGRAPH:
        yield _prose(plain(block.text), block)
    elif block.kind is BlockKind.HTML:
        yield _prose(_clean(_TAG.sub(_shown_tag, block.text)), block)


def plain(text: str) -> str:
    """Return inline Markdown as it reads: no markup, links by their label."""
    from rca_search.text.markdown import inline_tokens

    parts: list[str] = []
    for token in inline_tokens(text):
        if token.type in {"text", "code_inline", "image"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "html_inline":
            parts.append(_TAG.sub(_shown_tag, token.content))
    return _clean(_WIKILINK.sub(r"\1", "".join(parts)))


def _missed(lines: Sequence[str], kinds: str, done: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Give the lines with words that became no piece: headings in quotes, what is nested too deeply."""
    covered = bytearray(len(lines))
    for first, end in done:
        covered[first:end] = b"\1" * (min(end, len(lines)) - first)
    for number, line in enumerate(lines):
        if not covered[number] and _WORD.search(line) and kinds[number] != LineKind.FENCE:
            yield Piece(PieceKind.PROSE, plain(_LINE_MARKS.sub("", line)), number, number + 1)


def _prose(text: str, block: Block) -> Piece:
    """Return a paragraph, or one of a list item."""
    if block.in_list and text.strip():
        return _piece(PieceKind.ITEM, f"- {text}", block)
    return _piece(PieceKind.PROSE, text, block)


def _rows(table: Sequence[Block], *, headings: bool) -> Iterator[Piece]:
    """Spell out table rows: cells of narrow tables in a row, those of wide ones behind their header.

    The lines of the first row that is given take in the header's.
    """
    if not table:
        return
    header = [plain(cell) for cell in table[0].cells]
    rows: list[Piece] = []
    if _is_data(header) or (headings and len(header) <= 2):
        rows.append(_piece(PieceKind.ROW, " ".join(header), table[0]))
    for block in table[1:]:
        rows.append(_piece(PieceKind.ROW, _spell(header, [plain(cell) for cell in block.cells]), block))
    if not any(row.text.strip() for row in rows):
        rows = [_piece(PieceKind.ROW, " ".join(header), table[0])]
    top = next((row for row in rows if row.text.strip()), None)
    for row in rows:
        yield replace(row, first_line=table[0].first_line) if row is top else row


def _is_data(cells: Sequence[str]) -> bool:
    """Return whether a header row carries data, as in tables of two columns "Date | 3 May"."""
    return any(any(character.isdigit() for character in cell) for cell in cells)


def _spell(header: Sequence[str], cells: Sequence[str]) -> str:
    if len(header) <= 2:
        return " ".join(cell for cell in cells if cell)
    names = itertools.chain(header, itertools.repeat(""))
    return "; ".join(
        f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell
    )


def _piece(kind: PieceKind, text: str, block: Block) -> Piece:
    return Piece(kind, text, block.first_line, block.last_line + 1)


def _shown_tag(tag: re.Match[str]) -> str:
    """Return a space for markup, and what only looks like it (``<module>``) as it stands."""
    name = _TAG_NAME.match(tag[0])
    return " " if name is None or name[1].casefold() in _HTML_NAMES else tag[0]


def _clean(text: str) -> str:
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()
