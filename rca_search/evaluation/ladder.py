"""What verdicts promise and probabilities say, and what came of it among answers whose hits were judged.

Same: the first hit is the same failure. Likely and possible: the first hit is the same failure or a related
one. Nothing similar: nothing relevant is among the first three. What decides has to have been judged; answers
where it was not are counted and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.evaluation.calibration_measures import Flags, Floats, calibration_error
from rca_search.models import Verdict

LOOKED_AT = 3
"""Best hits of an answer that are looked at."""

SAME_GRADE = 2
"""Grade from which on a judged document is the same failure, or the runbook to follow; below it helps."""

PROMISE = 0.8
"""Share of the answers called likely that is promised to be right, where nobody asks for another."""

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

    ``group`` is what the question is counted under besides all of its sort, "" where nothing;
    ``probability`` that something on record is related.
    """

    question: str
    group: str
    verdict: Verdict
    probability: float
    hits: tuple[JudgedHit, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How far a promise is kept: the share of ``answers`` less the ``unjudged``, None where none is left."""

    answers: int
    unjudged: int
    share: float | None


def promises(answers: Sequence[Answer]) -> dict[str, Kept]:
    """Return what came of each promise, by the verdict that makes it, and who was denied."""
    called = {verdict: [each for each in answers if each.verdict is verdict] for verdict in Verdict}
    right_first = [each for each in answers if first_is(each, 1)]
    return {
        Verdict.SAME.value: kept(called[Verdict.SAME], lambda each: first_is(each, SAME_GRADE)),
        Verdict.LIKELY.value: kept(called[Verdict.LIKELY], lambda each: first_is(each, 1)),
        Verdict.POSSIBLE.value: kept(called[Verdict.POSSIBLE], lambda each: first_is(each, 1)),
        Verdict.NOTHING_SIMILAR.value: kept(called[Verdict.NOTHING_SIMILAR], _any_relevant),
        DENIED: kept(right_first, lambda each: each.verdict is Verdict.NOTHING_SIMILAR),
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


def kept(answers: Sequence[Answer], holds: Callable[[Answer], bool | None]) -> Kept:
    """Return of how many of ``answers`` something ``holds``; None where that was not judged."""
    told = [value for each in answers if (value := holds(each)) is not None]
    return Kept(len(answers), len(answers) - len(told), sum(told) / len(told) if told else None)


def first_is(answer: Answer, grade: int) -> bool | None:
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


@dataclass(frozen=True, slots=True)
class HitRow:
    """Judged hits: the mean probability said of them, the share that is relevant, and the calibration error.

    ``unjudged`` hits are left out. Where no hit is left there are no figures.
    """

    name: str
    hits: int
    unjudged: int
    probability: float | None
    relevant: float | None
    error: float | None


def by_rank(answers: Sequence[Answer]) -> list[HitRow]:
    """Return a row for the first hits, the second ones, and so on."""
    return [
        _row(f"rank {rank + 1}", [each.hits[rank] for each in answers if len(each.hits) > rank])
        for rank in range(LOOKED_AT)
    ]


def by_group(answers: Sequence[Answer]) -> list[HitRow]:
    """Return a row for all hits looked at of each group of questions, in the order of names."""
    groups = sorted({each.group for each in answers if each.group})
    return [
        _row(group, [hit for each in answers if each.group == group for hit in each.hits]) for group in groups
    ]


def judged_first(answers: Sequence[Answer]) -> tuple[Floats, Flags]:
    """Return the same as ``judged_hits`` of the first hits."""
    return judged_hits(each.hits[0] for each in answers if each.hits)


def _row(name: str, hits: Sequence[JudgedHit]) -> HitRow:
    said, relevant = judged_hits(hits)
    left_out = len(hits) - len(said)
    if not len(said):
        return HitRow(name, 0, left_out, None, None, None)
    error = calibration_error(said, relevant)
    return HitRow(name, len(said), left_out, float(said.mean()), float(relevant.mean()), error)


def judged_hits(hits: Iterable[JudgedHit]) -> tuple[Floats, Flags]:
    """Return the probabilities of the ``hits`` that were judged, and which of these are relevant."""
    judged = [hit for hit in hits if hit.grade is not None]
    return (
        np.asarray([hit.probability for hit in judged], dtype=np.float64),
        np.asarray([bool(hit.grade) for hit in judged], dtype=np.bool_),
    )
