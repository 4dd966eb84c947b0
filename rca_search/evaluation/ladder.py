"""What the verdicts promise, and what came of it among answers whose hits were judged.

Same: the first hit is the same failure. Likely and possible: the first hit is the same failure or a related
one. Nothing similar: nothing relevant is among the first three. What decides has to have been judged; answers
where it was not are counted and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.models import Judgement, Verdict

LOOKED_AT = 3
"""Best hits of an answer that are looked at."""

SAME_GRADE = 2
"""Grade from which on a judged document is the same failure, or the runbook to follow; below it helps."""

NOTHING_RELEVANT = 0.05
"""Promise of "nothing similar": at most this share has something relevant among its first hits."""

DENIED = "denied"
"""Answers whose first hit is relevant, and which of them were called "nothing similar"."""


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A hit with the probability that it was said to have; ``grade`` is None where nobody judged it."""

    document: str
    probability: float
    grade: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one question, and of the first ``LOOKED_AT`` hits.

    ``group`` is what the question is counted under besides all of its sort, "" where nothing.
    """

    question: str
    group: str
    judgement: Judgement
    hits: tuple[JudgedHit, ...]

    @property
    def verdict(self) -> Verdict:
        """What the answer was called."""
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """How far a promise is kept: the share of ``answers`` less the ``unjudged``, None where none is left."""

    answers: int
    unjudged: int
    share: float | None


def promises(answers: Sequence[Answer]) -> dict[str, Kept]:
    """Return what came of each promise, by the verdict that makes it, and who was denied."""
    called = {verdict: [each for each in answers if each.verdict is verdict] for verdict in Verdict}
    right_first = [each for each in answers if _first_is(each, 1)]
    return {
        Verdict.SAME.value: _kept(called[Verdict.SAME], lambda each: _first_is(each, SAME_GRADE)),
        Verdict.LIKELY.value: _kept(called[Verdict.LIKELY], lambda each: _first_is(each, 1)),
        Verdict.POSSIBLE.value: _kept(called[Verdict.POSSIBLE], lambda each: _first_is(each, 1)),
        Verdict.NOTHING_SIMILAR.value: _kept(called[Verdict.NOTHING_SIMILAR], _any_relevant),
        DENIED: _kept(right_first, lambda each: each.verdict is Verdict.NOTHING_SIMILAR),
    }


def rungs(answers: Sequence[Answer]) -> Mapping[str, float]:
    """Return the share of ``answers`` that was given each verdict."""
    return {
        verdict.value: sum(each.verdict is verdict for each in answers) / max(len(answers), 1)
        for verdict in Verdict
    }


def share_found(answers: Sequence[Answer]) -> float:
    """Return the share of ``answers`` that said that something may help."""
    return sum(each.verdict.found for each in answers) / max(len(answers), 1)


def _kept(answers: Sequence[Answer], holds: Callable[[Answer], bool | None]) -> Kept:
    told = [value for each in answers if (value := holds(each)) is not None]
    return Kept(len(answers), len(answers) - len(told), sum(told) / len(told) if told else None)


def _first_is(answer: Answer, grade: int) -> bool | None:
    """Return whether the first hit has ``grade`` at least; None where nobody judged it, False without one."""
    if not answer.hits:
        return False
    first = answer.hits[0].grade
    return None if first is None else first >= grade


def _any_relevant(answer: Answer) -> bool | None:
    """Return whether a hit is relevant; None where none is known to be and some were not judged."""
    grades = [hit.grade for hit in answer.hits]
    if any(_relevant(grades)):
        return True
    return None if None in grades else False


def _relevant(grades: Iterable[int | None]) -> Iterable[bool]:
    return (grade is not None and grade > 0 for grade in grades)
