"""Headings -> sections: every line of the body belongs to exactly one, each with a stable name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from rca_search.models import Role, Section
from rca_search.sources.roles import find_part_labels, inherited_role, role_of
from rca_search.sources.values import MAX_HEADING_CHARS, one_line
from rca_search.text.markdown import Markdown, inline_tokens

INTRO = "intro"
TITLE = "title"
MAX_SLUG_CHARS = 60
# Inline markup is only resolved in headings up to this: nothing that a person wrote is longer.
_MAX_INLINE_CHARS = 1000
_NO_WORD = re.compile(r"[\W_]+")
_MARKUP = re.compile(r"[*_`\[\]<>\\&!~]")
_HEADING_ID = re.compile(r"(?:(?<!\s)\s++)?\{#[^{}\s]*+\}\s*+$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading outside lists and quotes; ``line`` is the first one of its text."""

    text: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A section before it has its final slug; ``path`` are the slugs of the headings around it."""

    own: str
    path: tuple[str, ...]
    headings: tuple[str, ...]
    level: int
    role: Role
    first: int
    last: int


@dataclass(slots=True)
class _Slugs:
    """Gives each section a name that no other section of the document has."""

    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def new(self, wanted: str) -> str:
        count = self.counts.get(wanted, 0) + 1
        while (slug := wanted if count == 1 else f"{wanted}-{count}") in self.taken:
            count += 1
        self.counts[wanted] = count
        self.taken.add(slug)
        return slug


def build_sections(
    lines: Sequence[str],
    first_line: int,
    headings: Sequence[Heading],
    title: str | None,
    *,
    without: Set[int],
) -> tuple[Section, ...]:
    """Cut the body, which begins at ``first_line``, into sections in the order of the file.

    ``without`` are the lines of code and HTML, where nothing stands in for a heading. ``title`` is the
    front matter's, where there is one. A section's slug is the path of the headings above it and its own,
    the document's title left out, so that it stays what it is while other sections change; text before the
    first heading is ``intro``, the title with the text under it ``title``. Equal slugs get ``-2``, ``-3``
    in the order of the file. Takes linear time.
    """
    top = title_heading(headings, title)
    slugs = _Slugs()
    sections = []
    for span in _spans(lines, first_line, headings, top):
        for part in _parts(lines, without, span):
            sections.append(_named(part, slugs))
    return tuple(sections)


def headings_of(markdown: Markdown) -> tuple[Heading, ...]:
    """Return the headings outside lists and quotes as a reader sees them."""
    return tuple(Heading(plain_heading(each.text), each.level, each.first_line) for each in markdown.headings)


def plain_heading(markup: str) -> str:
    """Return the text of a heading as a reader sees it: no emphasis, no link targets, one line."""
    text = markup
    if len(markup) <= _MAX_INLINE_CHARS and _MARKUP.search(markup):
        text = "".join(_VISIBLE.get(token.type, token.content) for token in inline_tokens(markup))
    return one_line(_HEADING_ID.sub("", text[:_MAX_INLINE_CHARS]))[:MAX_HEADING_CHARS].strip()


_VISIBLE = {"softbreak": " ", "hardbreak": " ", "html_inline": ""}
"""What a reader sees of a piece that does not stand there as it is written."""


def title_heading(headings: Sequence[Heading], title: str | None) -> Heading | None:
    """Return the heading that is the document's title, None where the first one opens a part.

    It is the first heading if nothing stands above it in rank and its text is the title given, or names
    no usual part and either has level 1 or is the only one of its level.
    """
    if not headings:
        return None
    first = headings[0]
    levels = [heading.level for heading in headings]
    if first.level > min(levels):
        return None
    if title is not None and first.text.casefold() == title.casefold():
        return first
    if role_of(first.text) is not None and len(levels) > 1:
        return None
    return first if first.level == 1 or levels.count(first.level) == 1 else None


def _spans(
    lines: Sequence[str], first_line: int, headings: Sequence[Heading], top: Heading | None
) -> Iterator[_Span]:
    end = headings[0].line - 1 if headings else len(lines)
    if end >= first_line:
        yield _Span(INTRO, (), (), 0, Role.SUMMARY if headings else Role.OTHER, first_line, end)
    above: list[_Span] = []
    for at, heading in enumerate(headings):
        last = headings[at + 1].line - 1 if at + 1 < len(headings) else len(lines)
        while above and above[-1].level >= heading.level:
            above.pop()
        span = _heading_span(heading, last, above[-1] if above else None, is_title=heading is top)
        above.append(span)
        yield span


def _heading_span(heading: Heading, last: int, parent: _Span | None, *, is_title: bool) -> _Span:
    path = () if parent is None or parent.role is Role.TITLE else (*parent.path, parent.own)
    headings = (*(parent.headings if parent else ()), heading.text)
    own = TITLE if is_title else slug_of(heading.text)
    role = Role.TITLE if is_title else inherited_role(heading.text, parent.role if parent else None)
    return _Span(own, path, headings, heading.level, role, heading.line, last)


def _parts(lines: Sequence[str], without: Set[int], span: _Span) -> Iterator[_Span]:
    """Divide a span at lines that stand in for headings."""
    start = span.first if span.level == 0 else span.first + 1
    numbers = (number for number in range(start, span.last + 1) if number not in without)
    labels = find_part_labels(lines, numbers, span.role)
    edges = [label.line for label in labels]
    end = edges[0] - 1 if edges else span.last
    if end >= span.first:
        yield _Span(span.own, span.path, span.headings, span.level, span.role, span.first, end)
    hidden = span.level == 0 or span.role is Role.TITLE
    path = span.path if hidden else (*span.path, span.own)
    for label, last in zip(labels, [*(edge - 1 for edge in edges[1:]), span.last], strict=False):
        headings = (*span.headings, label.text)
        yield _Span(slug_of(label.text), path, headings, span.level + 1, label.role, label.line, last)


def _named(span: _Span, slugs: _Slugs) -> Section:
    slug = slugs.new("/".join((*span.path, span.own)))
    return Section(slug, span.headings, span.level, span.role, span.first, span.last)


def slug_of(heading: str) -> str:
    """Return ``heading`` as a name: lower case, words of any script divided by ``-``."""
    text = unicodedata.normalize("NFC", heading).casefold()
    return _NO_WORD.sub("-", text).strip("-")[:MAX_SLUG_CHARS].strip("-") or "section"
