"""What votes do to a document's place: a bounded shift of its total.

Each vote on whether a document helped, or whether its fix worked, is one observation of a coin with a
symmetric Beta prior (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4). The mean of the posterior,
stretched to -1 to 1, times the largest shift is added. A document without votes stays where it is, one
vote moves little, and no number of votes moves more than the largest shift. Whether a document is the same
failure as a question is said of that question alone: such votes calibrate probabilities and move nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from rca_search.models import Aspect, Standing, Vote
from rca_search.ranking import weights
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked

_MOVING = (Aspect.HELPFUL, Aspect.FIXED)


def shift(standing: Standing) -> float:
    """Return what is added to the total of a document, within ``weights.FEEDBACK_LARGEST`` either way."""
    prior = weights.FEEDBACK_PRIOR
    mean = (standing.up + prior) / (standing.up + standing.down + 2 * prior)
    return weights.FEEDBACK_LARGEST * (2 * mean - 1)


def moved(ranked: Ranked, shifts: Floats) -> Ranked:
    """Add each document's shift, by ordinal, to its total and order anew."""
    totals = ranked.totals + shifts[ranked.documents]
    order = np.lexsort((ranked.documents, -totals))
    return Ranked(ranked.documents[order], totals[order], ranked.signals.taken(order))


def standings(votes: Iterable[Vote]) -> Mapping[str, Standing]:
    """Count the votes that move a document, by its id; the order of the votes does not matter."""
    up: Counter[str] = Counter()
    down: Counter[str] = Counter()
    for vote in votes:
        if vote.aspect in _MOVING:
            (up if vote.value else down)[vote.document] += 1
    return {name: Standing(up[name], down[name]) for name in sorted({*up, *down})}
