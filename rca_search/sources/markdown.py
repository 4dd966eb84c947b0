"""Markdown -> headings, and the lines that are code or HTML (CommonMark)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rca_search.sources.values import one_line

# Longer headings are text that happens to begin with "#"; they are kept, cut to this.
MAX_HEADING_CHARS = 300
# Inline markup is only resolved in headings up to this: nothing that a person wrote is longer.
_MAX_INLINE_CHARS = 1000

# At its limit the parser swallows the rest of the file: far above what people write (two per list
# level), far below what would exhaust the stack.
_MAX_NESTING = 100

_VERBATIM = frozenset({"fence", "code_block"})
_MARKUP = re.compile(r"[*_`\[\]<>\\&!~]")
_HEADING_ID = re.compile(r"\s*\{#[^{}\s]*\}\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading outside lists and quotes; a setext heading has its first text line as ``line``."""

    text: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """What block structure says of the lines; all line numbers count in the file.

    ``code`` holds the lines of fenced and indented code, ``html`` those of HTML blocks and comments.
    """

    headings: tuple[Heading, ...]
    code: frozenset[int]
    html: frozenset[int]


def read_blocks(lines: Sequence[str], first_line: int = 1) -> Blocks:
    """Find headings and code in ``lines``, of which the first has the number ``first_line``.

    Takes time linear in the text, whatever it holds: only block structure is parsed, quotes and lists
    no deeper than the parser's own limit.
    """
    tokens: list[Token] = []
    _PARSER.block.parse("\n".join(lines), _PARSER, {}, tokens)
    headings = []
    code: set[int] = set()
    html: set[int] = set()
    for at, token in enumerate(tokens):
        if token.map is None:
            continue
        start, end = token.map[0] + first_line, token.map[1] + first_line
        if token.type == "heading_open" and token.level == 0:
            headings.append(Heading(plain_heading(tokens[at + 1].content), int(token.tag[1]), start))
        elif token.type in _VERBATIM:
            code.update(range(start, end))
        elif token.type == "html_block":
            html.update(range(start, end))
    return Blocks(tuple(headings), frozenset(code), frozenset(html))


def plain_heading(markup: str) -> str:
    """Return the text of a heading as a reader sees it: no emphasis, no link targets, one line."""
    text = markup
    if len(markup) <= _MAX_INLINE_CHARS and _MARKUP.search(markup):
        parsed = _PARSER.parseInline(markup)
        text = "".join(_visible(child) for token in parsed for child in token.children or ())
    return one_line(_HEADING_ID.sub("", text[:_MAX_INLINE_CHARS]))[:MAX_HEADING_CHARS].strip()


def _visible(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.type == "html_inline" else token.content


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    # Link definitions do not matter for structure; left as paragraphs they stay readable text.
    parser.block.ruler.disable("reference")
    return parser


_PARSER = _parser()
