"""A document as statements and their sentences, in all and by section."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from rca_search.models import Document, Extract, Role, Section
from rca_search.sources.roles import exact_role, normalised
from rca_search.text.fences import FenceReader, LinePart

MAX_LINE_CHARS = 4000
"""Characters of a line that are looked at: nobody writes a longer sentence."""
MAX_STATEMENT_LINES = 60
MAX_STATEMENTS = 3000
"""Statements that are looked at: a longer file is a log, not a write-up."""

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
    fences: FenceReader = field(default_factory=FenceReader)
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
        """Return whether the line is part of code or of a comment, and take it if so."""
        inside = self.fences.inside
        part = self.fences.take(line)
        if part is not LinePart.TEXT:
            self._code(number, line, part, inside=inside)
            return True
        if self.in_comment or line.lstrip().startswith("<!--"):
            self.close()
            self.in_comment = "-->" not in line
            return True
        return False

    def _code(self, number: int, line: str, part: LinePart, *, inside: bool) -> None:
        """Take a fence, or a line of code; ``inside`` tells whether it stands below an opening fence."""
        if not inside or self.open is None:
            self.close()
            self.open = _Open(StatementKind.CODE, number, [], number, indent=_indent(line))
            return
        self.open.last = number
        if part is LinePart.CODE:
            self.open.lines.append(line)
        elif not self.fences.inside:
            self.close()

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


_SENTENCE = re.compile(r"""[.!?]["')\]*_]*\s+(?=["'(\[*_]*[A-Z0-9])""")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a statement with the lines that it stands on."""

    text: str
    first_line: int
    last_line: int
    statement: Statement


def cut(statement: Statement, lines: Sequence[str]) -> list[Sentence]:
    """Cut ``statement`` into sentences; ``lines`` is the whole file."""
    text = statement.text
    if statement.kind is not StatementKind.PROSE and statement.kind is not StatementKind.ITEM:
        return [Sentence(text, statement.first_line, statement.last_line, statement)]
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    cuts = [0, *ends, len(text)]
    starts = _line_starts(statement, lines)
    found = []
    for start, end in itertools.pairwise(cuts):
        piece = text[start:end].strip()
        if piece:
            first, last = _line_at(starts, start), _line_at(starts, max(start, end - 2))
            found.append(
                Sentence(piece, statement.first_line + first, statement.first_line + last, statement)
            )
    return found


def _line_starts(statement: Statement, lines: Sequence[str]) -> list[int]:
    """Return the position in the statement's text where each of its lines begins, as nearly as can be."""
    position, starts = 0, []
    text = statement.text
    for number in range(statement.first_line, statement.last_line + 1):
        words = lines[number - 1][:MAX_LINE_CHARS].strip().strip(">").strip()
        head = words[-12:] if number == statement.first_line else words[:12]
        at = text.find(head, position) if head else -1
        if number == statement.first_line:
            starts.append(0)
            position = max(position, at)
        else:
            starts.append(at if at >= 0 else position)
            position = starts[-1]
    return starts


def _line_at(starts: Sequence[int], position: int) -> int:
    return max(bisect_right(starts, position) - 1, 0)


_PRAISE = frozenset({"well", "lucky", "luck", "positives", "good"})
_AFTER_LABEL = re.compile(r"[\s:*_\]]*")


class Statements:
    """The statements of one document in order, and those of each section."""

    def __init__(self, document: Document) -> None:
        """Scan ``document``."""
        self.document = document
        self.lines = document.text.split("\n")
        self.of_section: list[list[Statement]] = []
        room = MAX_STATEMENTS
        for number, section in enumerate(document.sections):
            found = labelled(self._scanned(number, section))[:room]
            room -= len(found)
            self.of_section.append(found)
        self.all = [statement for found in self.of_section for statement in found]
        self._starts = [statement.first_line for statement in self.all]
        self._names: dict[int, str] = {}
        self._sentences: dict[int, list[Sentence]] = {}

    def __iter__(self) -> Iterator[Statement]:
        """Give every statement in the order of the file."""
        return iter(self.all)

    def sentences(self, statement: Statement) -> list[Sentence]:
        """Return the sentences of ``statement``, cut once; each with the lines it reaches over."""
        found = self._sentences.get(id(statement))
        if found is None:
            found = self._sentences[id(statement)] = cut(statement, self.lines)
        return found

    def with_role(self, *roles: Role) -> list[Statement]:
        """Return the statements that have one of ``roles``."""
        return [statement for statement in self.all if statement.role in roles]

    def after(self, line: int) -> list[Statement]:
        """Return the statements that begin below ``line``."""
        return self.all[bisect_right(self._starts, line) :]

    def heading(self, number: int) -> str:
        """Return the innermost heading of section ``number``, "" where it has none."""
        headings = self.document.sections[number].headings
        return headings[-1] if headings else ""

    def name(self, number: int) -> str:
        """Return the innermost heading of section ``number`` in the form that names of parts are known by."""
        found = self._names.get(number)
        if found is None:
            found = self._names[number] = normalised(self.heading(number))
        return found

    def verbatim(self, first: int, last: int) -> str:
        """Return lines exactly as they stand in the file."""
        return "\n".join(self.lines[first - 1 : last])

    def _scanned(self, number: int, section: Section) -> list[Statement]:
        scan = SectionScan(number, section.role)
        start, rest = self._below_heading(section)
        if rest:
            scan.take(section.first_line, rest, "")
        for at in range(start, section.last_line + 1):
            if len(scan.done) >= MAX_STATEMENTS:
                break
            following = self.lines[at] if at < section.last_line else ""
            scan.take(at, self.lines[at - 1][:MAX_LINE_CHARS], following[:MAX_LINE_CHARS])
        scan.close()
        return [statement for statement in scan.done if statement.text]

    def _below_heading(self, section: Section) -> tuple[int, str]:
        """Return the first line below the heading, and what stands beside a label on its own line."""
        first = section.first_line
        if section.level == 0 or not section.headings:
            return first, ""
        line = self.lines[first - 1][:MAX_LINE_CHARS]
        if line.lstrip().startswith("#"):
            return first + 1, ""
        below = self.lines[first] if first < section.last_line else ""
        if below.strip() and not below.strip().strip("=-"):
            return first + 2, ""
        at = line.find(section.headings[-1])
        if at < 0:
            return first, ""
        rest = _AFTER_LABEL.sub("", line[at + len(section.headings[-1]) :], count=1)
        return first + 1, rest


def is_praise(statements: Statements, statement: Statement) -> bool:
    """Return whether a statement stands in a part on what went well, which tells of no fix and no cause."""
    words = statements.name(statement.section).split()
    return statement.role is Role.LESSONS and not _PRAISE.isdisjoint(words)


MAX_EXTRACT_LINES = 40
"""Longer parts are cut here: the card shows the opening, the document is one command away."""

_LINK = re.compile(r"!?\[[^\[\]]{0,300}\]\([^()\s]{0,600}\)|<?https?://\S+|[#!][0-9]+")
_WORD = re.compile(r"[A-Za-z]{2,}")
_POINTER = re.compile(
    r"(?:\W*(?:(?:for )?more|refer|further|full|see|detailed?|details?|additional|timeline|slack threads?"
    r"|links?"
    r"|no comments?"
    r"|none|n/?a|unknown|tbd|todo|tbc|via)\b)[^.]{0,160}\W*$",
    re.I,
)


def runs(found: Iterable[Statement]) -> list[list[Statement]]:
    """Divide statements into runs of one section and one role each."""
    grouped: list[list[Statement]] = []
    for statement in found:
        last = grouped[-1][-1] if grouped else None
        if last is not None and (last.section, last.role) == (statement.section, statement.role):
            grouped[-1].append(statement)
        else:
            grouped.append([statement])
    return grouped


def says_nothing(statement: Statement) -> bool:
    """Return whether a statement only points elsewhere: bare links, "see ...", "None"."""
    if statement.kind is StatementKind.CODE:
        return False
    text, links = _LINK.subn(" ", statement.text[:600])
    words = _WORD.findall(text)
    return len(words) < (4 if links else 2) or bool(_POINTER.match(text[:400]))


def extract(statements: Statements, first: int, last: int, source: str) -> Extract:
    """Return lines ``first`` to ``last``, at most MAX_EXTRACT_LINES and never half a code block."""
    if last - first >= MAX_EXTRACT_LINES:
        last = _cut(statements.all, first, first + MAX_EXTRACT_LINES - 1)
    return Extract(first, last, statements.verbatim(first, last), source)


def _cut(found: Sequence[Statement], first: int, limit: int) -> int:
    ends = [statement.last_line for statement in found if first <= statement.last_line <= limit]
    return ends[-1] if ends else limit


def trimmed(found: Sequence[Statement]) -> list[Statement]:
    """Return statements without those at either end that say nothing."""
    first, last = 0, len(found)
    while first < last and says_nothing(found[first]):
        first += 1
    while last > first and says_nothing(found[last - 1]):
        last -= 1
    return list(found[first:last])


def distinct(found: Iterable[Extract]) -> tuple[Extract, ...]:
    """Return extracts in order, without those whose lines an earlier one holds."""
    kept: list[Extract] = []
    for item in found:
        if not any(
            item.first_line <= other.last_line and other.first_line <= item.last_line for other in kept
        ):
            kept.append(item)
    return tuple(kept)
