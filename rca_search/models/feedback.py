"""What people say of an answer, and the answer that they say it of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """What a vote is about."""

    HELPFUL = "helpful"
    """Was the document of use?"""
    SAME = "same"
    """Is it the same failure?"""
    FIXED = "fixed"
    """Did its fix work this time?"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document of an answer and the probability that it was the same failure, if one was given."""

    document: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which answer is meant: digest of its question, its view, its version, what it showed, best first."""

    question: str
    view: str
    version: str
    shown: tuple[Shown, ...]

    def probability_of(self, document: str) -> float | None:
        """Return the probability that was shown beside ``document``, if any."""
        return next((entry.probability for entry in self.shown if entry.document == document), None)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's word on one document of one answer.

    ``question`` is the digest of the question's text, never the text, ``answer`` that of the answer id.
    ``by`` names the voter where known.
    """

    at: dt.datetime
    question: str
    version: str
    document: str
    aspect: Aspect
    value: bool
    probability: float | None = None
    by: str | None = None
    note: str | None = None
    answer: str | None = None

    @property
    def subjects(self) -> tuple[tuple[str, ...], ...]:
        """What a later vote replaces this one by, if it has any of them in common.

        An answer has one vote on a document and aspect, and so has a voter who gives a name on a question.
        """
        about = (self.document, self.aspect.value)
        answer = () if self.answer is None else (("answer", self.answer, *about),)
        voter = () if self.by is None else (("voter", self.by, self.question, *about),)
        return (*answer, *voter)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many votes speak for a document and how many against it."""

    up: int
    down: int
