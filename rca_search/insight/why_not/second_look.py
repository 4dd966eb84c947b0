"""A second look that is remembered: asking again with something changed mostly shows it the same passages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rca_search.protocols import Reranker, Scores


class RememberedReranker:
    """Scores each pair of question and passage once; for one explanation in one thread."""

    def __init__(self, reranker: Reranker) -> None:
        """Take who looks, at whatever has not been looked at."""
        self._reranker = reranker
        self._scores: dict[tuple[str, str], float] = {}

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._reranker.name

    def load(self) -> None:
        """Load the model."""
        self._reranker.load()

    def score(self, pairs: Sequence[tuple[str, str]], /) -> Scores:
        """Return one score per pair."""
        unseen = [pair for pair in dict.fromkeys(pairs) if pair not in self._scores]
        if unseen:
            self._scores.update(zip(unseen, self._reranker.score(unseen).tolist(), strict=True))
        return np.asarray([self._scores[pair] for pair in pairs], dtype=np.float32)
