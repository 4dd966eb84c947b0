"""The order of the best documents by how likely each is to be what was asked for.

The sum of the retrievers' scores brings the right documents among the first few; a look at each of these,
which the verdict takes anyway, tells more about which of them is the one. So the first few are put into the
order of their log odds, and what a reader sees first is also what the verdict speaks of.
"""

from __future__ import annotations

import numpy as np

from rca_search.ranking import weights
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked


def by_likelihood(ranked: Ranked, log_odds: Floats) -> Ranked:
    """Order the first documents of ``ranked``, as many as there are ``log_odds`` of, by these.

    What people asked for or voted, a cross-encoder said, and links and services add goes on to count: what it
    added to a total is worth ``weights.TOTAL_LOG_ODDS`` each. Equal ones keep their order. Totals stay as
    they are by place; what that adds to, or takes from, that of a document is the addition ``learned``.
    """
    count = len(log_odds)
    added = sum((amount[:count] for amount in ranked.additions.values()), np.zeros(count))
    best = np.argsort(-(log_odds + weights.TOTAL_LOG_ODDS * added), kind="stable")
    places = np.concatenate((best, np.arange(count, len(ranked.documents))))
    additions = {name: amount[places] for name, amount in ranked.additions.items()}
    additions["learned"] = ranked.totals - ranked.totals[places]
    return Ranked(ranked.documents[places], ranked.totals, ranked.signals.taken(places), additions)
