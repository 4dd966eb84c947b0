"""A document as statements and their sentences, in all and by section."""

from __future__ import annotations

import itertools
import re
import textwrap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from rca_search.models import Document, Extract, Role, Section
from rca_search.sources.keys import is_field
from rca_search.sources.roles import exact_role, normalised
from rca_search.text.lines import LineKind, row_cells
from rca_search.text.markdown import Block, BlockKind, read_markdown
from rca_search.text.moments import read_moment
from rca_search.text.sentences import split_sentences

MAX_LINE_CHARS = 4000
"""Characters of a line that are looked at: nobody writes a longer sentence."""
MAX_STATEMENT_LINES = 60
MAX_STATEMENTS = 3000
"""Statements that are looked at: a longer file is a log, not a write-up."""

_LOOSE_ITEM = re.compile(r"(?P<mark>[\u2022\u2013]|\*\*)[ \t]+(?P<text>\S.*)")
"""An item behind a sign that Markdown does not know, from texts pasted out of elsewhere."""

_CELLS = " \u00b7 "
"""Between the cells of a row."""

SENTENCES_OF_A_TEXT = 2
"""Sentences from which an indented block is taken for a text."""

_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])\s+\S")
_BOX = re.compile(r"\[(?P<box>[ xX])\]\s*")
_SIGNS = re.compile(r"[-=*_]{3,}$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_LABEL = re.compile(r"(?:\*\*|__)(?P<name>[^*_\n]{2,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*")
_TIMED_LINE = re.compile(
    r"\s*(?:[0-9]{1,2}:[0-9]{2}(?![0-9])|[a-z]{3,9}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}\s*$"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))",
    re.I,
)
_DEFINITION = re.compile(r"\[[^\[\]\n]{1,200}\]:\s*\S+$")


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

    first: int
    last: int
    mark: str
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Label:
    """The line that names a section without being a heading, and what it says besides."""

    line: int
    rest: str


class _Scan:
    """Makes statements of the blocks of one section."""

    def __init__(self, number: int, role: Role, lines: Sequence[str]) -> None:
        self.done: list[Statement] = []
        self._number = number
        self._role = role
        self._lines = lines

    def take(self, block: Block, within: range, label: _Label | None) -> None:
        """Take what stands of ``block`` in the lines ``within``."""
        for part in _meant(block):
            self._part(part, within, label)

    def _part(self, block: Block, within: range, label: _Label | None) -> None:
        if block.kind is BlockKind.CODE:
            self._add(StatementKind.CODE, block.text, block.first_line, block.last_line)
        elif block.kind is BlockKind.ROW:
            # A header says what the cells below it are.
            if block.header:
                text = _CELLS.join(filter(None, block.cells))
                self._add(StatementKind.ROW, text, block.first_line, block.last_line, block=block)
        elif block.kind is not BlockKind.RULE:
            self._text(block, within, label)

    def _text(self, block: Block, within: range, label: _Label | None) -> None:
        """Take a paragraph, or what HTML says, as the one statement or the several that it is."""
        current: _Open | None = None
        for number, text, mark in _told_lines(block, label):
            if number not in within:
                continue
            loose, says = _LOOSE_ITEM.match(text), _says(text)
            if current is not None and (loose or not says or self._opens(text, current)):
                self._close(current)
                current = None
            if says:
                current = current or _Open(number, number, loose["mark"] if loose else mark)
                current.texts.append(loose["text"] if loose else text)
                current.last = number
        if current is not None:
            self._close(current)

    def _opens(self, text: str, current: _Open) -> bool:
        """Return whether a line of a paragraph is a statement of its own."""
        timed = self._role is Role.TIMELINE and _TIMED_LINE.match(text) is not None
        labelled = _LABEL.match(text) is not None
        return timed or labelled or _CELLS in text or len(current.texts) >= MAX_STATEMENT_LINES

    def _close(self, current: _Open) -> None:
        text = " ".join(current.texts)
        box = _BOX.match(text) if current.mark else None
        self._add(
            StatementKind.ITEM if current.mark else StatementKind.PROSE,
            text[box.end() :] if box else text,
            current.first,
            current.last,
            mark=current.mark,
            box=box["box"] if box else "",
        )

    def _add(
        self,
        kind: StatementKind,
        text: str,
        first: int,
        last: int,
        *,
        mark: str = "",
        box: str = "",
        block: Block | None = None,
    ) -> None:
        line = _QUOTE.sub("", self._lines[first - 1], count=1)
        self.done.append(
            Statement(
                kind=kind,
                text=text.strip(),
                first_line=first,
                last_line=last,
                section=self._number,
                role=Role.TIMELINE if block and _is_timed_row(block) else self._role,
                indent=_indent(line) + (2 if mark == "**" else 0),
                mark=mark,
                box=box,
                cells=block.cells if block else (),
                header=block.header if block else (),
            )
        )


def _is_timed_row(block: Block) -> bool:
    """Return whether a table's row begins with a time of the day, as that of a timeline does."""
    moment = read_moment(block.cells[0]) if len(block.cells) > 1 else None
    return moment is not None and moment.minute is not None


def _meant(block: Block) -> Sequence[Block]:
    """Return ``block``, or what it holds where it is a list or a text that somebody indented as a whole.

    To Markdown that is code. It is taken for text where it begins with a list item, or has several sentences.
    """
    if block.kind is not BlockKind.CODE or block.fenced or block.nested:
        return (block,)
    text = textwrap.dedent(block.text[: MAX_LINE_CHARS * MAX_STATEMENT_LINES])
    if len(split_sentences(text)) >= SENTENCES_OF_A_TEXT or _ITEM.match(text):
        return read_markdown(text.split("\n"), block.text_line).blocks
    return (block,)


def _told_lines(block: Block, label: _Label | None) -> Iterator[tuple[int, str, str]]:
    """Give the lines of a block without comments: number, text, and the mark of the item that it opens."""
    text = block.text
    if block.kind is BlockKind.HTML:
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    for number, line in enumerate(text.split("\n"), block.first_line):
        if label is not None and number == label.line:
            yield number, label.rest, ""
        else:
            mark = block.mark if number == block.first_line else ""
            yield number, _headless(line[:MAX_LINE_CHARS].strip()), mark


def _headless(line: str) -> str:
    """Return a line with the looks of a table's row, where no head makes it one, as its cells."""
    if len(line) > 2 and line[0] == line[-1] == "|":
        return _CELLS.join(filter(None, row_cells(line)))
    return line


def _says(text: str) -> bool:
    """Return whether a line says something: it is not empty, no rule, and no definition of a link."""
    return bool(text) and not _SIGNS.match(text) and not _DEFINITION.match(text)


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
class StatementSentence:
    """A sentence of a statement with the lines that it stands on."""

    text: str
    first_line: int
    last_line: int
    statement: Statement


def cut(statement: Statement, lines: Sequence[str]) -> list[StatementSentence]:
    """Cut ``statement`` into sentences; ``lines`` is the whole file."""
    text = statement.text
    if statement.kind is not StatementKind.PROSE and statement.kind is not StatementKind.ITEM:
        return [StatementSentence(text, statement.first_line, statement.last_line, statement)]
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    cuts = [0, *ends, len(text)]
    starts = _line_starts(statement, lines)
    found = []
    for start, end in itertools.pairwise(cuts):
        piece = text[start:end].strip()
        if piece:
            first, last = _line_at(starts, start), _line_at(starts, max(start, end - 2))
            found.append(
                StatementSentence(piece, statement.first_line + first, statement.first_line + last, statement)
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
        first = document.sections[0].first_line if document.sections else len(self.lines) + 1
        markdown = read_markdown(self.lines[first - 1 :], first)
        self._blocks = markdown.blocks
        self._read = ("",) * (first - 1) + markdown.lines
        self._block_lines = [block.first_line for block in self._blocks]
        self._headings = {heading.first_line for heading in markdown.headings}
        room = MAX_STATEMENTS
        for number, section in enumerate(document.sections):
            found = labelled(self._scanned(number, section))[:room]
            room -= len(found)
            self.of_section.append(found)
        self.all = [statement for found in self.of_section for statement in found]
        self._starts = [statement.first_line for statement in self.all]
        self._names: dict[int, str] = {}
        self._sentences: dict[int, list[StatementSentence]] = {}

    def __iter__(self) -> Iterator[Statement]:
        """Give every statement in the order of the file."""
        return iter(self.all)

    def sentences(self, statement: Statement) -> list[StatementSentence]:
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
        """Return lines exactly as they stand in the file; of HTML what it says."""
        return "\n".join(
            read if written.lstrip().startswith("<") and read else written
            for written, read in zip(self.lines[first - 1 : last], self._read[first - 1 : last], strict=False)
        )

    def _scanned(self, number: int, section: Section) -> list[Statement]:
        scan = _Scan(number, section.role, self.lines)
        label = self._label(section)
        within = range(section.first_line, section.last_line + 1)
        for block in self._blocks[max(bisect_right(self._block_lines, section.first_line) - 1, 0) :]:
            if block.first_line > section.last_line or len(scan.done) >= MAX_STATEMENTS:
                break
            is_heading = block.kind is BlockKind.HEADING and not block.nested
            told = not is_heading and self.document.line_kinds[block.first_line - 1] != LineKind.PROMPT
            if block.last_line >= section.first_line and told:
                scan.take(block, within, label)
        return [statement for statement in scan.done if statement.text]

    def _label(self, section: Section) -> _Label | None:
        """Return the line that stands in for the heading of ``section``, None where it has one or none."""
        name = section.headings[-1] if section.level and section.headings else ""
        line = self._read[section.first_line - 1][:MAX_LINE_CHARS]
        at = line.find(name)
        if not name or section.first_line in self._headings or at < 0:
            return None
        return _Label(section.first_line, _AFTER_LABEL.sub("", line[at + len(name) :], count=1).strip())


def is_praise(statements: Statements, statement: Statement) -> bool:
    """Return whether a statement stands in a part on what went well, which tells of no fix and no cause."""
    words = statements.name(statement.section).split()
    return statement.role is Role.LESSONS and not _PRAISE.isdisjoint(words)


MAX_EXTRACT_LINES = 40
"""Longer parts are cut here: the card shows the opening, the document is one command away."""

_LINK = re.compile(r"!?\[[^\[\]]{0,300}\]\([^()\s]{0,600}\)|<?https?://\S+|[#!][0-9]+")
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u4e00-\u9fff]{2,}|[\u3040-\u30ff\u4e00-\u9fff]{2}")
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
    """Return whether a statement only points elsewhere: bare links, "see ...", "None", or gives a field."""
    if statement.kind is StatementKind.CODE:
        return False
    if is_field_line(statement) or lasted_only(statement.text):
        return True
    text, links = _LINK.subn(" ", statement.text[:600])
    words = _WORD.findall(text)
    return len(words) < (4 if links else 2) or bool(_POINTER.match(text[:400]))


def is_field_line(statement: Statement) -> bool:
    """Return whether a statement is a field of a header, such as "**Reported at**: 10:42"."""
    label = _LABEL.match(statement.text[:200])
    key = label["name"] if label else statement.cells[0] if len(statement.cells) == 2 else ""
    return bool(key) and is_field(key.strip("*_ ")) and exact_role(key) in {None, Role.OTHER}


_LASTED_ONLY = re.compile(
    r"\W*(?:the |this |in total,? |overall,? )*(?:incident|outage|disruption|downtime|interruption|it|impact)"
    r" (?:lasted|took|went on)[^.;]{0,60}[.;]?\W*$",
    re.IGNORECASE,
)


def lasted_only(text: str) -> bool:
    """Return whether a text says how long it lasted and nothing else."""
    return _LASTED_ONLY.match(text[:200]) is not None


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
