"""A section as statements: paragraphs, list items, table rows and code, each with its lines and role.

Markdown structure was recognised when the document was read; within a section a scan over the lines is
enough, and is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from rca_search.models import Role
from rca_search.sources.roles import exact_role

MAX_LINE_CHARS = 4000
"""Characters of a line that are looked at: nobody writes a longer sentence."""
MAX_STATEMENT_LINES = 60
MAX_STATEMENTS = 3000
"""Statements that are looked at: a longer file is a log, not a write-up."""

_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+\u2022\u2013]|\*\*|[0-9]{1,3}[.)])[ \t]+(?P<text>\S.*)")
_BOX = re.compile(r"\[(?P<box>[ xX])\]\s*")
_RULE = re.compile(r"\s*[-=*_]{3,}\s*$")
_TABLE_RULE = re.compile(r"[\s|:+-]+$")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_LABEL = re.compile(r"(?:\*\*|__)(?P<name>[^*_\n]{2,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*")
_TIMED_LINE = re.compile(
    r"\s*(?:[0-9]{1,2}:[0-9]{2}(?![0-9])|[a-z]{3,9}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}\s*$"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))",
    re.I,
)
_DEFINITION = re.compile(r" {0,3}\[[^\[\]\n]{1,200}\]:\s*\S+\s*$")
_AFTER_LABEL = re.compile(r"[\s:*_\]]*")


class StatementKind(Enum):
    """What a statement was written as."""

    PROSE = auto()
    ITEM = auto()
    ROW = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph, item, row or block of code; ``section`` is its section's number.

    ``role`` is the section's, or that of a bold label around the statement. ``box`` is the character in
    a task's box; ``cells`` and ``header`` are those of a table row.
    """

    kind: StatementKind
    text: str
    first_line: int
    last_line: int
    section: int
    role: Role
    indent: int = 0
    mark: str = ""
    box: str = ""
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """A statement in the making."""

    kind: StatementKind
    first: int
    lines: list[str]
    last: int
    indent: int = 0
    mark: str = ""


@dataclass(slots=True)
class SectionScan:
    """The scan of one section."""

    number: int
    role: Role
    done: list[Statement] = field(default_factory=list)
    open: _Open | None = None
    header: tuple[str, ...] = ()
    fence: str = ""
    in_comment: bool = False

    def close(self) -> None:
        """Finish the statement that is open."""
        current, self.open = self.open, None
        if current is None:
            return
        text = ("\n" if current.kind is StatementKind.CODE else " ").join(current.lines).strip()
        box = _BOX.match(text) if current.kind is StatementKind.ITEM else None
        self.done.append(
            Statement(
                kind=current.kind,
                text=text[box.end() :] if box else text,
                first_line=current.first,
                last_line=current.last,
                section=self.number,
                role=self.role,
                indent=current.indent,
                mark=current.mark,
                box=box["box"] if box else "",
            )
        )

    def take(self, number: int, line: str, following: str) -> None:
        """Take one line of the section."""
        if self._in_block(number, line):
            return
        if not line.strip() or _RULE.match(line) or _DEFINITION.match(line):
            self.close()
            self.header = self.header if line.strip() else ()
        elif line.lstrip().startswith("|"):
            self._row(number, line, following)
        else:
            self._text(number, line)

    def _in_block(self, number: int, line: str) -> bool:
        """Tell whether the line is part of code or of a comment, and take it if so."""
        fence = _FENCE.match(line)
        if self.fence:
            if self.open is not None:
                self.open.last = number
                if not (fence and fence[1] == self.fence):
                    self.open.lines.append(line)
            if fence and fence[1] == self.fence:
                self.fence = ""
                self.close()
            return True
        if fence:
            self.close()
            self.fence = fence[1]
            self.open = _Open(StatementKind.CODE, number, [], number, indent=_indent(line))
            return True
        if self.in_comment or line.lstrip().startswith("<!--"):
            self.close()
            self.in_comment = "-->" not in line
            return True
        return False

    def _row(self, number: int, line: str, following: str) -> None:
        self.close()
        if _TABLE_RULE.match(line):
            return
        cells = tuple(
            cell.strip() for cell in _CELL_EDGE.split(line.strip().removeprefix("|").removesuffix("|"))
        )
        if following.lstrip().startswith("|") and _TABLE_RULE.match(following):
            self.header = cells
            return
        text = " \u00b7 ".join(cell for cell in cells if cell)
        self.done.append(
            Statement(
                StatementKind.ROW,
                text,
                number,
                number,
                self.number,
                self.role,
                cells=cells,
                header=self.header,
            )
        )

    def _text(self, number: int, line: str) -> None:
        item = _ITEM.match(line)
        if item:
            self.close()
            indent = _indent(line) + (2 if item["mark"] == "**" else 0)
            self.open = _Open(StatementKind.ITEM, number, [item["text"]], number, indent, item["mark"])
            return
        line_indent = _indent(line)
        text = _QUOTE.sub("", line, count=1).strip()
        timed = self.role is Role.TIMELINE and _TIMED_LINE.match(line)
        if self.open is None or timed or len(self.open.lines) >= MAX_STATEMENT_LINES:
            self.close()
            self.open = _Open(StatementKind.PROSE, number, [text], number, indent=line_indent)
        else:
            self.open.lines.append(text)
            self.open.last = number


def _indent(line: str) -> int:
    head = line[: len(line) - len(line.lstrip())]
    return len(head.expandtabs(4))


def labelled(found: Sequence[Statement]) -> list[Statement]:
    """Give statements that a bold label opens, and what is indented below it, the role of the label."""
    role: Role | None = None
    indent = -1
    given: list[Statement] = []
    for statement in found:
        if role is not None and statement.indent <= indent:
            role = None
        label = _LABEL.match(statement.text) if statement.kind is not StatementKind.CODE else None
        named = exact_role(label["name"]) if label else None
        if label and named is not None and named is not Role.OTHER:
            role, indent = named, statement.indent
            statement = replace(statement, text=statement.text[label.end() :] or statement.text)
        given.append(replace(statement, role=role) if role is not None else statement)
    return given
