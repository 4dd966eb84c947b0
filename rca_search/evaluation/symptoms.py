"""What was known of an incident when it began, taken from what was written about it later.

Title, what the summary, the symptoms and the impact say first, and the first rows of the timeline. Where none
of these parts exists, the first part of prose that tells neither cause nor remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions
from rca_search.models import Document, Role, Section
from rca_search.sources.values import plain
from rca_search.text.lines import LineKind, row_cells, text_start

PART_CHARACTERS = 600
"""Characters taken of each of summary, symptoms and impact, and of the part that stands in for them."""

TIMELINE_ROWS = 3
ROW_CHARACTERS = 200

_TOLD = (Role.SUMMARY, Role.SYMPTOM, Role.IMPACT)
_STANDS_IN = frozenset({Role.TITLE, Role.OTHER, Role.DETECTION})
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_FRAMES = frozenset({LineKind.FENCE, LineKind.TABLE_RULE, LineKind.PROMPT})
_FIELD = re.compile(
    r"(?:date|severity|services?|authors?|owners?|status|duration|tags|team|root cause|cause|resolution|fix"
    r"|lead|commander|field)\b[^:]{0,20}:.*",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*[,;:]?\s*\)|\[\s*\]|\"\s*\"|`\s*`")
_BEFORE_SIGN = re.compile(r"(?<!\s)\s++([,.;:!?)\]])")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is cut out: names of incidents everywhere, titles of those looked for below the title, links."""

    names: Mentions
    titles: Mentions
    links: LinkCutter


def symptom_text(document: Document, hidden: Hidden) -> str | None:
    """Return what to ask with for ``document``; None where no part but the title says anything."""
    told = [text for text in _told(document, hidden) if _WORD.search(text)]
    if not told:
        return None
    title = _tidy(hidden.names.cut(plain(hidden.links.cut(document.title, ()))))
    text = "\n".join(filter(None, [title, *told]))
    while (
        shorter := _tidy(hidden.names.cut(text))
    ) != text:  # what is tidied away may have kept a name apart
        text = shorter
    return text


def _told(document: Document, hidden: Hidden) -> Iterator[str]:
    found = False
    for role in _TOLD:
        text = _clean(_joined(document, role), hidden)
        found = found or bool(text)
        yield _short(text, PART_CHARACTERS)
    rows = _clean(_joined(document, Role.TIMELINE), hidden).split("\n")
    yield "\n".join(_short(row, ROW_CHARACTERS) for row in rows[:TIMELINE_ROWS])
    if not found and not any(rows):
        parts = (
            _clean(_body(document, each), hidden) for each in document.sections if each.role in _STANDS_IN
        )
        yield _short(next((text for text in parts if _WORD.search(text)), ""), PART_CHARACTERS)


def _joined(document: Document, role: Role) -> str:
    return "\n".join(_body(document, section) for section in document.sections if section.role is role)


def _body(document: Document, section: Section) -> str:
    """Return the lines of a section below its heading."""
    first = section.first_line + bool(section.headings)
    if first > section.last_line:
        return ""
    lines = document.lines(first, section.last_line).split("\n")
    return "\n".join(_told_lines(lines, document.line_kinds[first - 1 : section.last_line]))


def _told_lines(lines: Sequence[str], kinds: str) -> Iterator[str]:
    """Give lines without their marks, rows as cells with a colon between; no fence and no table's head."""
    for line, kind, below in zip(lines, kinds, [*kinds[1:], ""], strict=True):
        if kind == LineKind.ROW and below != LineKind.TABLE_RULE:
            yield ": ".join(filter(None, row_cells(line)))
        elif kind != LineKind.ROW and kind not in _FRAMES:
            yield line[text_start(line, LineKind(kind)) :]


def _clean(text: str, hidden: Hidden) -> str:
    """Return the lines that say something, links, names and markup gone."""
    text = _TAG.sub(" ", _COMMENT.sub(" ", text))
    lines = hidden.links.cut_lines(text.split("\n"))
    kept = [line for line in map(_line, lines) if line and not _FIELD.fullmatch(line)]
    return _tidy(hidden.titles.cut(hidden.names.cut("\n".join(kept))))


def _line(line: str) -> str:
    """Return one line as it reads, "" where it says nothing."""
    line = plain(line)
    return line if any(character.isalnum() for character in line) else ""


def _tidy(text: str) -> str:
    """Return ``text`` without what cutting leaves: empty brackets, blanks before signs, empty lines."""
    text = _EMPTY_BRACKETS.sub(" ", text)
    lines = (_BEFORE_SIGN.sub(r"\1", " ".join(line.split())) for line in text.split("\n"))
    return "\n".join(line for line in lines if any(character.isalnum() for character in line))


def _short(text: str, limit: int) -> str:
    """Return the beginning of ``text``, at most ``limit`` characters, cut between words where it can be."""
    if len(text) <= limit:
        return text
    end = max(text.rfind(" ", 0, limit + 1), text.rfind("\n", 0, limit + 1))
    return text[: end if end > 0 else limit].rstrip()
