"""How likely a runbook applies, by all paths that lead to it.

Each path makes it applicable by itself with some probability, and they are taken to fail independently of
each other (noisy or; J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988, section 4.3.2): the
text, each matched incident that links to it, and the service in question or one that this depends on. A link
counts as far as its incident is likely to be the same or a related failure, a service as far as the runbook
speaks of the symptom.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FILE_NAME = "paths.json"

PROBABILITY_DIGITS = 6
"""Digits that probabilities are rounded to, as those of ``calibration`` are."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The probability that a runbook applies to which nothing but that path leads, and leads surely."""

    linked: float
    service: float
    dependency: float

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


@cache
def packaged_paths() -> Paths:
    """Return the numbers of the package; docs/verdict.md says what they were estimated from."""
    return Paths(**json.loads(Path(__file__).with_name(FILE_NAME).read_bytes()))


def noisy_or(probabilities: Iterable[float]) -> float:
    """Return how likely at least one of independent causes is at work, rounded to six digits."""
    return round(1.0 - math.prod(1.0 - probability for probability in probabilities), PROBABILITY_DIGITS)
