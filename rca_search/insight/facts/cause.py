"""Why an incident happened: the part that says so, else the sentences that name a cause."""

from __future__ import annotations

from collections.abc import Iterator

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.ranges import distinct, extract, runs, trimmed
from rca_search.insight.facts.statements import StatementKind, Statements, sentences
from rca_search.models import Extract, Role

MAX_EXTRACTS = 5

_WEIGHTS = {
    Role.TITLE: 3.0,
    Role.SUMMARY: 3.0,
    Role.SYMPTOM: 2.75,
    Role.TIMELINE: 2.0,
    Role.OTHER: 2.0,
    Role.LESSONS: 2.25,
    Role.RESOLUTION: 2.0,
    Role.IMPACT: 2.0,
    Role.DIAGNOSIS: 2.0,
}


def find_causes(statements: Statements) -> tuple[Extract, ...]:
    """Return what caused it, best first; () where the write-up does not say."""
    found = sorted([*_parts(statements), *_sentences(statements)], key=lambda item: -item[0])
    extracts = (extract(statements, first, last, source) for _, first, last, source in found[: 3 * MAX_EXTRACTS])
    return distinct(extracts)[:MAX_EXTRACTS]


def _parts(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for place, run in enumerate(runs(statements.with_role(Role.CAUSE))):
        told = trimmed(run)
        if not told:
            continue
        text = " ".join(statement.text for statement in told)[:4000]
        score = 5.0 + bool(vocabulary.CAUSE.search(text)) + bool(vocabulary.STRONG_CAUSE.search(text)) - 0.1 * place
        yield score, told[0].first_line, told[-1].last_line, "section"


def _sentences(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    opening = True
    for statement in statements.with_role(*_WEIGHTS):
        if statement.kind is StatementKind.CODE:
            continue
        for sentence in sentences(statement, statements.lines):
            score = _score(sentence.text[:1000])
            if not score and opening and statement.role in (Role.TITLE, Role.SUMMARY, Role.SYMPTOM):
                score = 0.1  # the opening sentence of a summary, where nothing names a cause
                opening = False
            if score:
                weight = _WEIGHTS[statement.role] + score
                yield weight, sentence.first_line, sentence.last_line, "sentence"


def _score(text: str) -> float:
    if vocabulary.STRONG_CAUSE.search(text):
        return 1.5
    return 0.75 if vocabulary.CAUSE.search(text) else 0.0
