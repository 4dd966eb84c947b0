"""Lines that belong together as one extract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rca_search.insight.facts.scan import Statement, StatementKind
from rca_search.insight.facts.statements import Statements
from rca_search.models import Extract

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
    """Tell whether a statement only points elsewhere: bare links, "see ...", "None"."""
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
