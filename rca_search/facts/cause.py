"""Why an incident happened: the part that says so, else the sentences that name a cause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rca_search.facts import vocabulary
from rca_search.facts.statements import (
    Statement,
    StatementKind,
    Statements,
    distinct,
    extract,
    is_praise,
    runs,
    says_nothing,
    trimmed,
)
from rca_search.models import Extract, Role
from rca_search.text.moments import read_moment

MAX_EXTRACTS = 5

_WEIGHTS = {
    Role.TITLE: 3.0,
    Role.SUMMARY: 3.0,
    Role.SYMPTOM: 2.0,
    Role.TIMELINE: 1.7,
    Role.OTHER: 2.0,
    Role.LESSONS: 1.75,
    Role.RESOLUTION: 1.75,
    Role.IMPACT: 2.0,
    Role.DIAGNOSIS: 2.0,
}
# What a part on causes may be headed that tells of something else.
_BESIDE = ("detect", "hard to", "caught", "so long", "appendix")
# A link to an incident on the status page of somebody else names the cause.
_ELSEWHERE = re.compile(r"https?://[^\s)]{0,80}status[^\s)]{0,80}/incidents?/")
# A cause that is looked for, or ruled out, is none.
_SOUGHT = re.compile(
    r"(?<!\w)(?:investigat\w*|find|finding|look\w* (?:for|into)|identify|understand|exclude|determine"
    r"|unknown|establish)(?: \w+){0,4} "
    r"(?:root )?cause"
    r"|(?<!\w)\w+ that (?:it|this|that) (?:was|is|had) (?:not|nothing)(?!\w)",
    re.I,
)


def find_causes(statements: Statements, *, planned: bool) -> tuple[Extract, ...]:
    """Return what caused it, best first; () where the write-up does not say.

    Suspected causes count. The cause of planned work is the work: the statement that announces it.
    """
    found = [*_announced(statements)] if planned else []
    found = sorted([*found, *_parts(statements), *_sentences(statements), *_opening(statements)], key=_order)
    extracts = (
        extract(statements, first, last, source) for _, first, last, source in found[: 3 * MAX_EXTRACTS]
    )
    return distinct(extracts)[:MAX_EXTRACTS]


def _order(item: tuple[float, int, int, str]) -> float:
    return -item[0]


def _announced(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for statement in announcement(statements):
        yield 9.0, statement.first_line, statement.last_line, "sentence"


def announcement(statements: Statements) -> list[Statement]:
    """Return the statement that announces planned work, [] where there is none."""
    told = [
        statement
        for statement in statements.with_role(Role.SYMPTOM, Role.SUMMARY, Role.TITLE, Role.OTHER)
        if statement.kind is not StatementKind.CODE and not says_nothing(statement)
    ]
    outright = [statement for statement in told if vocabulary.ANNOUNCED.search(statement.text[:1000])]
    return (outright or told)[:1]


def _parts(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for place, run in enumerate(runs(statements.with_role(Role.CAUSE, Role.LESSONS))):
        heading = statements.name(run[0].section)
        concluding = run[0].role is Role.LESSONS
        told = trimmed(run)
        if not told or (concluding and "conclusion" not in heading):
            continue
        text = " ".join(statement.text for statement in told)[:4000]
        if len(told) == 1 and vocabulary.UNKNOWN_CAUSE.search(text):
            continue
        score = (4.0 if concluding else 5.0) - 0.1 * place - 2 * any(word in heading for word in _BESIDE)
        score += bool(vocabulary.CAUSE.search(text)) + bool(vocabulary.STRONG_CAUSE.search(text))
        yield score, told[0].first_line, told[-1].last_line, "section"


def _sentences(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    for statement in statements.with_role(*_WEIGHTS):
        if statement.kind is StatementKind.CODE or is_praise(statements, statement) or _is_bare(statement):
            continue
        moment = read_moment(statement.text)
        role = Role.TIMELINE if moment and moment.minute is not None else statement.role
        for sentence in statements.sentences(statement):
            score = _score(sentence.text[:1000], role)
            if score:
                weight = min(_WEIGHTS[statement.role], _WEIGHTS[role]) + score
                yield weight, sentence.first_line, sentence.last_line, "sentence"


def _is_bare(statement: Statement) -> bool:
    return says_nothing(statement) and not _ELSEWHERE.search(statement.text[:1000])


def _opening(statements: Statements) -> Iterator[tuple[float, int, int, str]]:
    """Give the opening of the summary: where nothing names a cause, the story begins with it."""
    for statement in statements.with_role(Role.SUMMARY):
        if statement.kind is not StatementKind.CODE and not says_nothing(statement):
            yield 1.0, statement.first_line, statement.last_line, "sentence"
            return


def _score(text: str, role: Role) -> float:
    text = _SOUGHT.sub(" ", text)
    if vocabulary.UNKNOWN_CAUSE.search(text):
        return 0.0
    if vocabulary.STRONG_CAUSE.search(text) or _ELSEWHERE.search(text):
        return 1.5
    if vocabulary.CAUSE.search(text):
        return 0.75
    changed = role is Role.SUMMARY and vocabulary.MITIGATION.search(text)
    return 0.3 if changed and not vocabulary.FIXED_BY.search(text) else 0.0
