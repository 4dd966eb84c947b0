"""One file -> one document: decode, redact, read the header, cut into sections, classify, find links.

The file is parsed once; whatever needs its blocks is given them here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from rca_search.errors import DocumentRejectedError
from rca_search.models import Document, Kind, Link, Problem, Role, Section, SourceFile
from rca_search.sources.classify import KindSigns, Overrides, classify
from rca_search.sources.decode import Blemish, decode
from rca_search.sources.fields import Fields, read_fields
from rca_search.sources.front_matter import FrontMatter, read_front_matter
from rca_search.sources.header import Header, date_in_names, read_header, title_from_name
from rca_search.sources.links import find_links
from rca_search.sources.redact import Redactor, keep_everything
from rca_search.sources.relations import find_statements
from rca_search.sources.sections import INTRO, TITLE, Heading, build_sections, headings_of, title_heading
from rca_search.sources.template_text import marked
from rca_search.text.dates import find_date
from rca_search.text.language import language_code
from rca_search.text.lines import VERBATIM, LineKind
from rca_search.text.markdown import read_markdown

LONG_ENOUGH = 20_000
"""Characters from which it is told which way round a text writes its dates."""

LANGUAGE_CHARS = 4000
"""Characters from which the language of a text is told."""

# Parts in which write-ups list figures that others put at the top.
_FACTS = frozenset({"stats", "statistics", "metrics", "metadata", "key facts", "facts", "incident details"})


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A document, what it says of others (``find_statements``), and the warnings about its file."""

    document: Document
    statements: tuple[Link, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Body:
    """The lines of a file, where its text begins, and what a parser finds there."""

    lines: Sequence[str]
    first: int
    headings: Sequence[Heading]
    code: frozenset[int]


def parse_document(
    file: SourceFile,
    *,
    redact: Redactor = keep_everything,
    overrides: Overrides = (),
    of_template: Container[str] = (),
) -> ParsedFile:
    """Turn ``file`` into a document, with what it says of others and the warnings about it.

    ``of_template`` are the digests of paragraphs that are a template's since several files hold them. A pure
    function of its arguments. Raises DocumentRejectedError, and nothing else, where the file cannot be used:
    codes ``empty``, ``binary``, ``encoding`` and ``redaction``.
    """
    decoded = decode(file.content)
    text = _redacted(decoded.text, redact)
    lines = split_lines(text)
    front = read_front_matter(lines)
    first = first_body_line(lines, front)
    markdown = read_markdown(lines[first - 1 :], first)
    code, html = markdown.lines_of(VERBATIM), markdown.lines_of({LineKind.HTML})
    read = [*lines[: first - 1], *markdown.lines]
    body = _Body(read, first, headings_of(markdown), code)
    stated = front.values.get("title")
    title_given = stated if isinstance(stated, str) else None
    sections = build_sections(read, first, body.headings, title_given, without=code | html)
    fields = read_fields(file.path, front, _header(body, sections), text[:LONG_ENOUGH])
    title, title_line = _title(file.path, front, fields, body.headings)
    named = date_in_names(file.path, title)
    date = fields.date or named
    found = classify(_signs(file, title, front, fields, body, sections, named), overrides)
    if found.kind is Kind.INCIDENT:
        date = date or _first_day(read, sections)
    document = Document(
        id=file.id,
        source=file.source,
        path=file.path,
        sha256=file.sha256,
        kind=found.kind,
        kind_reason=found.reason,
        kind_probability=found.probability,
        language=language_code("\n".join(read[first - 1 :])[:LANGUAGE_CHARS]),
        title=title,
        text=text,
        sections=sections,
        title_line=title_line,
        date=date,
        links=find_links(lines, first, code, sections, front),
        line_kinds=(LineKind.BLANK * (first - 1) + marked(markdown, of_template)).ljust(
            text.count("\n") + 1, LineKind.BLANK
        ),
        **_field_values(fields),
    )
    return ParsedFile(
        document,
        find_statements(document, lines, front, code),
        (
            *_warnings(file.path, [*decoded.blemishes, *filter(None, [front.blemish])]),
            *fields.problems,
            *_missing_date(document, fields),
        ),
    )


class _FieldValues(TypedDict):
    severity: str | None
    services: tuple[str, ...]
    tags: tuple[str, ...]
    status: str | None
    duration_minutes: int | None
    authors: tuple[str, ...]
    aliases: tuple[str, ...]
    metadata: Mapping[str, object]


def _field_values(fields: Fields) -> _FieldValues:
    """Return what a document takes from its header as it is."""
    return {
        "severity": fields.severity,
        "services": fields.services,
        "tags": fields.tags,
        "status": fields.status,
        "duration_minutes": fields.duration_minutes,
        "authors": fields.authors,
        "aliases": fields.aliases,
        "metadata": fields.metadata,
    }


def _signs(
    file: SourceFile,
    title: str,
    front: FrontMatter,
    fields: Fields,
    body: _Body,
    sections: Sequence[Section],
    named: dt.date | None,
) -> KindSigns:
    headings = [section.headings[-1] for section in sections if section.headings]
    return KindSigns(
        id=file.id,
        source=file.source,
        path=file.path,
        title=title,
        metadata=front.values,
        tags=fields.tags,
        roles={section.role for section in sections},
        headings={heading.casefold() for heading in headings},
        written_headings=headings,
        dated="name" if named is not None else "field" if fields.date is not None else "",
        moments=fields.states_moments,
        fields={name for name in ("severity", "duration_minutes") if getattr(fields, name) is not None},
        text="\n".join(body.lines[body.first - 1 :]),
    )


def split_lines(text: str) -> list[str]:
    r"""Return the lines of decoded ``text``: only ``\n`` ends a line, the last one may lack it."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def first_body_line(lines: Sequence[str], front: FrontMatter) -> int:
    """Return the first line with text below the front matter; one past the end where there is none."""
    numbers = range(front.last_line + 1, len(lines) + 1)
    return next((number for number in numbers if lines[number - 1].strip()), len(lines) + 1)


def _redacted(text: str, redact: Redactor) -> str:
    redacted = redact(text)
    if redacted.count("\n") != text.count("\n"):
        raise DocumentRejectedError(
            "redaction",
            "Redaction changed the number of lines, so line numbers would lie.",
            remedy="Make the redaction replace text within lines only.",
        )
    return redacted


def _header(body: _Body, sections: Sequence[Section]) -> Header:
    """Read the hand-written header: what stands before the first part, else in a part called "Stats"."""
    lines, headings = body.lines, body.headings
    skipped = 1 if headings and sections and any(section.slug == TITLE for section in sections[:2]) else 0
    last = headings[skipped].line - 1 if len(headings) > skipped else len(lines)
    part = next((section.first_line for section in sections if section.slug not in {INTRO, TITLE}), last + 1)
    header = read_header(lines, body.first, last, part, body.code)
    for section in sections:
        if section.headings and section.headings[-1].casefold().strip(" :") in _FACTS:
            below = section.first_line + 1
            header = header.or_else(
                read_header(lines, below, section.last_line, section.last_line + 1, body.code)
            )
    return header


def _title(path: str, front: FrontMatter, fields: Fields, headings: Sequence[Heading]) -> tuple[str, int]:
    """Return the title and its line: front matter, else the title heading, else header, else file name."""
    if fields.title and 0 < fields.title_line <= front.last_line:
        return fields.title, fields.title_line
    heading = title_heading(headings, None)
    if heading is not None and heading.text:
        return heading.text, heading.line
    if fields.title:
        return fields.title, fields.title_line
    return title_from_name(path), 1


def _first_day(lines: Sequence[str], sections: Sequence[Section]) -> dt.date | None:
    """Return the first date in the timeline: the day an incident began that nothing else dates."""
    for section in sections:
        if section.role is Role.TIMELINE:
            for line in lines[section.first_line - 1 : section.last_line]:
                if date := find_date(line):
                    return date
    return None


def _warnings(path: str, blemishes: Sequence[Blemish]) -> Iterator[Problem]:
    for each in blemishes:
        yield Problem(path, each.line, each.code, each.message, each.remedy)


def _missing_date(document: Document, fields: Fields) -> tuple[Problem, ...]:
    if document.kind is not Kind.INCIDENT or document.date is not None or fields.states_date:
        return ()
    return (
        Problem(
            document.path,
            document.title_line,
            "missing_date",
            "The incident has no date, so filters by date leave it out.",
            "Add date: YYYY-MM-DD to its front matter, or put the date into the file name.",
        ),
    )
