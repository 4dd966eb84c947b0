"""What was tried and did not help, where the write-up says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.ranges import distinct, extract
from rca_search.insight.facts.resolution import is_trial
from rca_search.insight.facts.scan import StatementKind
from rca_search.insight.facts.sentences import Sentence
from rca_search.insight.facts.statements import Statements
from rca_search.insight.facts.steps import acts, fails, only_looks
from rca_search.insight.facts.timeline import Event
from rca_search.models import Extract, Role

MAX_EXTRACTS = 6

_ASIDE = frozenset({Role.ACTIONS, Role.LESSONS, Role.RELATED})


# Rows in which a fault that was thought fixed shows again.
NEAR_ROWS = 3
_AGAIN = re.compile(r"(?<!\w)(?:again|(?:second|third|2nd|3rd|another) (?:attempt|try|time))(?!\w)", re.I)
_BACK_REFERENCE = re.compile(
    r"\W*(?:(?:but |however,? )?(?:this|that|it|which|the|no effect|nothing|still)\b|\()", re.I
)
_STEM_CHARS = 6


def find_attempts(statements: Statements, events: Sequence[Event]) -> tuple[Extract, ...]:
    """Return what was done without success, in the order of the file."""
    found = sorted({*_listed(statements), *_told(statements), *_undone(events), *_repeated(events)})
    return distinct(extract(statements, first, last, source) for first, last, source in found)[:MAX_EXTRACTS]


def _listed(statements: Statements) -> Iterator[tuple[int, int, str]]:
    """Give what a list of trials holds that did not help, and what is called a failed attempt outright."""
    for statement in statements:
        if statement.kind is StatementKind.CODE or statement.role in _ASIDE:
            continue
        text = statement.text[:1000]
        helped = vocabulary.RECOVERY.search(text) and not vocabulary.NO_EFFECT.search(text)
        step = statement.role is Role.RESOLUTION and statement.kind in (StatementKind.ITEM, StatementKind.ROW)
        failed = step and fails(text) and acts(text) and not only_looks(text)
        if failed or vocabulary.FAILED.match(text[:80]) or (is_trial(statements, statement) and not helped):
            yield statement.first_line, statement.last_line, "section"


def _told(statements: Statements) -> Iterator[tuple[int, int, str]]:
    """Give sentences that tell of a failure, with the action that they or the sentence before name."""
    before: Sentence | None = None
    for statement in statements:
        if statement.role in _ASIDE or statement.kind is StatementKind.CODE:
            continue
        source = "timeline" if statement.role is Role.TIMELINE else "sentence"
        for sentence in statements.sentences(statement):
            text = sentence.text[:1000]
            if vocabulary.NO_EFFECT.search(text) and not vocabulary.WORKED.match(text[:80]):
                refers = before is not None and _BACK_REFERENCE.match(text) and _acts(before.text)
                if refers and before is not None and before.statement.section == statement.section:
                    yield before.first_line, sentence.last_line, source
                elif _acts(text):
                    yield sentence.first_line, sentence.last_line, source
            before = sentence


def _acts(text: str) -> bool:
    text = text[:1000]
    return bool(vocabulary.MITIGATION.search(text) or vocabulary.TRIED.search(text))


def _undone(events: Sequence[Event]) -> Iterator[tuple[int, int, str]]:
    """Give rows with an action where a row soon after it says that the fault goes on."""
    for place, event in enumerate(events):
        text = event.text[:1000]
        if not vocabulary.MITIGATION.search(text) or vocabulary.TALK.match(text):
            continue
        for following in events[place + 1 : place + 1 + NEAR_ROWS]:
            after = following.text[:1000]
            if vocabulary.PERSISTS.search(after) or vocabulary.NO_EFFECT.match(after):
                yield event.first_line, event.last_line, "timeline"
            if vocabulary.MITIGATION.search(after) or vocabulary.STRONG_RECOVERY.search(after):
                break


def _repeated(events: Sequence[Event]) -> Iterator[tuple[int, int, str]]:
    """Give rows with an action that had to be done again."""
    for place, event in enumerate(events):
        text = event.text[:1000]
        if not _AGAIN.search(text):
            continue
        stems = _stems(text)
        for earlier in events[:place]:
            if stems & _stems(earlier.text[:1000]):
                yield earlier.first_line, earlier.last_line, "timeline"
                break


def _stems(text: str) -> set[str]:
    found = (*vocabulary.MITIGATION.finditer(text), *vocabulary.TRIED.finditer(text))
    return {match[0].replace("-", "")[:_STEM_CHARS] for match in found}
