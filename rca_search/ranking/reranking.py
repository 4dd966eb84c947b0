"""The best documents put in order anew: by how likely each is, and by what a cross-encoder says of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rca_search.protocols import Reranker
from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats
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


PairOf = Callable[[int], tuple[str, str]]
"""Gives the part of the question and the passage that stand for the document at an ordinal."""


def reranked(ranked: Ranked, pair_of: PairOf, reranker: Reranker) -> Ranked:
    """Add what ``reranker`` says of the best documents of ``ranked`` to their totals and order anew."""
    best = ranked.documents[: weights.RERANKED].tolist()
    if not best:
        return ranked
    scores = reranker.score([pair_of(ordinal) for ordinal in best]).astype(np.float64)
    spread = float(np.std(ranked.totals[: len(best)]))
    amounts = np.zeros(len(ranked.documents), dtype=np.float64)
    amounts[: len(best)] = weights.RERANK * spread * Background.of(scores).standardise(scores)
    return ranked.raised(reranked=amounts)
