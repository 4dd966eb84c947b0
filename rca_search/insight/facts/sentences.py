"""The sentences of a statement, each with the lines that it reaches over."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rca_search.insight.facts.scan import MAX_LINE_CHARS, Statement, StatementKind

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
