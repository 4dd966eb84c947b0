"""Measures of a ranked list against graded judgements.

Definitions follow trec_eval: a document counts as relevant at grade 1 and above, gains are linear,
and documents without a judgement count as not relevant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def hit(ranking: Sequence[str], relevant: Mapping[str, int], *, depth: int) -> float:
    """Return 1 if a relevant document stands among the first ``depth``, else 0."""
    return float(any(document in relevant for document in ranking[:depth]))


def recall(ranking: Sequence[str], relevant: Mapping[str, int], *, depth: int) -> float:
    """Return the share of the relevant documents among the first ``depth``."""
    if not relevant:
        return 0.0
    return sum(document in relevant for document in ranking[:depth]) / len(relevant)


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return 1 over the rank of the first relevant document, 0 where there is none."""
    for place, document in enumerate(ranking, start=1):
        if document in relevant:
            return 1.0 / place
    return 0.0


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], *, depth: int) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), linear gains."""
    gained = _discounted([relevant.get(document, 0) for document in ranking[:depth]])
    ideal = _discounted(sorted(relevant.values(), reverse=True)[:depth])
    return gained / ideal if ideal > 0 else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))
