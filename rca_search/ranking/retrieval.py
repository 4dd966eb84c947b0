"""Both retrievers over one view, and one ranked list of documents out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.protocols import LexicalIndex, VectorStore
from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats, fuse
from rca_search.ranking.question import Question
from rca_search.views import Mask, Ordinals, View


@dataclass(frozen=True, slots=True)
class Engines:
    """The two retrievers of one version of the index."""

    lexical: LexicalIndex
    store: VectorStore


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents best first, equal totals by ordinal; scores as in ``models.Score``."""

    documents: Ordinals
    totals: Floats
    dense: Floats
    lexical: Floats


def rank(
    question: Question, engines: Engines, *, view: View, within: Mask, always: Ordinals | None = None
) -> Ranked:
    """Rank the documents of ``view`` that ``within`` flags.

    The documents in ``always`` are scored even if neither retriever brings them in. All statistics
    come from ``view``; ``within`` only narrows.
    """
    allowed = view.documents & within
    lexical_scores = engines.lexical.score_documents(question.terms, view=view)
    pool = _pool(question, engines, view, allowed, lexical_scores, always)
    dense_scores = best_similarity(question, engines.store, view, pool)
    sample = background_documents(view)
    dense = Background.of(best_similarity(question, engines.store, view, sample)).standardise(dense_scores)
    lexical = Background.of(lexical_scores[view.documents]).standardise(lexical_scores[pool])
    totals = fuse(dense, lexical)
    order = np.lexsort((pool, -totals))
    return Ranked(pool[order], totals[order], dense[order], lexical[order])


def best_similarity(question: Question, store: VectorStore, view: View, documents: Ordinals) -> Floats:
    """Return each document's similarity: for every window its best chunk, averaged over the windows."""
    rows, starts = chunk_rows(view, documents)
    if not len(rows) or not len(question.vectors):
        return np.zeros(len(documents), dtype=np.float64)
    windows = [np.maximum.reduceat(store.score(vector, rows), starts) for vector in question.vectors]
    mean: Floats = np.mean(np.asarray(windows, dtype=np.float64), axis=0)
    return mean


def chunk_rows(view: View, documents: Ordinals) -> tuple[Ordinals, NDArray[np.int64]]:
    """Return the chunks of ``documents`` one after the other, and where each document's begin."""
    first = np.searchsorted(view.chunk_documents, documents, side="left")
    last = np.searchsorted(view.chunk_documents, documents, side="right")
    lengths = last - first
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(lengths) else np.zeros(0, dtype=np.int64)
    rows = np.repeat(first - starts, lengths) + np.arange(int(lengths.sum()))
    return rows.astype(np.int32), starts.astype(np.int64)


def _pool(
    question: Question,
    engines: Engines,
    view: View,
    allowed: Mask,
    lexical_scores: Floats,
    always: Ordinals | None,
) -> Ordinals:
    """Gather the documents that either retriever holds among its best, in ordinal order."""
    allowed_chunks = allowed[view.chunk_documents]
    count = max(len(question.vectors), 1)
    depth = max(weights.CANDIDATE_CHUNKS // count, weights.MINIMUM_CANDIDATE_CHUNKS)
    found: list[NDArray[np.integer]] = [
        view.chunk_documents[engines.store.search(vector, k=depth, view=view, within=allowed_chunks).rows]
        for vector in question.vectors
    ]
    matching = np.flatnonzero((lexical_scores > 0) & allowed)
    order = np.lexsort((matching, -lexical_scores[matching]))
    found.append(matching[order][: weights.CANDIDATE_DOCUMENTS])
    if always is not None:
        found.append(always[allowed[always]])
    return np.unique(np.concatenate(found)).astype(np.int32)


def background_documents(view: View) -> Ordinals:
    """Return the documents whose scores stand for all: evenly spread, the same for the same view."""
    visible = np.flatnonzero(view.documents)
    if len(visible) > weights.BACKGROUND_DOCUMENTS:
        visible = visible[np.linspace(0, len(visible) - 1, weights.BACKGROUND_DOCUMENTS).astype(np.int64)]
    return visible.astype(np.int32)
