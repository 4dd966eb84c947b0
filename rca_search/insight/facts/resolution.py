"""What fixed an incident: the part that says so, else rows of the timeline, else a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.ranges import distinct, extract, runs, says_nothing, trimmed
from rca_search.insight.facts.statements import Statement, StatementKind, Statements
from rca_search.insight.facts.timeline import Event
from rca_search.models import Extract, Role
from rca_search.sources.roles import normalised

MAX_EXTRACTS = 6
# Rows between an action and the recovery it brought about; more are about something else.
NEAR_ROWS = 2

_PIECE = re.compile(r"[.!?]\s+(?=[A-Z])")
_NO_FIX = re.compile(r"(?:recreate|reproduce) (?:the|this) (?:issue|problem|bug|error)", re.I)

# Parts of this role whose name promises less than the fix itself.
_LOOSE_NAMES = ("outcome", "response", "result", "disaster", "should you", "procedure", "instructions", "containment")
_TELLING = frozenset({Role.TITLE, Role.SUMMARY, Role.CAUSE, Role.SYMPTOM, Role.OTHER, Role.LESSONS, Role.IMPACT})


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    first: int
    last: int
    source: str


def find_resolution(statements: Statements, events: Sequence[Event], *, planned: bool) -> tuple[Extract, ...]:
    """Return what fixed it, best first; () where the write-up does not say how it ended.

    That it is over is no answer: "all services are back" says nothing of what was done. For planned work
    only its stated outcome counts.
    """
    found = [*_parts(statements, planned=planned)]
    if not planned:
        found += [*_rows(events), *_sentences(statements)]
    found.sort(key=lambda candidate: -candidate.score)
    extracts = (extract(statements, item.first, item.last, item.source) for item in found[: 3 * MAX_EXTRACTS])
    return distinct(extracts)[:MAX_EXTRACTS]


def _parts(statements: Statements, *, planned: bool) -> Iterator[_Candidate]:
    for run in runs(statements.with_role(Role.RESOLUTION)):
        told = trimmed(run)
        if not told or (not planned and _only_over(told)):
            continue
        name = normalised(statements.heading(run[0].section))
        score = 6.0 if any(loose in name for loose in _LOOSE_NAMES) else 8.0
        text = " ".join(statement.text for statement in told)[:4000]
        acts = bool(vocabulary.MITIGATION.search(text)) or any(s.kind is StatementKind.CODE for s in told)
        yield _Candidate(score + acts, told[0].first_line, told[-1].last_line, "section")


def _only_over(told: Sequence[Statement]) -> bool:
    """Tell whether statements say that it is over and nothing of how."""
    saying = [statement for statement in told if not says_nothing(statement)]
    for statement in saying:
        text = statement.text[:1000]
        rest = vocabulary.OVER_ONLY.without(text)
        if vocabulary.VENDOR_FIXED.search(text) or statement.kind is StatementKind.CODE:
            return False
        if vocabulary.MITIGATION.search(rest) or vocabulary.FIXED_BY.search(rest):
            return False
    text = " ".join(statement.text for statement in saying)[:2000]
    return bool(vocabulary.OVER_ONLY.search(text))


def _rows(events: Sequence[Event]) -> Iterator[_Candidate]:
    total = max(len(events), 1)
    ends = [_restores(event, vocabulary.RECOVERY) for event in events]
    strong = [_restores(event, vocabulary.STRONG_RECOVERY) for event in events]
    seen = next((place for place, event in enumerate(events[: total // 3 + 1]) if _shows(event)), 0)
    for place, event in enumerate(events):
        score = _acting(event) - 1.5 * (place <= seen)
        if score <= 0:
            continue
        near = range(place + 1, min(place + 1 + NEAR_ROWS, len(events)))
        if strong[place] or any(strong[at] for at in near):
            score += 1.5
        elif ends[place] or any(ends[at] for at in near):
            score += 0.75
        if any(vocabulary.PERSISTS.search(events[at].text[:600]) for at in near[:1]):
            score -= 2
        recovered = next((at for at in near[:1] if strong[at] and not _talks(events[at])), place)
        yield _Candidate(2 + score + place / total, event.first_line, events[recovered].last_line, "timeline")


def _restores(event: Event, words: vocabulary.Phrases) -> bool:
    text = event.text[:2000]
    return words.search(text) is not None and not vocabulary.BOOKKEEPING.search(text)


def _shows(event: Event) -> bool:
    """Tell whether a row shows the fault: what was done before that did not fix it."""
    return vocabulary.SYMPTOM.search(event.text[:2000]) is not None


def _acting(event: Event) -> float:
    """Score how much a row tells of something that was done about the incident; 0 or less for no."""
    best = 0.0
    for statement in event.statements or ():
        if statement.kind is StatementKind.CODE:
            best += 0.5 if best > 0 else 0
            continue
        pieces = _PIECE.split(statement.text[:2000])
        best = max([best, *(_deed(piece[:1000]) for piece in pieces)])
    best = max([best, *(_deed(piece) for piece in _PIECE.split(event.text[:1000])[:8])])
    return best - 0.75 * bool(vocabulary.TALK.match(event.text))


def _deed(text: str) -> float:
    acts = len({match[0] for match in vocabulary.MITIGATION.finditer(text)})
    if not acts or _NO_FIX.search(text):
        return 0.0
    score = 1.0 + 0.25 * min(acts - 1, 2)
    if vocabulary.NO_EFFECT.search(text):
        score -= 2
    if vocabulary.FUTURE.search(text):
        score -= 0.5
    if vocabulary.TALK.search(text):
        score -= 0.75
    if vocabulary.BOOKKEEPING.search(text) or vocabulary.WATCHING.search(text):
        score -= 0.75
    return score


def _talks(event: Event) -> bool:
    text = event.text[:600]
    return bool(vocabulary.TALK.search(text) or vocabulary.BOOKKEEPING.search(text))


def _sentences(statements: Statements) -> Iterator[_Candidate]:
    for statement in statements.with_role(*_TELLING):
        if statement.kind is StatementKind.CODE:
            continue
        for sentence in statements.sentences(statement):
            text = sentence.text[:1000]
            if not vocabulary.FIXED_BY.search(text) or vocabulary.FUTURE.search(text):
                continue
            score = 4.0 if statement.role in (Role.TITLE, Role.SUMMARY) else 3.0
            score += 0.5 * bool(vocabulary.MITIGATION.search(text)) - 2 * bool(vocabulary.NO_EFFECT.search(text))
            if statement.role is Role.LESSONS:
                score -= 1
            yield _Candidate(score, sentence.first_line, sentence.last_line, "sentence")
