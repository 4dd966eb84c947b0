"""Scores of different kinds made comparable, then added.

Each score becomes its distance from the mean over the view's documents, in standard deviations, so
that no scale of its own matters. Only then are they added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.ranking import weights
from rca_search.views import Mask

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and standard deviation of a score over the documents of a view."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: Floats, among: Mask | None = None) -> Background:
        """Measure the ``scores`` that ``among`` flags; of none, or of equal ones, each is average."""
        if among is not None and not among.all():
            scores = scores[among]
        if not len(scores):
            return cls(0.0, 0.0)
        return cls(float(np.mean(scores)), float(np.std(scores)))

    def standardise(self, scores: Floats) -> Floats:
        """Return how many standard deviations each score lies above the mean."""
        # Below this, single-precision cosines differ by rounding alone.
        if self.deviation < 1e-6:
            return np.zeros_like(scores)
        return (scores - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Signals:
    """Standard scores of the same documents: of meaning, of words, of spelling and of the title."""

    dense: Floats
    lexical: Floats
    spelling: Floats
    title: Floats

    def fused(self, alert: float = 0.0) -> Floats:
        """Add them with their weights; ``alert``, 0 to 1, is how far those for alerts count."""
        shares = [
            (1.0 - alert) * word + alert * other
            for word, other in zip(weights.WORDS, weights.ALERTS, strict=True)
        ]
        text = shares[0] * self.dense + shares[1] * self.lexical + shares[2] * self.spelling
        fused: Floats = text + shares[3] * self.title
        return fused

    def taken(self, places: NDArray[np.integer]) -> Signals:
        """Return the scores at ``places``, in that order."""
        return Signals(self.dense[places], self.lexical[places], self.spelling[places], self.title[places])


def fuse_passages(dense: Floats, lexical: Floats) -> Floats:
    """Add two standard scores of passages with their weights."""
    return weights.PASSAGE_DENSE * dense + weights.PASSAGE_LEXICAL * lexical
