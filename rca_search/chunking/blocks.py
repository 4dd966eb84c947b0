"""Markdown blocks of a section as pieces of readable text, each with its lines.

Paragraphs lose their markup, list items and table rows become one piece each, code blocks stay as
they are. What is only markup (rules, comments, tags) is left out, and no other line is. Positions are
lines of the text that was given.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from rca_search.text.fences import is_fence

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SENTENCE_END = re.compile(
    r"""[.!?…]["')\]]*\s+(?=["'(\[]?[A-Z0-9À-Þ`])|[。！？]["'」』”’）]*(?=[^"'」』”’）])"""  # noqa: RUF001
)
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
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_LINE_MARKS = re.compile(r"^(?:[\s>#]|[-*+]\s|\d{1,9}[.)]\s)+")
_WORD = re.compile(r"\w")


class BlockKind(Enum):
    """What a piece was made of; decides where it may be cut."""

    PROSE = auto()
    ITEM = auto()
    ROW = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that is kept whole where it fits; lines are 0-based, the end exclusive.

    ``text_line`` is where the text itself begins: code begins below its fence.
    """

    kind: BlockKind
    text: str
    first_line: int
    end_line: int
    text_line: int | None = None

    def moved(self, by: int) -> Block:
        """Return this block ``by`` lines further down."""
        text_line = None if self.text_line is None else self.text_line + by
        return replace(
            self, first_line=self.first_line + by, end_line=self.end_line + by, text_line=text_line
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """The lines that are cut, and whether ``all`` of their words are wanted, headings included."""

    lines: Sequence[str]
    all: bool


@functools.cache
def _parser() -> MarkdownIt:
    # Only long questions need it: a short one must not wait for the import.
    from markdown_it import MarkdownIt

    # Link definitions stay text: "[error]: timeout" in a log is one, and would vanish.
    return MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable("reference")


def split_blocks(text: str, *, headings: bool = False) -> list[Block]:
    """Cut Markdown ``text`` into blocks in reading order, with or without its top-level ``headings``.

    With them go the header rows of narrow tables, which say little besides.
    """
    tokens = _parser().parse(text)
    source = _Source(text.split("\n"), headings)
    blocks = [block for block in _walk(tokens, source) if block.text.strip()]
    done = [(block.first_line, block.end_line) for block in blocks]
    for token in tokens:
        heading = token.type == "heading_open" and token.level == 0
        if token.map and (token.type == "html_block" or (heading and not headings)):
            done.append((token.map[0], token.map[1]))
    blocks.extend(_missed(source.lines, done))
    return sorted(blocks, key=lambda block: block.first_line)


def split_sentences(text: str) -> list[str]:
    """Cut prose at sentence ends that are followed by a capital letter, a digit or a quotation."""
    parts = (text[start:end].strip() for start, end in sentence_spans(text, 0, len(text)))
    return [part for part in parts if part]


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the sentences of ``text[start:end]`` stand, the white space after each included."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    return list(zip([start, *ends], [*ends, end], strict=True))


def plain(text: str) -> str:
    """Return one line of inline Markdown as it reads: no markup, links by their label."""
    children = _parser().parseInline(text)[0].children
    return _inline(children or [])


def _missed(lines: Sequence[str], done: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """Give the lines with words that became no block: headings in quotes, what is nested too deeply."""
    covered = bytearray(len(lines))
    for first, end in done:
        covered[first:end] = b"\1" * (min(end, len(lines)) - first)
    for number, line in enumerate(lines):
        if not covered[number] and _WORD.search(line) and not is_fence(line):
            yield Block(BlockKind.PROSE, plain(_LINE_MARKS.sub("", line)), number, number + 1)


def _walk(tokens: Sequence[Token], source: _Source) -> Iterator[Block]:
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _matching(tokens, index)
        inner = tokens[index + 1 : end]
        if token.type in {"fence", "code_block"}:
            yield _code(token)
        elif token.type == "html_block":
            yield _block(BlockKind.PROSE, _clean(_TAG.sub(_shown_tag, token.content)), token)
        elif token.type == "table_open":
            yield from _rows(inner, source)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield from _items(inner, source)
        elif token.type == "blockquote_open":
            yield from _walk(inner, source)
        elif token.type == "paragraph_open":
            yield _block(BlockKind.PROSE, _inline(inner[0].children or []), token)
        index = end + 1


def _code(token: Token) -> Block:
    """Return a code block without the blank lines around it; its lines take in the fences."""
    first, end = token.map or (0, 1)
    body = token.content.lstrip("\n")
    text = body.rstrip("\n")
    start = first + (token.type == "fence") + len(token.content) - len(body)
    if token.type == "code_block":
        end = start + text.count("\n") + 1
    return Block(BlockKind.CODE, text, first, end, text_line=start)


def _matching(tokens: Sequence[Token], index: int) -> int:
    """Return where the block that opens at ``index`` closes (itself if it has no inside)."""
    if tokens[index].nesting != 1:
        return index
    level = tokens[index].level
    close = index + 1
    while tokens[close].level != level or tokens[close].nesting != -1:
        close += 1
    return close


def _items(tokens: Sequence[Token], source: _Source) -> Iterator[Block]:
    """Give each list item and each nested one as a block of its own; code inside stays apart."""
    index = 0
    while index < len(tokens):
        end = _matching(tokens, index)
        for block in _walk(tokens[index + 1 : end], source):
            if block.kind is BlockKind.PROSE and block.text.strip():
                yield Block(BlockKind.ITEM, f"- {block.text}", block.first_line, block.end_line)
            else:
                yield block
        index = end + 1


def _rows(tokens: Sequence[Token], source: _Source) -> Iterator[Block]:
    """Spell out table rows: cells of narrow tables in a row, those of wide ones behind their header.

    The lines of the first row that is given take in the header's.
    """
    header: list[str] = []
    rows: list[Block] = []
    for index, token in enumerate(tokens):
        if token.type != "tr_open" or token.map is None:
            continue
        end = _matching(tokens, index)
        cells = [_inline(inner.children or []) for inner in tokens[index:end] if inner.type == "inline"]
        if not header:
            header, first = cells, token
            if _is_data(cells) or (source.all and len(cells) <= 2):
                rows.append(_block(BlockKind.ROW, " ".join(cells), token))
        else:
            cells += _further_cells(source.lines[token.map[0]], len(header))
            rows.append(_block(BlockKind.ROW, _spell(header, cells), token))
    if header and not any(row.text.strip() for row in rows):
        rows = [_block(BlockKind.ROW, " ".join(header), first)]
    top = next((row for row in rows if row.text.strip()), None)
    for row in rows:
        yield replace(row, first_line=first.map[0]) if row is top and first.map else row


def _further_cells(line: str, columns: int) -> list[str]:
    """Return what a row has beyond the header's ``columns``, which the Markdown rules leave out."""
    cells = _CELL_EDGE.split(line.strip().removeprefix("|").removesuffix("|"))
    return [plain(cell) for cell in cells[columns:]]


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


def _block(kind: BlockKind, text: str, token: Token) -> Block:
    first, end = token.map or (0, 1)
    return Block(kind, text, first, end)


def _inline(children: Sequence[Token]) -> str:
    parts: list[str] = []
    for child in children:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "image":
            parts.append(child.content)
        elif child.type == "html_inline":
            parts.append(_TAG.sub(_shown_tag, child.content))
    return _clean(_WIKILINK.sub(r"\1", "".join(parts)))


def _shown_tag(tag: re.Match[str]) -> str:
    """Return a space for markup, and what only looks like it (``<module>``) as it stands."""
    name = _TAG_NAME.match(tag[0])
    return " " if name is None or name[1].casefold() in _HTML_NAMES else tag[0]


def _clean(text: str) -> str:
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()
