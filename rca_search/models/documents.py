"""What a document is and what it is cut into.

Line numbers are 1-based, inclusive, and count from the first line of the file, front matter included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a document is."""

    INCIDENT = "incident"
    RUNBOOK = "runbook"
    SERVICE = "service"
    OTHER = "other"
    """Nothing says what it is; asked like the rest."""
    TEMPLATE = "template"
    """A form that nobody filled in; never asked."""


class Role(StrEnum):
    """What a section of a document tells; an index holds places in this list, so new ones go to its end."""

    TITLE = "title"
    SUMMARY = "summary"
    SYMPTOM = "symptom"
    IMPACT = "impact"
    DETECTION = "detection"
    TIMELINE = "timeline"
    CAUSE = "cause"
    RESOLUTION = "resolution"
    DIAGNOSIS = "diagnosis"
    LESSONS = "lessons"
    ACTIONS = "actions"
    RELATED = "related"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was read; ``id`` is its path below the source folder without ``.md``."""

    id: str
    source: str
    path: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a file; a ``fatal`` one costs the file, any other is a warning."""

    path: str
    line: int | None
    code: str
    message: str
    remedy: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The lines under one heading, its subsections left out.

    ``slug`` is unique in the document; ``headings`` is the path from the top, own heading last;
    ``first_line`` is the heading's own line where there is one.
    """

    slug: str
    headings: tuple[str, ...]
    level: int
    role: Role
    first_line: int
    last_line: int


WIKILINK = "wikilink"
EMBED = "embed"
MARKDOWN = "markdown"
FRONT_MATTER = "front_matter"
"""How a link is written."""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another document as it stands in the text, before it is resolved."""

    target: str
    label: str
    section: str
    line: int
    style: str


@dataclass(frozen=True, slots=True)
class Document:
    """One incident, runbook or note, with the text as it was read and what was recognised in it.

    ``text`` is the whole file with ``\\n`` line ends, so that line numbers hold. ``metadata`` keeps
    every front-matter key that has no field of its own. ``kind_reason`` says how ``kind`` was found
    and ``kind_probability``, 0 to 1, how sure that is.
    ``line_kinds`` tells by a letter what each line is (``text.lines.LineKind``).
    ``language`` is the code of the language that it seems to be in, "" where that cannot be told.
    """

    id: str
    source: str
    path: str
    sha256: str
    kind: Kind
    kind_reason: str
    title: str
    text: str
    sections: tuple[Section, ...]
    line_kinds: str
    kind_probability: float = 1.0
    language: str = ""
    title_line: int = 1
    date: dt.date | None = None
    severity: str | None = None
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    status: str | None = None
    duration_minutes: int | None = None
    authors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)

    def lines(self, first: int, last: int) -> str:
        """Lines ``first`` to ``last`` exactly as they stand in the file."""
        return "\n".join(self.text.split("\n")[first - 1 : last])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a section that fits the encoder's window.

    ``id`` is ``<document id>#<section slug>/<n>``. ``text`` is made for reading and matching (table
    rows spelled out, markup removed); the lines themselves are in the document.
    """

    id: str
    document_id: str
    headings: tuple[str, ...]
    role: Role
    text: str
    first_line: int
    last_line: int
