"""The words for why a document does not come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rca_search.cli.wording import counted
from rca_search.models import (
    Barrier,
    Change,
    ChangeKind,
    Contribution,
    Ground,
    KeptOut,
    Kind,
    Shift,
    Verdict,
)

VERDICTS: Mapping[Verdict, str] = {
    Verdict.SAME: "the same",
    Verdict.LIKELY: "probably related",
    Verdict.POSSIBLE: "possibly related",
    Verdict.NOTHING_SIMILAR: "nothing similar",
    Verdict.TOO_THIN: "not judged",
}
"""What a document with that verdict is to the question."""

LABELS: Mapping[Ground, str] = {
    Ground.MEANING: "meaning",
    Ground.WORDS: "words",
    Ground.TITLE: "title",
    Ground.PHRASES: "phrases",
    Ground.SPELLING: "spelling",
    Ground.SERVICE: "service",
    Ground.STANDING_OUT: "ahead",
}

_OPTIONS: Mapping[Barrier, str] = {
    Barrier.AS_OF: "--as-of",
    Barrier.EXCLUDE: "--exclude",
    Barrier.SERVICES: "--service",
    Barrier.SEVERITIES: "--severity",
    Barrier.TAGS: "--tag",
    Barrier.SINCE: "--since",
    Barrier.UNTIL: "--until",
}

_MORE: Mapping[Ground, str] = {
    Ground.MEANING: "closer in meaning",
    Ground.WORDS: "more of the question's words",
    Ground.TITLE: "better fit",
    Ground.PHRASES: "more of the question's phrases",
    Ground.SPELLING: "more alike in spelling",
    Ground.SERVICE: "better fit",
    Ground.STANDING_OUT: "farther ahead of the others, by all signs together",
}
_LESS: Mapping[Ground, str] = {
    Ground.MEANING: "farther in meaning",
    Ground.WORDS: "less of the question's words",
    Ground.TITLE: "worse fit",
    Ground.PHRASES: "fewer of the question's phrases",
    Ground.SPELLING: "less alike in spelling",
    Ground.SERVICE: "worse fit",
    Ground.STANDING_OUT: "less far ahead of the others, by all signs together",
}
_AS_FIRST: Mapping[Ground, str] = {
    Ground.MEANING: "If it were as close in meaning as the first hit:",
    Ground.WORDS: "If it had as much of the question's words as the first hit:",
    Ground.TITLE: "If its title fitted as well as that of the first hit:",
    Ground.PHRASES: "If it had as many of the question's phrases as the first hit:",
    Ground.SPELLING: "If it were spelled as much like the question as the first hit:",
    Ground.SERVICE: "If it fitted the services of the question as the first hit does:",
}
_MUCH, _A_LITTLE = 1.0, 0.25
"""Log odds from which on a difference is large, and below which it is small."""
_SHOWN = 6


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def many(number: int, kind: Kind) -> str:
    """Return how many documents of a kind there are."""
    return counted(number, kind.value)


def kept_out(found: KeptOut) -> str:
    """Say what keeps a document out."""
    if found.barrier is Barrier.AS_OF:
        return f"Did not exist yet: {_asked(found.barrier, found.wanted)}"
    if found.barrier is Barrier.CANDIDATES:
        return "Not ranked: neither meaning nor words, spelling or title has it among the best"
    return f"Kept out by {_asked(found.barrier, found.wanted)}"


def beside(found: Contribution, gap: float) -> str:
    """Say in what a document differs from the first hit on one ground; ``gap`` is in log odds."""
    manner = "much " if abs(gap) >= _MUCH else "a little " if abs(gap) < _A_LITTLE else ""
    told = manner + (_MORE if gap > 0 else _LESS)[found.ground]
    named = [f"lacks {listed(found.only_first)}"] if found.only_first else []
    named += [f"has {listed(found.only_it)}"] if found.only_it else []
    return f"{told}: {'; '.join(named)}" if named else told


def shift(found: Shift, kind: Kind) -> str:
    """Say what besides the text moved a document and the first hit, in parts of the score."""
    if found.by == "links":
        return f"links from matched incidents: {_both(found, 'none')}"
    if found.by == "service":
        whose = "the service in question" if kind is Kind.RUNBOOK else "the services of --about"
        return f"{whose}: {_both(found, 'not its own')}"
    return f"{'votes' if found.by == 'feedback' else 'the second look of --rerank'}: {_both(found, 'none')}"


def change(found: Change) -> str:
    """Say what could have been otherwise."""
    if found.kind is ChangeKind.GROUND:
        return _AS_FIRST[Ground(found.subject[0])]
    if found.kind is ChangeKind.WORDS:
        return f"If its text also said {listed(found.subject)}:"
    if found.kind is ChangeKind.LINK:
        return f"If {found.subject[0]}, the best matched incident, linked to it:"
    return f"Without {_left_out(found)}:"


def listed(names: Sequence[str]) -> str:
    """Return the first of some names and how many more there are."""
    left = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _left_out(found: Change) -> str:
    if found.kind is ChangeKind.VOTES:
        return "votes"
    if found.kind is ChangeKind.FILTER:
        if len(found.fields) == 1:
            return _asked(found.fields[0], found.subject)
        return " and ".join(_OPTIONS.get(field, field.value) for field in found.fields)
    return f"--{found.kind.value} {listed(found.subject)}"


def _asked(barrier: Barrier, wanted: Sequence[str]) -> str:
    option = _OPTIONS.get(barrier, barrier.value)
    return " ".join(f"{option} {value}" for value in wanted)


def _both(found: Shift, without: str) -> str:
    """Return what a document and the first hit got, or that they have none of it."""
    own, first = (f"{amount:+.2f}" if amount else without for amount in (found.amount, found.first_amount))
    return f"{own}; the first hit: {first}"
