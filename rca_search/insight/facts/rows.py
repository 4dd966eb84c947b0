"""Rows of a timeline that tell what fixed the incident."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.candidates import Candidate, deed, restores
from rca_search.insight.facts.scan import StatementKind
from rca_search.insight.facts.steps import Step, acts, ends, improves, lifts, working_step
from rca_search.insight.facts.timeline import Event

# Rows between an action and the recovery it brought about; more are about something else.
NEAR_ROWS = 2
_PIECE = re.compile(r"[.!?]\s+(?=[A-Z])")


def rows_that_fixed(events: Sequence[Event]) -> Iterator[Candidate]:
    """Give rows with an action near a recovery, and the last deed before it was over."""
    yield from _deeds(events)
    yield from _last_deed(events)


def _deeds(events: Sequence[Event]) -> Iterator[Candidate]:
    total = max(len(events), 1)
    weak = [restores(event.text, vocabulary.RECOVERY) for event in events]
    strong = [restores(event.text, vocabulary.STRONG_RECOVERY) for event in events]
    seen = next((place for place, event in enumerate(events[: total // 3 + 1]) if _shows(event)), 0)
    back = max((place for place, event in enumerate(events) if _relapses(event)), default=-1)
    for place, event in enumerate(events):
        score = (
            _acting(event) - 1.5 * (place <= seen) - 3.0 * _takes_back(events, place) - 2.0 * (place < back)
        )
        if score <= 0:
            continue
        near = range(place + 1, min(place + 1 + NEAR_ROWS, len(events)))
        if strong[place] or any(strong[at] for at in near):
            score += 1.5
        elif weak[place] or any(weak[at] for at in near):
            score += 0.75
        if any(vocabulary.PERSISTS.search(events[at].text[:600]) and not strong[at] for at in near[:1]):
            score -= 2
        recovered = next((at for at in near[:1] if strong[at] and not _talks(events[at])), place)
        yield Candidate(2 + score + place / total, event.first_line, events[recovered].last_line, "timeline")


def _relapses(event: Event) -> bool:
    """Tell whether a row says that the fault is there again, so that what was done before did not fix it."""
    return vocabulary.RELAPSE.search(event.text[:2000]) is not None


def _takes_back(events: Sequence[Event], place: int) -> bool:
    """Tell whether a row lifts a limit after one shortly before it had got over the worst."""
    before = [event.text for event in events[max(place - NEAR_ROWS - 1, 0) : place]]
    return lifts(events[place].text) and any(map(acts, before)) and any(map(improves, before))


def _last_deed(events: Sequence[Event]) -> Iterator[Candidate]:
    """Give the last thing done before it was over, where rows are told in figures and nouns.

    It is over where a limit is taken back, which outweighs whatever else looks like a fix, or in the last row
    that says so.
    """
    steps = [Step(event.text, event.first_line, event.last_line) for event in events]
    places = range(len(steps) - 1, 0, -1)
    back = next((at for at in places if _takes_back(events, at)), None)
    over = next((at for at in places if ends(steps[at].text)), None)
    if back is not None:
        helped, score = working_step(steps[:back]), 5.0
    else:
        helped, score = (working_step(steps[: over + 1]) if over is not None else None), 1.5
    if helped is not None:
        yield Candidate(score, *helped, "timeline")


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
        failed = 2.0 * bool(vocabulary.NO_EFFECT.search(statement.text[:1000]))
        told = vocabulary.FIXED_BY.search(statement.text[:1000])
        fixed = 1.0 * (told is not None and not told[0].startswith(("to ", "resolved by")))
        best = max([best, fixed - failed, *(deed(piece[:1000]) - failed for piece in pieces)])
    return best - 0.75 * bool(vocabulary.TALK.match(event.text))


def _talks(event: Event) -> bool:
    text = event.text[:600]
    return bool(vocabulary.TALK.search(text) or vocabulary.BOOKKEEPING.search(text))
