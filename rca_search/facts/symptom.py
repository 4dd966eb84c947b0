"""What was seen: the part that says so, else the sentences that describe a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rca_search.facts import vocabulary
from rca_search.facts.cause import announcement
from rca_search.facts.statements import (
    StatementKind,
    Statements,
    distinct,
    extract,
    runs,
    says_nothing,
    trimmed,
)
from rca_search.models import Document, Extract, Role

MAX_EXTRACTS = 5

_PARTS = {Role.SYMPTOM: 5.0, Role.IMPACT: 5.25, Role.DETECTION: 3.5}
_OUTRIGHT = ("symptom", "what users", "what customers", "what we saw", "observed")
_WEIGHTS = {Role.TITLE: 2.75, Role.SUMMARY: 3.25, Role.TIMELINE: 2.0, Role.CAUSE: 1.5, Role.OTHER: 1.5}


def find_symptoms(statements: Statements, *, planned: bool) -> tuple[Extract, ...]:
    """Return what was seen, best first; the title where the text does not say.

    Of planned work the announced impact counts, else the announcement.
    """
    announced = announcement(statements) if planned else []
    found = [*_parts(statements), *_sentences(statements), *_opening(statements)]
    found += [(0.8, statement.first_line, statement.last_line, "sentence") for statement in announced]
    found.sort(key=_order)
    extracts = (
        extract(statements, first, last, source) for _, first, last, source in found[: 3 * MAX_EXTRACTS]
    )
    return distinct([*extracts, *_title(statements.document)])[:MAX_EXTRACTS]


def _title(document: Document) -> tuple[Extract, ...]:
    """Return the title that a field gives, for a text that says no more; one that heads the text is there."""
    if any(section.role is Role.TITLE for section in document.sections) or not document.title:
        return ()
    line = document.title_line or 1
    return (Extract(line, line, document.title, "field"),)


def _order(item: tuple[float, int, int, str]) -> float:
    return -item[0]


def _parts(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for run in runs(statements.with_role(*_PARTS)):
        told = trimmed(run)
        if not told:
            continue
        text = " ".join(statement.text for statement in told)[:4000]
        score = _PARTS[run[0].role] + _score(text)
        if any(name in statements.name(run[0].section) for name in _OUTRIGHT):
            score += 1
        yield score, told[0].first_line, told[-1].last_line, "section"


def _sentences(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    places: Counter[Role] = Counter()
    for statement in statements.with_role(*_WEIGHTS):
        if statement.kind is StatementKind.CODE or says_nothing(statement):
            continue
        for sentence in statements.sentences(statement):
            place = places[statement.role]
            places[statement.role] += 1
            score = _score(sentence.text[:1000])
            if score:
                weight = _WEIGHTS[statement.role] + score + max(0.0, 0.6 - 0.15 * place)
                yield weight, sentence.first_line, sentence.last_line, "sentence"


def _opening(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    """Give the summary's first statement and the heading with the title, for write-ups that say no more."""
    for statement in statements.with_role(Role.SUMMARY):
        if statement.kind is not StatementKind.CODE and not says_nothing(statement):
            yield 1.0, statement.first_line, statement.last_line, "sentence"
            break
    titles = [section.first_line for section in statements.document.sections if section.role is Role.TITLE]
    if titles:
        yield 0.5, titles[0], titles[0], "sentence"


def _score(text: str) -> float:
    over = vocabulary.FIXED_BY.search(text) or vocabulary.STRONG_RECOVERY.search(text)
    if vocabulary.STRONG_SYMPTOM.search(text):
        return 0.6 if over else 1.0
    return 0.5 if not over and vocabulary.SYMPTOM.search(text) else 0.0
