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

    ``question`` is the digest of the question's text, never the text. ``by`` names the voter where known: a
    later vote of the same voter on the same question, document and aspect replaces the earlier one.
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

    @property
    def subject(self) -> tuple[str, str, Aspect, str | None]:
        """What a later vote has to agree in to replace this one."""
        return (self.question, self.document, self.aspect, self.by)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many votes speak for a document and how many against it."""

    up: int
    down: int
