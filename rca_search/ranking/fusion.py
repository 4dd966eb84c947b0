"""Dense and lexical scores made comparable, then added.

Each score becomes its distance from the mean over the view's documents, in standard deviations, so
that neither retriever's scale matters. Only then are they added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.ranking.weights import DENSE, LEXICAL

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and standard deviation of a score over the documents of a view."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: Floats) -> Background:
        """Measure ``scores``; of none, or of equal ones, every score is average."""
        if not len(scores):
            return cls(0.0, 0.0)
        return cls(float(np.mean(scores)), float(np.std(scores)))

    def standardise(self, scores: Floats) -> Floats:
        """Return how many standard deviations each score lies above the mean."""
        # Below this, single-precision cosines differ by rounding alone.
        if self.deviation < 1e-6:
            return np.zeros_like(scores)
        return (scores - self.mean) / self.deviation


def fuse(dense: Floats, lexical: Floats) -> Floats:
    """Add two standard scores with their weights."""
    return DENSE * dense + LEXICAL * lexical
