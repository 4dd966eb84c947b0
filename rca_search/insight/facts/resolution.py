"""What fixed an incident: the part that says so, else rows of the timeline, else a sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.candidates import Candidate, deed
from rca_search.insight.facts.ranges import distinct, extract, runs, says_nothing, trimmed
from rca_search.insight.facts.rows import rows_that_fixed
from rca_search.insight.facts.scan import Statement, StatementKind
from rca_search.insight.facts.statements import Statements, is_praise
from rca_search.insight.facts.steps import FEWEST, Step, fails, improves, working_step
from rca_search.insight.facts.timeline import Event
from rca_search.models import Extract, Role

MAX_EXTRACTS = 6
# A longer statement that it is over says more than that.
MOST_WORDS_OF_NOTHING = 12

_WORD = re.compile(r"(?<![\w/.])[A-Za-z]{2,}(?![\w/]|\.\w)")


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


def find_resolution(statements: Statements, events: Sequence[Event], *, planned: bool) -> tuple[Extract, ...]:
    """Return what fixed it, best first; () where the write-up does not say how it ended.

    That it is over is no answer: "all services are back" says nothing of what was done. For planned work
    only its stated outcome counts. Code below a sentence belongs to it.
    """
    found = [*_parts(statements, planned=planned)]
    if not planned:
        found += [
            *rows_that_fixed(events),
            *_leads(statements),
            *_trials(statements),
            *_helped(statements),
            *_sentences(statements),
        ]
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


def _parts(statements: Statements, *, planned: bool) -> Iterator[Candidate]:
    for run in runs(statements.with_role(Role.RESOLUTION)):
        told = trimmed(run)
        if not told or (not planned and _only_over(told)):
            continue
        name = statements.name(run[0].section)
        score = 6.0 if any(loose in name for loose in _LOOSE_NAMES) else 8.0
        text = " ".join(statement.text for statement in told)[:4000]
        acts = bool(vocabulary.MITIGATION.search(text)) or any(s.kind is StatementKind.CODE for s in told)
        first, last = _working_step(told) or (told[0].first_line, told[-1].last_line)
        yield Candidate(score + acts, first, last, "section")


def _working_step(told: Sequence[Statement]) -> tuple[int, int] | None:
    """Return the lines of the step that helped, in a part that also lists some that did not."""
    listed = sum(statement.kind in (StatementKind.ITEM, StatementKind.ROW) for statement in told)
    if listed < FEWEST or not any(fails(statement.text) for statement in told):
        return None
    return working_step(_steps(told))


def _steps(told: Sequence[Statement]) -> list[Step]:
    """Return statements as steps; code, and what is further in, belongs to the statement above."""
    outer = min(
        (statement.indent for statement in told if statement.kind is not StatementKind.CODE), default=0
    )
    found: list[Step] = []
    for statement in told:
        if found and (statement.kind is StatementKind.CODE or statement.indent > outer):
            last = found[-1]
            found[-1] = Step(f"{last.text} {statement.text}", last.first_line, statement.last_line)
        else:
            found.append(Step(statement.text, statement.first_line, statement.last_line))
    return found


def _leads(statements: Statements) -> Iterator[Candidate]:
    """Give statements that open with "what worked:" or the like."""
    for statement in statements:
        spoken = statement.kind is not StatementKind.CODE and statement.role not in _ASIDE
        if spoken and vocabulary.WORKED.match(statement.text[:80]):
            yield Candidate(7.0, statement.first_line, statement.last_line, "sentence")


def _helped(statements: Statements) -> Iterator[Candidate]:
    """Give the commands of a part that is called "what worked" or the like."""
    for run in runs(
        [each for each in statements if vocabulary.HELPED.fullmatch(statements.name(each.section))]
    ):
        if any(statement.kind is StatementKind.CODE for statement in run):
            yield Candidate(7.0, run[0].first_line, run[-1].last_line, "section")


def _trials(statements: Statements) -> Iterator[Candidate]:
    """Give the one that helped in a list of what was tried."""
    for run in runs([each for each in statements if is_trial(statements, each)]):
        helped = working_step(_steps(run))
        if helped is not None and any(
            vocabulary.RECOVERY.search(step.text[:1000]) or improves(step.text)
            for step in _steps(run)
            if helped[0] <= step.first_line <= helped[1]
        ):
            yield Candidate(6.5, *helped, "section")


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


def _sentences(statements: Statements) -> Iterator[Candidate]:
    for statement in statements.with_role(*_TELLING):
        if statement.kind is StatementKind.CODE:
            continue
        told = statements.sentences(statement)
        for sentence, following in itertools.zip_longest(told, told[1:]):
            text = sentence.text[:1000]
            score = _told(text, following.text[:400] if following else "", statement.role)
            if score > 0 and not is_praise(statements, statement):
                yield Candidate(score, sentence.first_line, sentence.last_line, "sentence")


def _told(text: str, following: str, role: Role) -> float:
    """Score how much a sentence tells of the fix; 0 where it does not."""
    if vocabulary.FUTURE.search(text) or fails(text):
        return 0.0
    if vocabulary.FIXED_BY.search(text):
        score = 4.0 if role in (Role.TITLE, Role.SUMMARY) else 3.0
        return score + 0.5 * bool(vocabulary.MITIGATION.search(text)) - (role is Role.LESSONS)
    if role is Role.LESSONS or deed(text) < 1 or not _is_done(text):
        return 0.0
    if vocabulary.STRONG_RECOVERY.search(text) or vocabulary.STRONG_RECOVERY.search(following):
        return 2.5
    return 0.0 if vocabulary.STRONG_SYMPTOM.search(text) else 1.0


def _is_done(text: str) -> bool:
    """Tell whether a sentence reports a deed, by itself or by somebody, rather than how things were."""
    deed = vocabulary.MITIGATION.search(text)
    if deed is None or (deed.start() <= 3 and deed[0].endswith("s")):
        return False  # "Updates of shipments hang": what opens a sentence so is a noun
    return deed.start() <= 3 or _ACTOR.search(text[: deed.start()]) is not None
