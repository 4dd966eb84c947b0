"""All retrievers over one view, and one ranked list of documents out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rca_search.folders import Folders
from rca_search.lexical.arrays import distinct
from rca_search.lexical.ngram_index import NgramIndex
from rca_search.lexical.ngrams import WeightedNgrams
from rca_search.protocols import LexicalIndex, VectorStore
from rca_search.ranking import weights
from rca_search.ranking.fusion import Background, Floats, Signals
from rca_search.ranking.question import Question
from rca_search.stores.vectors import best
from rca_search.views import Mask, Ordinals, View


@dataclass(frozen=True, slots=True)
class Engines:
    """The retrievers of one version of the index, and the folders of its documents."""

    lexical: LexicalIndex
    ngrams: NgramIndex
    titles: NgramIndex
    store: VectorStore
    folders: Folders


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents best first, equal totals by ordinal; scores as in ``models.Score``.

    ``additions`` are what has been added to the weighted sum of the signals, by name.
    """

    documents: Ordinals
    totals: Floats
    signals: Signals
    additions: Mapping[str, Floats] = field(default_factory=dict)

    def raised(self, **amounts: Floats) -> Ranked:
        """Add an amount to each total, under a name, and order anew."""
        totals = self.totals + np.sum(list(amounts.values()), axis=0)
        additions = {**self.additions, **amounts}
        order = np.lexsort((self.documents, -totals))
        return Ranked(
            self.documents[order],
            totals[order],
            self.signals.taken(order),
            {name: added[order] for name, added in additions.items()},
        )

    def only(self, within: Mask) -> Ranked:
        """Return the documents that ``within`` flags, in the same order."""
        kept = np.flatnonzero(within[self.documents])
        return Ranked(
            self.documents[kept],
            self.totals[kept],
            self.signals.taken(kept),
            {name: added[kept] for name, added in self.additions.items()},
        )


def averaged(one: Ranked, other: Ranked, alert: float = 0.0) -> Ranked:
    """Return the same documents by the mean of their scores in two rankings, which hold no others.

    ``alert`` is as in ``Signals.fused``.
    """
    documents, first = np.sort(one.documents), np.argsort(one.documents)
    second = np.argsort(other.documents)
    left, right = one.signals.taken(first), other.signals.taken(second)
    signals = Signals(
        (left.dense + right.dense) / 2,
        (left.lexical + right.lexical) / 2,
        (left.spelling + right.spelling) / 2,
        (left.title + right.title) / 2,
    )
    totals = signals.fused(alert)
    order = np.lexsort((documents, -totals))
    return Ranked(documents[order], totals[order], signals.taken(order))


class Retrieval:
    """One question over one view: what does not depend on what narrows it is measured once."""

    def __init__(self, question: Question, engines: Engines, view: View) -> None:
        """Score every document by words, and the sample that dense scores are compared with."""
        self.question = question
        self.engines = engines
        self.view = view
        terms = {**question.terms, **_weighed(question.synonyms)}
        self.words = engines.lexical.score_documents(terms, view=view)
        self.chunk_words = engines.lexical.score_chunks(terms, view=view)
        self._spelling = engines.ngrams.score_documents(question.ngrams, view=view)
        title = engines.titles.coverage(_title_ngrams(question), view=view)
        best_words = engines.lexical.best_chunks(self.chunk_words, len(view.documents))
        kinds = {"words": self.words, "best words": best_words, "spelling": self._spelling, "title": title}
        self._title = title
        self._measured = {
            kind: (Background.of(scores, view.documents), scores) for kind, scores in kinds.items()
        }
        self._whole = self._scored_whole()
        sample = background_documents(view)
        rows, starts = chunk_rows(view, sample)
        windows = self.window_similarities(rows)
        similarity = _best_per_document(windows, starts)
        self.dense_background = Background.of(similarity)
        self._styles = engines.folders.styles(view)
        self._style_excess = self._excess(sample, similarity)
        self.chunk_background = Background.of(_best_window(windows))

    def rank(self, within: Mask, always: Ordinals | None = None, *, alert: float = 0.0) -> Ranked:
        """Rank the visible documents that ``within`` flags.

        The documents in ``always`` are scored even if no retriever brings them in. All statistics
        come from the view; ``within`` only narrows. ``alert`` is as in ``Signals.fused``.
        """
        pool = self._pool(self.view.documents & within, always)
        rows, starts = chunk_rows(self.view, pool)
        similarity = _best_per_document(self.window_similarities(rows), starts)
        if self._styles.matter:
            similarity -= weights.FOLDER_STYLE * self._style_excess[self._styles.numbers[pool]]
        dense = self.dense_background.standardise(similarity)
        signals = Signals(dense, *self._standard_scores(pool))
        totals = signals.fused(alert)
        order = np.lexsort((pool, -totals))
        return Ranked(pool[order], totals[order], signals.taken(order))

    def window_similarities(self, rows: Ordinals) -> Floats:
        """Return the cosine of each chunk in ``rows`` to each window of the question, (windows, rows)."""
        if self._whole is not None:
            return self._whole[:, rows]
        scores = np.zeros((len(self.question.vectors), len(rows)), dtype=np.float64)
        for number, vector in enumerate(self.question.vectors):
            scores[number] = self.engines.store.score(vector, rows)
        return scores

    def similarity(self, rows: Ordinals) -> Floats:
        """Return the cosine of each chunk in ``rows`` to the window that it is closest to."""
        return _best_window(self.window_similarities(rows))

    def best_passages(self, terms: Mapping[str, float], documents: Ordinals) -> Floats:
        """Return how well the best passage of each of ``documents`` fits ``terms``, by words."""
        scores = self.engines.lexical.score_chunks(terms, view=self.view)
        found: Floats = self.engines.lexical.best_chunks(scores, len(self.view.documents))[documents]
        return found

    def spelling_cosines(self, documents: Ordinals) -> Floats:
        """Return how alike question and each of ``documents`` are spelled, 0 to 1."""
        length = self.engines.ngrams.length(self.question.ngrams, view=self.view)
        scores: Floats = self._spelling[documents]
        return scores / length if length > 0 else np.zeros_like(scores)

    def _excess(self, sample: Ordinals, similarity: Floats) -> Floats:
        """Return by how much the documents of each folder are closer than others are, (folders + 1,)."""
        if not len(sample) or not self._styles.matter:
            return np.zeros(len(self._styles.sizes), dtype=np.float64)
        return self._styles.excess(sample, similarity)

    def _standard_scores(self, documents: Ordinals) -> tuple[Floats, Floats, Floats]:
        """Return how ``documents`` stand among the visible ones by words, by spelling and by title."""
        words, best_words, spelling, title = (
            of_all.standardise(scores[documents]) for of_all, scores in self._measured.values()
        )
        return words / 2 + best_words / 2, spelling, title

    def _scored_whole(self) -> Floats | None:
        """Return the cosine of every chunk to every window in a small corpus, or None in a large one."""
        chunks = len(self.view.chunks)
        if chunks > weights.SCORED_WHOLE:
            return None
        rows = np.arange(chunks, dtype=np.int32)
        scores = [self.engines.store.score(vector, rows) for vector in self.question.vectors]
        return np.asarray(scores, dtype=np.float64).reshape(-1, chunks)

    def _nearest(self, window: int, allowed: Mask, depth: int) -> Ordinals:
        """Return the visible chunks among ``allowed`` that are closest to a window, at most ``depth``."""
        if self._whole is not None:
            rows = np.flatnonzero(self.view.chunks & allowed)
            return best(rows, self._whole[window, rows], depth).rows
        vector = self.question.vectors[window]
        return self.engines.store.search(vector, k=depth, view=self.view, within=allowed).rows

    def _pool(self, allowed: Mask, always: Ordinals | None) -> Ordinals:
        """Gather the documents that any retriever holds among its best, in ordinal order."""
        view, vectors = self.view, self.question.vectors
        allowed_chunks = allowed[view.chunk_documents]
        depth = max(weights.CANDIDATE_CHUNKS // max(len(vectors), 1), weights.MINIMUM_CANDIDATE_CHUNKS)
        found: list[NDArray[np.integer]] = [
            view.chunk_documents[self._nearest(window, allowed_chunks, depth)]
            for window in range(len(vectors))
        ]
        for scores in (self.words, self._spelling, self._title):
            matching = np.flatnonzero((scores > 0) & allowed)
            found.append(best(matching, scores[matching], weights.CANDIDATE_DOCUMENTS).rows)
        if always is not None:
            found.append(always[allowed[always]])
        return distinct(np.concatenate(found).astype(np.int32))


def _weighed(synonyms: Mapping[str, float]) -> dict[str, float]:
    """Return the terms of the glossary with what each counts beside one of the question."""
    if not weights.SYNONYM_WORDS:
        return {}
    return {term: weights.SYNONYM_WORDS * share for term, share in synonyms.items()}


def _title_ngrams(question: Question) -> WeightedNgrams:
    """Return the runs that a title is compared with: those of the question, and less those of synonyms."""
    synonyms = question.synonym_ngrams
    said = WeightedNgrams(question.ngrams.keys, np.ones(len(question.ngrams.keys)))
    return said.joined(WeightedNgrams(synonyms.keys, weights.SYNONYM_RUNS * synonyms.weights))


def chunk_rows(view: View, documents: Ordinals) -> tuple[Ordinals, NDArray[np.int64]]:
    """Return the chunks of ``documents`` one after the other, and where each document's begin."""
    first = np.searchsorted(view.chunk_documents, documents, side="left")
    last = np.searchsorted(view.chunk_documents, documents, side="right")
    lengths = last - first
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(lengths) else np.zeros(0, dtype=np.int64)
    rows = np.repeat(first - starts, lengths) + np.arange(int(lengths.sum()))
    return rows.astype(np.int32), starts.astype(np.int64)


def _best_per_document(windows: Floats, starts: NDArray[np.int64]) -> Floats:
    """Return each document's similarity: for every window its best chunk, averaged over the windows."""
    if not windows.size:
        return np.zeros(len(starts), dtype=np.float64)
    mean: Floats = np.mean(np.maximum.reduceat(windows, starts, axis=1), axis=0)
    return mean


def _best_window(windows: Floats) -> Floats:
    if not len(windows):
        return np.zeros(windows.shape[1], dtype=np.float64)
    best: Floats = np.max(windows, axis=0)
    return best


def background_documents(view: View) -> Ordinals:
    """Return the documents whose scores stand for all: evenly spread, the same for the same view."""
    visible = np.flatnonzero(view.documents)
    if len(visible) > weights.BACKGROUND_DOCUMENTS:
        visible = visible[np.linspace(0, len(visible) - 1, weights.BACKGROUND_DOCUMENTS).astype(np.int64)]
    return visible.astype(np.int32)
