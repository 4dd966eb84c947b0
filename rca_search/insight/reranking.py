"""The parts of a question and of documents that a cross-encoder compares."""

from __future__ import annotations

import numpy as np

from rca_search.indexing.snapshot import Snapshot
from rca_search.protocols import Reranker
from rca_search.ranking.rerank import reranked
from rca_search.ranking.retrieval import Ranked, Retrieval


class Reranking:
    """Looks at the best documents of one question again; without a reranker it leaves them as they are."""

    def __init__(self, snapshot: Snapshot, retrieval: Retrieval, reranker: Reranker | None) -> None:
        """Take the documents, what was retrieved, and the model if there is one."""
        self._snapshot = snapshot
        self._retrieval = retrieval
        self._reranker = reranker

    def applied(self, ranked: Ranked) -> Ranked:
        """Return ``ranked`` with the model's judgement added."""
        return ranked if self._reranker is None else reranked(ranked, self._pair, self._reranker)

    def _pair(self, ordinal: int) -> tuple[str, str]:
        """Return the window of the question and the passage of a document that are closest to each other."""
        rows = np.asarray(self._snapshot.chunks_of(ordinal), dtype=np.int32)
        title = self._snapshot.catalogue.titles[ordinal]
        similarities = self._retrieval.window_similarities(rows)
        if not similarities.size:
            return self._retrieval.question.text, title
        window, place = np.unravel_index(int(np.argmax(similarities)), similarities.shape)
        passage = self._snapshot.chunk(int(rows[place])).text
        parts = dict.fromkeys((title, passage))
        return self._retrieval.question.windows[int(window)], "\n".join(parts)
