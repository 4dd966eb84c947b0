"""What fixed an incident: the part that says so, else rows of the timeline, else a sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.phrases import Phrases
from rca_search.insight.facts.ranges import distinct, extract, runs, says_nothing, trimmed
from rca_search.insight.facts.scan import Statement, StatementKind
from rca_search.insight.facts.statements import Statements
from rca_search.insight.facts.timeline import Event
from rca_search.models import Extract, Role

MAX_EXTRACTS = 6
# Rows between an action and the recovery it brought about; more are about something else.
NEAR_ROWS = 2
# A longer statement that it is over says more than that.
MOST_WORDS_OF_NOTHING = 12

_WORD = re.compile(r"(?<![\w/.])[A-Za-z]{2,}(?![\w/]|\.\w)")
_PHASE = re.compile(
    r"\W*(?:(?:incident|issue) )?(?:repaired|resolved|mitigated|restored|recovered|fixed|closed)\W*", re.I
)
_PIECE = re.compile(r"[.!?]\s+(?=[A-Z])")
_NO_FIX = re.compile(r"(?:recreate|reproduce) (?:the|this) (?:issue|problem|bug|error)", re.I)

# Parts of this role whose name promises less than the fix itself.
_LOOSE_NAMES = (
    "outcome",
    "response",
    "result",
    "disaster",
    "should you",
    "procedure",
    "instructions",
    "containment",
)
_TELLING = frozenset(
    {
        Role.TITLE,
        Role.SUMMARY,
        Role.CAUSE,
        Role.SYMPTOM,
        Role.OTHER,
        Role.LESSONS,
        Role.IMPACT,
        Role.DIAGNOSIS,
    }
)
_ASIDE = frozenset({Role.ACTIONS, Role.RELATED})


_ACTOR = re.compile(
    r"(?<!\w)(?:we|i|they|team|engineers?|on-?call|[a-z]+ team|admins?|ops)(?: (?:then|have|had|finally"
    r"|also|just|manually|quickly)){0,2} $",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    first: int
    last: int
    source: str


def find_resolution(statements: Statements, events: Sequence[Event], *, planned: bool) -> tuple[Extract, ...]:
    """Return what fixed it, best first; () where the write-up does not say how it ended.

    That it is over is no answer: "all services are back" says nothing of what was done. For planned work
    only its stated outcome counts. Code below a sentence belongs to it.
    """
    found = [*_parts(statements, planned=planned)]
    if not planned:
        found += [*_rows(events), *_leads(statements), *_trials(statements), *_sentences(statements)]
    found.sort(key=lambda candidate: -candidate.score)
    extracts = (
        extract(statements, item.first, _with_code(statements, item.last), item.source)
        for item in found[: 3 * MAX_EXTRACTS]
    )
    return distinct(extracts)[:MAX_EXTRACTS]


def _with_code(statements: Statements, last: int) -> int:
    """Return the last line of the code that follows line ``last`` directly, else ``last``."""
    for statement in statements.after(last)[:1]:
        if statement.kind is StatementKind.CODE and statement.first_line <= last + 2:
            return statement.last_line
    return last


def _parts(statements: Statements, *, planned: bool) -> Iterator[_Candidate]:
    for run in runs(statements.with_role(Role.RESOLUTION)):
        told = trimmed(run)
        if not told or (not planned and _only_over(told)):
            continue
        name = statements.name(run[0].section)
        score = 6.0 if any(loose in name for loose in _LOOSE_NAMES) else 8.0
        text = " ".join(statement.text for statement in told)[:4000]
        acts = bool(vocabulary.MITIGATION.search(text)) or any(s.kind is StatementKind.CODE for s in told)
        first, last = _working_step(told) or (told[0].first_line, told[-1].last_line)
        yield _Candidate(score + acts, first, last, "section")


def _working_step(told: Sequence[Statement]) -> tuple[int, int] | None:
    """Return the lines of the step that helped, in a part that also lists some that did not."""
    if len(told) < 3 or not any(vocabulary.NO_EFFECT.search(statement.text[:1000]) for statement in told):
        return None
    scored = []
    for place, statement in enumerate(told):
        text = statement.text[:1000]
        gain = _deed(text) + 1.5 * bool(vocabulary.STRONG_RECOVERY.search(text)) + 0.5 * bool("`" in text)
        scored.append((gain + place / len(told), statement))
    best = max(scored, key=lambda item: item[0])[1]
    return best.first_line, best.last_line


def _leads(statements: Statements) -> Iterator[_Candidate]:
    """Give statements that open with "what worked:" or the like."""
    for statement in statements:
        spoken = statement.kind is not StatementKind.CODE and statement.role not in _ASIDE
        if spoken and vocabulary.WORKED.match(statement.text[:80]):
            yield _Candidate(7.0, statement.first_line, statement.last_line, "sentence")


def _trials(statements: Statements) -> Iterator[_Candidate]:
    """Give the one that helped in a list of what was tried."""
    for statement in statements:
        if statement.kind is StatementKind.CODE or not is_trial(statements, statement):
            continue
        if vocabulary.RECOVERY.search(statement.text[:1000]) and not vocabulary.NO_EFFECT.search(
            statement.text[:1000]
        ):
            yield _Candidate(6.5, statement.first_line, statement.last_line, "section")


def is_trial(statements: Statements, statement: Statement) -> bool:
    """Tell whether a statement stands in a part that lists what was tried."""
    return vocabulary.TRIALS.fullmatch(statements.name(statement.section)) is not None


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
        if len(_WORD.findall(rest)) > MOST_WORDS_OF_NOTHING:
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
        if any(vocabulary.PERSISTS.search(events[at].text[:600]) and not strong[at] for at in near[:1]):
            score -= 2
        recovered = next((at for at in near[:1] if strong[at] and not _talks(events[at])), place)
        yield _Candidate(2 + score + place / total, event.first_line, events[recovered].last_line, "timeline")


def _restores(event: Event, words: Phrases) -> bool:
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
        failed = 2.0 * bool(vocabulary.NO_EFFECT.search(statement.text[:1000]))
        best = max([best, *(_deed(piece[:1000]) - failed for piece in pieces)])
    return best - 0.75 * bool(vocabulary.TALK.match(event.text))


def _deed(text: str) -> float:
    acts = len({match[0] for match in vocabulary.MITIGATION.finditer(text)})
    if not acts or _NO_FIX.search(text) or _PHASE.fullmatch(text):
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
        told = statements.sentences(statement)
        for sentence, following in itertools.zip_longest(told, told[1:]):
            text = sentence.text[:1000]
            score = _told(text, following.text[:400] if following else "", statement.role)
            if score > 0:
                yield _Candidate(score, sentence.first_line, sentence.last_line, "sentence")


def _told(text: str, following: str, role: Role) -> float:
    """Score how much a sentence tells of the fix; 0 where it does not."""
    if vocabulary.FUTURE.search(text) or vocabulary.NO_EFFECT.search(text):
        return 0.0
    if vocabulary.FIXED_BY.search(text):
        score = 4.0 if role in (Role.TITLE, Role.SUMMARY) else 3.0
        return score + 0.5 * bool(vocabulary.MITIGATION.search(text)) - (role is Role.LESSONS)
    if role is Role.LESSONS or _deed(text) < 1 or not _is_done(text):
        return 0.0
    if vocabulary.STRONG_RECOVERY.search(text) or vocabulary.STRONG_RECOVERY.search(following):
        return 2.5
    return 0.0 if vocabulary.STRONG_SYMPTOM.search(text) else 1.0


def _is_done(text: str) -> bool:
    """Tell whether a sentence reports a deed, by itself or by somebody, rather than how things were."""
    deed = vocabulary.MITIGATION.search(text)
    return deed is not None and (deed.start() <= 3 or _ACTOR.search(text[: deed.start()]) is not None)
