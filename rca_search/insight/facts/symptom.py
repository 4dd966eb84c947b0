"""What was seen: the part that says so, else the sentences that describe a fault."""

from __future__ import annotations

from collections.abc import Iterator

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.ranges import distinct, extract, runs, trimmed
from rca_search.insight.facts.statements import Statement, StatementKind, Statements, sentences
from rca_search.models import Extract, Role
from rca_search.sources.roles import normalised

MAX_EXTRACTS = 5

_PARTS = {Role.SYMPTOM: 5.0, Role.IMPACT: 5.25, Role.DETECTION: 3.5}
_OUTRIGHT = ("symptom", "what users", "what customers", "what we saw", "observed")
_WEIGHTS = {Role.TITLE: 3.0, Role.SUMMARY: 3.25, Role.TIMELINE: 2.0, Role.CAUSE: 1.5, Role.OTHER: 1.5}


def find_symptoms(statements: Statements) -> tuple[Extract, ...]:
    """Return what was seen, best first; the title where the text does not say."""
    found = [*_parts(statements), *_sentences(statements), (0.5, statements.document.title_line)]
    found = sorted((item if len(item) == 4 else (item[0], item[1], item[1], "sentence") for item in found), key=_order)
    extracts = (extract(statements, first, last, source) for _, first, last, source in found[: 3 * MAX_EXTRACTS])
    return distinct(extracts)[:MAX_EXTRACTS]


def _order(item: tuple[float, int, int, str]) -> float:
    return -item[0]


def _parts(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for run in runs(statements.with_role(*_PARTS)):
        told = trimmed(run)
        if not told:
            continue
        text = " ".join(statement.text for statement in told)[:4000]
        score = _PARTS[run[0].role] + _score(text)
        if any(name in normalised(statements.heading(run[0].section)) for name in _OUTRIGHT):
            score += 1
        yield score, told[0].first_line, told[-1].last_line, "section"


def _sentences(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for place, statement in enumerate(statements.with_role(*_WEIGHTS)):
        if statement.kind is StatementKind.CODE:
            continue
        for sentence in sentences(statement, statements.lines):
            score = _score(sentence.text[:1000])
            if score:
                weight = _WEIGHTS[statement.role] + score + _early(place)
                yield weight, sentence.first_line, sentence.last_line, "sentence"


def _early(place: int) -> float:
    return max(0.0, 0.5 - 0.1 * place)


def _score(text: str) -> float:
    if vocabulary.STRONG_SYMPTOM.search(text):
        return 1.0
    return 0.5 if vocabulary.SYMPTOM.search(text) else 0.0


def told_of(statement: Statement) -> bool:
    """Tell whether a statement describes a fault."""
    return _score(statement.text[:1000]) > 0
