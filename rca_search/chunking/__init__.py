"""Documents cut by section into chunks with stable ids and exact lines.

A section of its own role is never mixed with another. A subsection too small to stand alone joins
the one before it in the same tree; every other section heads chunks of its own, so an edit in one
section leaves the chunk ids of the others alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rca_search.chunking.packing import Packed, TokenCounter, pack
from rca_search.chunking.pieces import Piece, PieceKind, split_pieces
from rca_search.models import Chunk, Document, Role, Section
from rca_search.text.lines import LineKind

__all__ = [
    "TokenCounter",
    "chunk_document",
    "split_question",
]

_NAME = re.compile(r"(?=\S*[a-z0-9][A-Z_.:-]|\S*[_:])[A-Za-z][\w.:/-]{3,}")
"""A name made for machines: in one piece, with humps, underscores or the like."""

SMALL_SECTION_TOKENS = 48
"""A subsection below this joins its neighbour: alone it says too little to be found or judged by."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A section that heads chunks, with the pieces of the small ones that joined it."""

    section: Section
    pieces: tuple[Piece, ...]


def chunk_document(document: Document, *, limit: int, count: TokenCounter) -> list[Chunk]:
    """Cut ``document`` into chunks of at most ``limit`` tokens; the first one is its title.

    Raises ValueError where ``limit`` is too small to hold anything.
    """
    if limit < 8:
        raise ValueError(f"a window of {limit} tokens is too small")
    chunks = _title_chunks(document, limit, count)
    for unit in _units(document, count):
        for number, packed in enumerate(pack(unit.pieces, limit=limit, count=count)):
            chunks.append(_chunk(document, unit.section, number, packed))
    return chunks


def split_question(text: str, *, limit: int, count: TokenCounter) -> list[str]:
    """Cut a question into windows of at most ``limit`` tokens at block and sentence boundaries.

    Headings are kept as lines: in a pasted report they carry meaning. Nothing is left out.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return []
    if count([text])[0] <= limit:
        return [text]
    pieces = split_pieces(text, headings=True) or [Piece(PieceKind.CODE, text, 0, 1)]
    return [packed.text for packed in pack(pieces, limit=limit, count=count)]


def _title_chunks(document: Document, limit: int, count: TokenCounter) -> list[Chunk]:
    line = document.title_line - 1
    packed = pack([Piece(PieceKind.PROSE, document.title, line, line + 1)], limit=limit, count=count)
    return [
        Chunk(
            id=f"{document.id}#/{number}",
            document_id=document.id,
            headings=(),
            role=Role.TITLE,
            text=part.text,
            first_line=part.first_line + 1,
            last_line=part.end_line,
        )
        for number, part in enumerate(packed)
    ]


def _chunk(document: Document, section: Section, number: int, packed: Packed) -> Chunk:
    return Chunk(
        id=f"{document.id}#{section.slug}/{number}",
        document_id=document.id,
        headings=section.headings,
        role=_role(document, section),
        text=packed.text,
        first_line=packed.first_line + 1,
        last_line=packed.end_line,
    )


def _role(document: Document, section: Section) -> Role:
    """Return what a chunk of ``section`` tells; text below the title is no title: it opens the document."""
    if section.role is not Role.TITLE:
        return section.role
    return Role.SUMMARY if len(document.sections) > 1 else Role.OTHER


def _units(document: Document, count: TokenCounter) -> list[_Unit]:
    """Join small subsections to the section before them that has the same role and tree."""
    sections = document.sections
    titles = {section.headings for section in sections if section.role is Role.TITLE}
    lines = document.text.split("\n")
    pieces = [_section_pieces(lines, document.line_kinds, section) for section in sections]
    sizes = [sum(count([piece.text for piece in part])) if part else 0 for part in pieces]
    units: list[_Unit] = []
    for section, part, size in zip(sections, pieces, sizes, strict=True):
        if units and size < SMALL_SECTION_TOKENS and _joins(units[-1].section, section, titles):
            heading = _heading_piece(section)
            joined = (*units[-1].pieces, *heading, *part)
            units[-1] = replace(units[-1], pieces=joined)
        else:
            units.append(_Unit(section, tuple(part)))
    return [unit for unit in units if unit.pieces]


def _joins(host: Section, section: Section, titles: Collection[tuple[str, ...]]) -> bool:
    """Return whether a small ``section`` may join ``host``: same role, same tree below the title."""
    if _is_name(host) or _is_name(section):
        return False
    host_tree, tree = _below_title(host, titles), _below_title(section, titles)
    return bool(host_tree) and len(tree) > 1 and host_tree[0] == tree[0] and host.role is section.role


def _is_name(section: Section) -> bool:
    """Return whether a section is headed by a name, such as that of an alert, and is about that alone."""
    return bool(section.headings) and _NAME.fullmatch(section.headings[-1].strip("` ")) is not None


def _below_title(section: Section, titles: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    headings = section.headings
    return headings[1:] if headings[:1] in titles else headings


def _heading_piece(section: Section) -> tuple[Piece, ...]:
    line = section.first_line - 1
    return (Piece(PieceKind.PROSE, section.headings[-1], line, line + 1),) if section.headings else ()


def _section_pieces(lines: Sequence[str], line_kinds: str, section: Section) -> list[Piece]:
    text = "\n".join(lines[section.first_line - 1 : section.last_line])
    shift = section.first_line - 1
    kinds = line_kinds[shift : section.last_line]
    prompts = {number for number, kind in enumerate(kinds) if kind == LineKind.PROMPT}
    return [piece.moved(shift) for piece in split_pieces(text, prompts=prompts)]
