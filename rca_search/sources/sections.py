"""Headings -> sections: every line of the body belongs to exactly one, each with a stable name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rca_search.models import Role, Section
from rca_search.sources.markdown import Blocks, Heading
from rca_search.sources.roles import find_part_labels, inherited_role, role_of

INTRO = "intro"
TITLE = "title"
MAX_SLUG_CHARS = 60
_NO_WORD = re.compile(r"[\W_]+")


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
    lines: Sequence[str], first_line: int, blocks: Blocks, title: str | None
) -> tuple[Section, ...]:
    """Cut the body, which begins at ``first_line``, into sections in the order of the file.

    ``title`` is the front matter's, where there is one. A section's slug is the path of the headings
    above it and its own, the document's title left out, so that it stays what it is while other
    sections change; text before the first heading is ``intro``, the title with the text under it
    ``title``. Equal slugs get ``-2``, ``-3`` in the order of the file. Takes linear time.
    """
    top = title_heading(blocks, title)
    slugs = _Slugs()
    sections = []
    for span in _spans(lines, first_line, blocks, top):
        for part in _parts(lines, blocks, span):
            sections.append(_named(part, slugs))
    return tuple(sections)


def title_heading(blocks: Blocks, title: str | None) -> Heading | None:
    """Return the heading that is the document's title, None where the first one opens a part.

    It is the first heading if nothing stands above it in rank and its text is the title given, or names
    no usual part and either has level 1 or is the only one of its level.
    """
    if not blocks.headings:
        return None
    first = blocks.headings[0]
    levels = [heading.level for heading in blocks.headings]
    if first.level > min(levels):
        return None
    if title is not None and first.text.casefold() == title.casefold():
        return first
    if role_of(first.text) is not None and len(levels) > 1:
        return None
    return first if first.level == 1 or levels.count(first.level) == 1 else None


def _spans(lines: Sequence[str], first_line: int, blocks: Blocks, top: Heading | None) -> Iterator[_Span]:
    headings = blocks.headings
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


def _parts(lines: Sequence[str], blocks: Blocks, span: _Span) -> Iterator[_Span]:
    """Divide a span at lines that stand in for headings."""
    start = span.first if span.level == 0 else span.first + 1
    numbers = (
        number
        for number in range(start, span.last + 1)
        if number not in blocks.code and number not in blocks.html
    )
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
