"""What was tried and did not help, where the write-up says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.ranges import distinct, extract
from rca_search.insight.facts.statements import StatementKind, Statements, sentences
from rca_search.insight.facts.timeline import Event
from rca_search.models import Extract, Role

MAX_EXTRACTS = 6

_ASIDE = frozenset({Role.ACTIONS, Role.LESSONS, Role.RELATED})


def find_attempts(statements: Statements, events: Sequence[Event]) -> tuple[Extract, ...]:
    """Return what was done without success, in the order of the file."""
    found = sorted({*_told(statements), *_undone(events)})
    return distinct(extract(statements, first, last, source) for first, last, source in found)[:MAX_EXTRACTS]


def _told(statements: Statements) -> Iterator[tuple[int, int, str]]:
    """Give sentences that name an action and its failure."""
    for statement in statements:
        if statement.role in _ASIDE or statement.kind is StatementKind.CODE:
            continue
        source = "timeline" if statement.role is Role.TIMELINE else "sentence"
        for sentence in sentences(statement, statements.lines):
            text = sentence.text[:1000]
            failed = vocabulary.NO_EFFECT.search(text) is not None
            done = vocabulary.MITIGATION.search(text) or vocabulary.TRIED.search(text)
            if failed and done:
                yield sentence.first_line, sentence.last_line, source


def _undone(events: Sequence[Event]) -> Iterator[tuple[int, int, str]]:
    """Give rows with an action where the row after it says that the fault goes on."""
    for event, following in zip(events, events[1:], strict=False):
        text, after = event.text[:1000], following.text[:1000]
        acted = vocabulary.MITIGATION.search(text) and not vocabulary.STRONG_RECOVERY.search(text)
        if not acted or vocabulary.TALK.match(text):
            continue
        if vocabulary.PERSISTS.search(after) or vocabulary.NO_EFFECT.match(after):
            yield event.first_line, event.last_line, "timeline"
