"""What an answer amounts to: a ladder from the same failure to nothing similar, or a question too thin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an answer amounts to, or a hit of it.

    An index that is missing, stale or damaged is none of these: that is told by an error or by
    ``Freshness``.
    """

    SAME = "same"
    """The same failure is on record, or the very runbook for it."""
    LIKELY = "likely"
    """Something on record is likely the same or a related failure."""
    POSSIBLE = "possible"
    """Something on record may be the same or a related failure, and is worth a look."""
    NOTHING_SIMILAR = "nothing_similar"
    """Hardly anything on record can be either; what is shown are near misses."""
    TOO_THIN = "too_thin"
    """The question says too little to judge by."""

    @property
    def found(self) -> bool:
        """Whether it says that something on record may help."""
        return self in (Verdict.SAME, Verdict.LIKELY, Verdict.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a hit, or the best of an answer, is what was asked for; 0 to 1, rounded to six digits.

    ``probability`` is that of the same or a related failure, ``same`` that of the same one, never larger.
    """

    probability: float
    same: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict over the hits of one kind.

    ``precision`` is what "likely" promises: at least this share of the answers that are called so is right,
    as measured on the questions that the calibration was fitted with. ``nearest`` is the id of the
    best hit where the verdict says that nothing is similar. ``missing`` says, where the question is too thin,
    what to add. ``calibration`` names the calibration: ``default`` or ``own``.
    """

    verdict: Verdict
    likelihood: Likelihood
    precision: float
    nearest: str | None = None
    missing: tuple[str, ...] = ()
    calibration: str = "default"
