"""What was tried and did not help, where the write-up says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_search.facts import vocabulary
from rca_search.facts.resolution import acts, fails, is_trial, names_trials, only_looks, tried_in_turn
from rca_search.facts.statements import StatementKind, Statements, StatementSentence, distinct, extract
from rca_search.facts.timeline import Event
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
    in_turn = frozenset(tried_in_turn(statements))
    for statement in statements:
        if statement.kind is StatementKind.CODE or statement.role in _ASIDE:
            continue
        text = statement.text[:1000]
        helped = vocabulary.RECOVERY.search(text) and not vocabulary.NO_EFFECT.search(text)
        step = statement.role is Role.RESOLUTION and statement.kind in (StatementKind.ITEM, StatementKind.ROW)
        failed = step and fails(text) and acts(text) and not only_looks(text)
        trial = is_trial(statements, statement) and not helped
        trial = trial and (names_trials(statements, statement) or fails(text))
        failed = failed or (statement.section in in_turn and fails(text))
        if failed or vocabulary.FAILED.match(text[:80]) or trial:
            yield statement.first_line, statement.last_line, "section"


def _told(statements: Statements) -> Iterator[tuple[int, int, str]]:
    """Give sentences that tell of a failure, with the action that they or the sentence before name."""
    before: StatementSentence | None = None
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


def apart(
    resolution: Sequence[Extract], attempts: Sequence[Extract]
) -> tuple[tuple[Extract, ...], tuple[Extract, ...]]:
    """Return both without what stands in both: a deed that is told to have failed fixed nothing.

    Where nothing says that it failed, the first of what fixed it stays, and nothing else.
    """
    failed = [each for each in attempts if fails(each.text) and not _helped(each.text)]
    fixed = [each for each in resolution if not any(_overlap(each, other) for other in failed)]
    best = fixed[:1] or list(resolution[:1])
    tried = tuple(each for each in attempts if not any(_overlap(each, other) for other in best))
    rest = [each for each in fixed[1:] if not any(_overlap(each, other) for other in tried)]
    return (*best, *rest), tried


_HELPED = re.compile(
    r"(?<!\w)(?:this|that|which|it|restart|rollback|change|fix)[^.;]{0,30} "
    r"(?:resolved|fixed|solved|helped|restored|cleared)(?!\w)",
    re.IGNORECASE,
)


def _helped(text: str) -> bool:
    return _HELPED.search(text[:2000]) is not None


def _overlap(one: Extract, other: Extract) -> bool:
    return one.first_line <= other.last_line and other.first_line <= one.last_line


_SORTS = {
    "restarted": r"re-?start\w*|reboot\w*|power[ -]?cycl\w*|bounc(?:ed|ing)|kill(?:ed|s|ing)?|terminat\w+"
    r"|reset(?:s|ting)?(?! to)",
    "rolled back": r"roll(?:ed|s|ing)?[ -]?back|rollbacks?|revert\w*|downgrad\w+|undid|backed out|(?:reset"
    r"|restored) to (?:the )?(?:previous|last|old)",
    "added capacity": r"scal(?:ed|es|ing)(?: it| them)? (?:up|out)|scal(?:ed|es|ing) \S+ (?:up|out"
    r"|(?:from \S+ )?to [1-9])|increas\w+|rais(?:ed|es|ing)|bump\w*|resiz\w+|allocat(?:ed|es|ing)"
    r"|provision(?:ed|ing)|(?:added|more) (?:\w+ ){0,2}(?:nodes?|replicas?|pods?|memory|disk|capacity)"
    r"|enlarg\w+|extend(?:ed|ing) the",
    "reduced load": r"decreas\w+|reduc(?:ed|es|ing)|lower(?:ed|s|ing)|throttl\w+|rate[ -]?limit\w*|shed\w*"
    r"|scal(?:ed|es|ing) (?:\S+ )?(?:down|to (?:zero|0))|ban(?:ned|ning)|block(?:ed|ing)",
    "removed": r"delet\w+|remov\w+|drop(?:s|ped|ping)?(?! (?:in|of|to|by|below|from|sharply))"
    r"|purg\w+|clear(?:ed|ing)|flush\w*|clean(?:ed|ing)(?: up)?|evict(?:ed|ing)|prun\w+|drain(?:ed|ing)",
    "renewed": r"renew\w*|rotat(?:ed|es|ing)|re-?issu\w+|re-?generat\w+|new (?:certificate|token|key|password"
    r"|credentials?)",
    "moved": r"fail(?:ed|s|ing)?[ -]?over|switch(?:ed|es|ing)? (?:over |back )?(?:\w+ )?to|migrat(?:ed|ing)"
    r"|mov(?:ed|ing)|(?:re-?)?(?:point|rout)(?:ed|ing)|promot(?:ed|ing)",
    "turned off": r"disabl\w+|turn(?:ed|ing)? (?:\w+ )?off|switch(?:ed|ing)? (?:\w+ )?off|paus(?:ed|ing)"
    r"|revok\w+|stopped the",
    "turned on": r"re-?enabl\w+|enabl(?:ed|ing)|turn(?:ed|ing)? (?:\w+ )?on|switch(?:ed|ing)? (?:\w+ )?on"
    r"|unblock\w*|unban\w*|unlock\w*|resum(?:ed|ing)",
    "set up again": r"re-?deploy\w*|re-?creat\w+|rebuil[dt]\w*|re-?install\w*|re-?import\w*|re-?attach\w*"
    r"|replac(?:ed|ing)",
    "upgraded": r"upgrad\w+|patch(?:ed|ing)|hot-?fix\w*",
}
"""Sorts of deed by the words that tell them; what any fix may be called ("changed", "applied") is none."""

_PATTERNS = {sort: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for sort, words in _SORTS.items()}


def find_deeds(resolution: Sequence[Extract]) -> tuple[str, ...]:
    """Return the sorts of deed that the first of ``resolution`` tells of, in a fixed order."""
    if not resolution:
        return ()
    text = resolution[0].text
    return tuple(sort for sort, pattern in _PATTERNS.items() if pattern.search(text))
