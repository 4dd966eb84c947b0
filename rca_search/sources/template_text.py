"""Texts of a template, told by their standing word for word below headings of several documents.

One document cannot show that "The story in five sentences, newest last." is its template's; three can.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Iterator

from rca_search.models import SourceFile
from rca_search.text.lines import LineKind
from rca_search.text.markdown import BlockKind, Markdown, read_markdown
from rca_search.text.prompts import LONGEST, digest, is_prompt_of_several, is_quoted, unquoted

SEVERAL = 3
"""Documents that have to hold a text before it is taken for the template's."""

# A heading and the paragraph directly below it. Bytes, since most files are looked at for this alone.
_BELOW_HEADING = re.compile(
    rb"^(?:#{1,6}[ \t][^\n]*+|[^\n]++\n(?:=++|-{2,}+)[ \t\r]*+)\n(?:[ \t\r]*+\n){0,3}+"
    rb"(?=(?P<paragraph>(?:(?![ \t]*(?:[-*+|][ \t]|#{1,6}[ \t]|```|[0-9]{1,9}[.)][ \t]))"
    rb"[^\n]*?[^\s][^\n]*+\n?){1,12}+))",
    re.MULTILINE,
)


def candidates(content: bytes) -> frozenset[str]:
    """Return the digests of the paragraphs in a file that are a template's where several files hold them."""
    return frozenset(map(digest, _paragraphs(content)))


def _paragraphs(content: bytes) -> Iterator[str]:
    for found in _BELOW_HEADING.finditer(content):
        if len(found["paragraph"]) > 4 * LONGEST:
            continue
        written = found["paragraph"].decode("utf-8", "replace").replace("\r", "")
        if is_prompt_of_several(unquoted(written), quoted=is_quoted(written)):
            yield written


class TemplateTexts:
    """Counts in how many files each candidate stands."""

    def __init__(self) -> None:
        """Start with none."""
        self._counts: Counter[str] = Counter()
        self._seen: set[str] = set()

    def add(self, file: SourceFile) -> None:
        """Take a file, unless one with the same content was taken before."""
        if file.sha256 not in self._seen:
            self._seen.add(file.sha256)
            self._counts.update(candidates(file.content))

    @property
    def found(self) -> frozenset[str]:
        """The digests of the texts that stand in several files."""
        return frozenset(text for text, count in self._counts.items() if count >= SEVERAL)


def marked(markdown: Markdown, of_template: Container[str]) -> str:
    """Return the ``LineKind`` of each line, with the paragraphs ``of_template`` below headings as prompts."""
    kinds = list(markdown.kinds)
    below = False
    for block in markdown.blocks:
        if below and block.kind is BlockKind.PARAGRAPH and digest(block.text) in of_template:
            lines = slice(block.first_line - markdown.first_line, block.last_line + 1 - markdown.first_line)
            kinds[lines] = LineKind.PROMPT * len(kinds[lines])
        below = block.kind is BlockKind.HEADING
    return "".join(kinds)


# What a text has to hold before it is worth parsing: a line that opens like an aside, or a heading.
_ASIDE = re.compile(r"^[ \t]*+(?:[-*+][ \t]++)?(?:[*_]{1,3}+\w|[\[<(>\\])", re.MULTILINE)
_HEADING = re.compile(r"^(?:#{1,6}[ \t]|[=-]{2,}+[ \t]*+$)", re.MULTILINE)


def without_prompts(text: str, of_template: Collection[str] = ()) -> str:
    """Return Markdown without what a template says in it: what is asked with a draft.

    ``of_template`` are the digests of paragraphs that several documents hold below headings.
    """
    if not _ASIDE.search(text) and not (of_template and _HEADING.search(text)):
        return text
    lines = text.split("\n")
    kinds = marked(read_markdown(lines), of_template)
    return "\n".join(line for line, kind in zip(lines, kinds, strict=True) if kind != LineKind.PROMPT)
