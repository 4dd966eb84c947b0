"""Markdown -> blocks with what they are, where they stand and what they say: the only reader of it.

CommonMark and tables, and the dialects of ``text.dialects``. Definitions of links stay text: in a log,
"[error]: timeout" is one, and would vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rca_search.text.dialects import has_dialect, plain_lines
from rca_search.text.lines import VERBATIM, LineKind, row_cells
from rca_search.text.prompts import is_prompt

# At its limit the parser swallows the rest of the file: far above what people write (two per list
# level), far below what would exhaust the stack.
_MAX_NESTING = 100
_PARSER: Final = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable("reference")

_CONTAINERS = frozenset({"blockquote", "bullet_list", "ordered_list", "list_item"})
_QUOTE_MARKS = re.compile(r"[\s>]*")
_WORD = re.compile(r"\w")


class BlockKind(Enum):
    """What a block is."""

    HEADING = auto()
    PARAGRAPH = auto()
    ROW = auto()
    CODE = auto()
    HTML = auto()
    RULE = auto()


_LEAVES = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PARAGRAPH,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "html_block": BlockKind.HTML,
    "hr": BlockKind.RULE,
}
_LINE_KINDS = {
    BlockKind.HEADING: LineKind.HEADING,
    BlockKind.PARAGRAPH: LineKind.TEXT,
    BlockKind.ROW: LineKind.ROW,
    BlockKind.CODE: LineKind.CODE,
    BlockKind.HTML: LineKind.HTML,
    BlockKind.RULE: LineKind.RULE,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block that holds no other, with its lines in the file, the first and the last one.

    ``text`` is its source without the marks of lists and quotes around it, line by line; of code what stands
    between the fences. ``text_line`` is where that begins. ``nested`` tells whether the block stands in a
    list or a quote, ``in_list`` and ``in_quote`` in which. ``mark`` is that of the outermost list item
    that it opens. A table's row has ``cells``, and those of the ``header``, which itself has none.
    """

    kind: BlockKind
    text: str
    first_line: int
    last_line: int
    text_line: int
    level: int = 0
    nested: bool = False
    in_list: bool = False
    in_quote: bool = False
    mark: str = ""
    fenced: bool = False
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


_LONGEST_LABEL = 80
"""Characters of a line in bold or before a colon that stands where others have a heading."""


def _is_label(block: Block) -> bool:
    """Return whether a paragraph is as good as a heading: wholly bold, or short and ending in a colon."""
    text = block.text
    if block.kind is not BlockKind.PARAGRAPH or len(text) > _LONGEST_LABEL or "\n" in text:
        return False
    return text.endswith(":") or text[:2] == text[-2:] in {"**", "__"} or text.endswith((":**", ":__"))


@dataclass(frozen=True, slots=True)
class Markdown:
    """The blocks of a text in the order of their lines; ``kinds`` has a ``LineKind`` for each line.

    ``first_line`` is the number of the first line that was read, ``lines`` what was read in place of each.
    """

    blocks: tuple[Block, ...]
    kinds: str
    first_line: int = 1
    lines: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[Block, ...]:
        """The headings outside lists and quotes."""
        return tuple(each for each in self.blocks if each.kind is BlockKind.HEADING and not each.nested)

    def is_prompt(self, block: Block) -> bool:
        """Return whether a block is an instruction or a placeholder of a template."""
        return self.kinds[block.first_line - self.first_line] == LineKind.PROMPT

    def lines_of(self, kinds: Iterable[LineKind]) -> frozenset[int]:
        """Return the numbers of the lines of these kinds."""
        wanted = frozenset(kinds)
        return frozenset(number for number, kind in enumerate(self.kinds, self.first_line) if kind in wanted)


def read_markdown(lines: Sequence[str], first_line: int = 1) -> Markdown:
    """Read ``lines``, of which the first has the number ``first_line``.

    HTML and dialects of Markdown are read as what they stand for. Takes time linear in the text, whatever it
    holds: only block structure is parsed, quotes and lists no deeper than the parser's own limit.
    """
    written = _parsed(lines)
    if not has_dialect(lines):
        return _numbered(written, lines, [*range(len(lines))], first_line)
    read = plain_lines(
        lines,
        code=[kind in VERBATIM for kind in written.kinds],
        html=[kind == LineKind.HTML for kind in written.kinds],
    )
    if [each.text for each in read] == list(lines):
        return _numbered(written, lines, [*range(len(lines))], first_line)
    plain = _parsed([each.text for each in read])
    numbers = [each.number for each in read]
    kinds = [LineKind.HTML if kind == LineKind.HTML else LineKind.BLANK for kind in written.kinds]
    texts = [""] * len(lines)
    for each, kind in zip(read, plain.kinds, strict=True):
        if kind != LineKind.BLANK and kinds[each.number] in {LineKind.BLANK, LineKind.HTML}:
            kinds[each.number] = LineKind(kind)
        texts[each.number] = " ".join(filter(None, [texts[each.number], each.text]))
    return _numbered(Markdown(plain.blocks, "".join(kinds)), texts, numbers, first_line)


def _parsed(lines: Sequence[str]) -> Markdown:
    """Parse plain Markdown; lines count from 0."""
    reader = _Reader(lines, 0)
    tokens: list[Token] = []
    _PARSER.block.parse("\n".join(lines), _PARSER, {}, tokens)
    return Markdown(tuple(reader.blocks(tokens)), "".join(reader.kinds), 0)


def _numbered(found: Markdown, lines: Sequence[str], numbers: Sequence[int], first_line: int) -> Markdown:
    """Give blocks the numbers that their lines have in the text as it was written."""

    def number(line: int) -> int:
        return first_line + (numbers[min(line, len(numbers) - 1)] if numbers else 0)

    blocks = tuple(
        replace(
            block,
            first_line=number(block.first_line),
            last_line=number(block.last_line),
            text_line=number(block.text_line),
        )
        for block in found.blocks
    )
    return Markdown(blocks, found.kinds, first_line, tuple(lines))


def inline_tokens(text: str) -> Sequence[Token]:
    """Return the pieces of the source of one paragraph, heading or cell: text, code, links, breaks, tags."""
    return _PARSER.parseInline(text)[0].children or ()


class _Reader:
    """Turns the parser's tokens into blocks, and notes the kind of each line on the way."""

    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self._lines = lines
        self._first = first_line
        self._around: list[str] = []
        self._mark = ""
        """That of the outermost list item which has no block yet."""
        self._opens = False
        """Whether the next block is the first below a heading, a label or an instruction of a template."""
        # What is nested too deeply for the parser has words, but no block.
        self.kinds = [LineKind.TEXT if _WORD.search(line) else LineKind.BLANK for line in lines]

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        header: tuple[str, ...] = ()
        for at, token in enumerate(tokens):
            if token.type.removesuffix("_open") in _CONTAINERS:
                self._enter(token)
            elif token.type.removesuffix("_close") in _CONTAINERS:
                self._around.pop()
                self._mark = ""
            elif token.type == "table_open":
                header = ()
                self._set(token, LineKind.TABLE_RULE)
            elif token.type == "tr_open":
                cells = self._cells(tokens, at, len(header))
                yield self._block(BlockKind.ROW, token, " | ".join(cells), cells=cells, header=header)
                header = header or cells
            elif token.type in _LEAVES:
                yield self._leaf(token, tokens[at + 1] if token.nesting == 1 else token)

    def _enter(self, token: Token) -> None:
        self._around.append(token.type)
        if token.type == "list_item_open" and token.map:
            self._mark = self._mark or f"{token.info}{token.markup}"
            self.kinds[token.map[0]] = LineKind.ITEM

    def _leaf(self, token: Token, inside: Token) -> Block:
        kind = _LEAVES[token.type]
        if kind is BlockKind.CODE:
            return self._code(token)
        level = int(token.tag[1]) if kind is BlockKind.HEADING else 0
        block = self._block(kind, token, inside.content.rstrip("\n"), level=level)
        if kind is BlockKind.HEADING and token.markup in {"=", "-"}:
            self.kinds[block.last_line - self._first] = LineKind.UNDERLINE
        return block

    def _code(self, token: Token) -> Block:
        """Return a block of code; blank lines around it say nothing."""
        first, end = token.map or (0, 1)
        fenced = token.type == "fence"
        body = token.content.lstrip("\n")
        text = body.rstrip("\n")
        start = first + fenced + token.content.count("\n") - body.count("\n")
        end = end if fenced else start + text.count("\n") + 1
        block = replace(self._block(BlockKind.CODE, token, text), last_line=self._first + end - 1)
        if fenced:
            self.kinds[first] = LineKind.FENCE
            inner = token.content.count("\n") + (not token.content.endswith("\n") and token.content != "")
            if end - first == inner + 2:
                self.kinds[end - 1] = LineKind.FENCE
        return replace(block, text_line=self._first + start, fenced=fenced)

    def _block(
        self,
        kind: BlockKind,
        token: Token,
        text: str,
        *,
        level: int = 0,
        cells: tuple[str, ...] = (),
        header: tuple[str, ...] = (),
    ) -> Block:
        self._set(token, _LINE_KINDS[kind])
        first, end = token.map or (0, 1)
        mark, self._mark = self._mark, ""
        block = Block(
            kind=kind,
            text=text,
            first_line=self._first + first,
            last_line=self._first + end - 1,
            text_line=self._first + first,
            level=level,
            nested=bool(self._around),
            in_list="list_item_open" in self._around,
            in_quote="blockquote_open" in self._around,
            mark=mark,
            cells=cells,
            header=header,
        )
        asked = kind is BlockKind.PARAGRAPH and is_prompt(text, quoted=block.in_quote, opens=self._opens)
        if asked:
            self.kinds[first:end] = [LineKind.PROMPT] * (end - first)
        self._opens = asked or kind is BlockKind.HEADING or _is_label(block)
        return block

    def _set(self, token: Token, kind: LineKind) -> None:
        first, end = token.map or (0, 0)
        for line in range(first, min(end, len(self.kinds))):
            if kind is not LineKind.TEXT or self.kinds[line] is not LineKind.ITEM:
                self.kinds[line] = kind

    def _cells(self, tokens: Sequence[Token], at: int, columns: int) -> tuple[str, ...]:
        """Return the cells of the row that opens at ``at``, those beyond the header's ``columns`` too."""
        end = next(place for place in range(at, len(tokens)) if tokens[place].type == "tr_close")
        cells = [token.content for token in tokens[at:end] if token.type == "inline"]
        if columns:
            line = _QUOTE_MARKS.sub("", self._lines[(tokens[at].map or [0])[0]], count=1)
            cells += row_cells(line)[columns:]
        return tuple(cells)
