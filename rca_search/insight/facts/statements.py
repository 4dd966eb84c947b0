"""A document as statements and their sentences, in all and by section."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from rca_search.insight.facts.scan import (
    MAX_LINE_CHARS,
    MAX_STATEMENTS,
    SectionScan,
    Statement,
    labelled,
)
from rca_search.insight.facts.sentences import Sentence, cut
from rca_search.models import Document, Role, Section
from rca_search.sources.roles import normalised

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
    """Tell whether a statement stands in a part on what went well, which tells of no fix and no cause."""
    words = statements.name(statement.section).split()
    return statement.role is Role.LESSONS and not _PRAISE.isdisjoint(words)
