"""What a document says of other documents, of services and of teams, besides its plain links.

Each statement is a ``Link`` whose style is an ``EdgeKind``; of one that is a link as well, it says what kind
of link. Needs the document alone, so that it holds in every view and is kept while the file is the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from rca_search.models import Document, EdgeKind, Kind, Link, Role, Section
from rca_search.models.documents import FRONT_MATTER
from rca_search.sources.aliases import mentions_in
from rca_search.sources.dependencies import find_dependencies
from rca_search.sources.front_matter import FrontMatter
from rca_search.sources.keys import field_of, plain_key
from rca_search.sources.links import MAX_TARGET_CHARS, without_code
from rca_search.sources.values import is_name, texts

MAX_STATEMENTS = 2_000
"""Statements kept of one document: a pasted ticket export can name thousands of ids."""

_HEADER_LINES = 60
_KEYS: Sequence[tuple[re.Pattern[str], EdgeKind]] = (
    (
        re.compile(r"owners?|owned by|owning team|teams?|squad|maintain(?:ers?|ed by)|responsible(?: team)?"),
        EdgeKind.OWNER,
    ),
    (re.compile(r"(?:related )?(?:runbooks?|playbooks?)|runbook url"), EdgeKind.RUNBOOK),
    (re.compile(r"supersedes"), EdgeKind.SUPERSEDES),
    (
        re.compile(r"related(?: \w+)?|see also|duplicates?(?: of)?|follows|incidents|rcas?|postmortems?"),
        EdgeKind.RELATED,
    ),
    (re.compile(r"depends on|dependencies|requires|needs|upstream"), EdgeKind.DEPENDS_ON),
    (re.compile(r"used by|dependents|consumers|dependency of"), EdgeKind.USED_BY),
)
_BY_NAME = (EdgeKind.DEPENDS_ON, EdgeKind.USED_BY)
_REMARK = re.compile(r"(?:(?<!\s)\s++)?\([^()]*+\)\s*+$")
_TEAM_WORD = re.compile(r"\b(?:teams?|guild|squad|group|crew|tribe)\b", re.IGNORECASE)
_MOST_WORDS_OF_A_TEAM = 5
_SCHEME = re.compile(r"https?://")


def find_statements(
    document: Document, lines: Sequence[str], front: FrontMatter, code: Collection[int]
) -> tuple[Link, ...]:
    """Return what ``document`` says of others: at most ``MAX_STATEMENTS``, each once.

    ``lines`` are those of its file, ``front`` its front matter, ``code`` the numbers of the lines of code.
    """
    found = [
        *_services(document, lines, front),
        *_from_front_matter(document, lines, front),
        *_related(document),
        *_dependencies(document, lines, front.last_line + 1, code),
        *_mentions(document, lines, front.last_line + 1, code),
    ]
    distinct = {(link.style, link.target, link.line): link for link in reversed(found)}
    ordered = sorted(distinct.values(), key=lambda link: (link.line, link.style, link.target))
    return tuple(ordered[:MAX_STATEMENTS])


def _services(document: Document, lines: Sequence[str], front: FrontMatter) -> Iterator[Link]:
    keys = (line for key, line in front.lines.items() if field_of(key) == "services")
    start = min(keys, default=1)
    for name in filter(is_name, document.services):
        yield _statement(name, "", _line_saying(lines, name, start), EdgeKind.SERVICE)


def _from_front_matter(document: Document, lines: Sequence[str], front: FrontMatter) -> Iterator[Link]:
    starts = sorted({*front.lines.values(), front.last_line})
    for key, value in front.values.items():
        folded, line = plain_key(key), front.lines.get(key, 1)
        kind = next((kind for pattern, kind in _KEYS if pattern.fullmatch(folded)), None)
        if kind is None:
            continue
        names: Iterable[str] = ()
        if kind is EdgeKind.OWNER:
            names = _teams(value, is_team=folded.startswith(("team", "owning", "squad")))
        elif kind in _BY_NAME:
            names = texts(value) if document.kind is Kind.SERVICE else ()
        else:
            end = next((start for start in starts if start > line), line + 1)
            yield from _linked(document, range(line, end), kind)
            names, kind = filter(_SCHEME.match, texts(value)), EdgeKind.URL
        for name in names:
            yield _statement(name, "", _line_saying(lines, name, line), kind)


def _linked(document: Document, lines: range, kind: EdgeKind) -> Iterator[Link]:
    for link in document.links:
        if link.style == FRONT_MATTER and link.line in lines:
            yield _statement(link.target, "", link.line, kind, link.label)


def _teams(value: object, *, is_team: bool) -> Iterator[str]:
    """Yield the teams that an owner's value names; a person's name alone is no team."""
    for text in texts(value):
        parts = [part.strip() for part in _REMARK.sub("", text).split(" / ")]
        # Of "Ada / payments team" the team counts.
        name = next((part for part in parts if _TEAM_WORD.search(part)), " / ".join(parts))
        named = is_team or " " not in name or _TEAM_WORD.search(name)
        if name and len(name.split()) <= _MOST_WORDS_OF_A_TEAM and named:
            yield name


def _related(document: Document) -> Iterator[Link]:
    related = {section.slug for section in document.sections if section.role is Role.RELATED}
    for link in document.links:
        if link.section in related:
            yield _statement(link.target, link.section, link.line, EdgeKind.RELATED, link.label)


def _dependencies(
    document: Document, lines: Sequence[str], first: int, code: Collection[int]
) -> Iterator[Link]:
    if document.kind is Kind.SERVICE:
        for name, line, style in find_dependencies(lines, first, code, document.sections):
            yield _statement(name, _slug(document.sections, line), line, EdgeKind(style))


def _mentions(document: Document, lines: Sequence[str], first: int, code: Collection[int]) -> Iterator[Link]:
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if number in code or not ("-" in line or "://" in line):
            continue
        for name, style in mentions_in(without_code(line)):
            yield _statement(name, _slug(document.sections, number), number, EdgeKind(style))


def _slug(sections: Sequence[Section], line: int) -> str:
    return next((each.slug for each in sections if each.first_line <= line <= each.last_line), "")


def _line_saying(lines: Sequence[str], name: str, start: int = 1) -> int:
    """Return the line of the header, from ``start`` on, that has ``name``, or ``start`` where none has."""
    header = range(start, min(len(lines), start + _HEADER_LINES) + 1)
    return next((number for number in header if name in lines[number - 1]), start)


def _statement(target: str, section: str, line: int, kind: EdgeKind, label: str = "") -> Link:
    return Link(target[:MAX_TARGET_CHARS], label or target[:MAX_TARGET_CHARS], section, line, kind.value)
