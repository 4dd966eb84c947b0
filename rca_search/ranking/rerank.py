"""A second look: a cross-encoder reads the question and the best passage of each document together.

Its scores become standard scores over these documents and are added on the scale of their totals, so that no
scale of the model's own matters and what it changed stays visible.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rca_search.protocols import Reranker
from rca_search.ranking import weights
from rca_search.ranking.fusion import Background
from rca_search.ranking.retrieval import Ranked

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
