"""The best documents of an answer looked at closely: what was measured of each, for its features."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.tokens import tokenize
from rca_search.models import Role
from rca_search.ranking.features import HitFacts, QuestionFacts, shares
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked, Retrieval, chunk_rows
from rca_search.views import Mask, Ordinals

NEIGHBOURS = 10
"""Documents of the answer that a hit is compared with."""

_PASSAGES = 3
"""Passages of a document that are read for phrases."""

_TEXTS = 2048
"""Titles and passages whose terms are kept, some 15 MB."""

_TELLING = frozenset({Role.TITLE, Role.SUMMARY, Role.SYMPTOM, Role.IMPACT, Role.DETECTION, Role.DIAGNOSIS})
"""Parts that tell how a failure shows, which is what questions speak of."""


@dataclass(frozen=True, slots=True)
class Described:
    """What is on record of a document: its title, and role and text of a chunk by ordinal.

    ``same_service`` tells that it shares a service with the question, ``other_service`` that both name
    services and none of them is shared.
    """

    title: str
    chunk: Callable[[int], tuple[Role, str]]
    same_service: bool = False
    other_service: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Documents, the chunks of each one after the other, where each begins, and what was measured of them.

    ``windows`` (windows, chunks) are cosines, ``present`` (terms, chunks) and ``found`` (terms, documents)
    flag the question's terms, ``cosine`` (documents,) is what documents are ranked by. A document that is
    among the best itself is there twice.
    """

    documents: Ordinals
    rows: Ordinals
    starts: NDArray[np.int64]
    windows: Floats
    present: NDArray[np.bool_]
    found: NDArray[np.bool_]
    cosine: Floats


class Observer:
    """Measures hits of one question; every statistic comes from the view alone."""

    def __init__(self, retrieval: Retrieval) -> None:
        """Weigh the question's terms by how rare they are in the view."""
        self._retrieval = retrieval
        self._terms = list(retrieval.question.terms)
        self._most = math.log(1 + (len(retrieval.view) + 0.5) / 0.5)
        idf = [self._frequency(term) for term in self._terms]
        unknown = np.asarray([value == 0 for value in idf], dtype=np.bool_)
        rarity = np.where(unknown, 1.0, np.asarray(idf, dtype=np.float64) / self._most)
        self.question = QuestionFacts(rarity, unknown)
        weights = retrieval.question.terms.values()
        gains = (weight * share for weight, share in zip(weights, rarity.tolist(), strict=True))
        # What BM25 could add up to where a document held every term very often.
        self._attainable = math.fsum(gains) * self._most
        said = tokenize(retrieval.question.words)
        rare = dict(zip(self._terms, rarity.tolist(), strict=True))
        self._pairs = {pair: min(rare[pair[0]], rare[pair[1]]) for pair in dict.fromkeys(pairwise(said))}
        self._pairs_total = math.fsum(self._pairs.values())

    def facts(
        self, reference: Ranked, places: Sequence[int], described: Sequence[Described], titles: Sequence[str]
    ) -> HitFacts:
        """Measure the documents at ``places`` of ``reference``, at least one, each described.

        They are compared with the best of ``reference``, whose first ``NEIGHBOURS`` have ``titles``.
        """
        retrieval, signals, chosen = self._retrieval, reference.signals.taken(np.asarray(places)), len(places)
        near = self._near(reference, places)
        shown, said = near.documents[:chosen], [_tokens(each.title) for each in described]
        passages = self._best_passages(near)[:chosen]
        best = [rows[0] for rows in passages]
        tokens = [
            [_tokens(each.chunk(int(near.rows[row]))[1]) for row in rows]
            for each, rows in zip(described, passages, strict=True)
        ]
        return HitFacts(
            cosine=near.cosine[:chosen],
            best_cosine=np.maximum.reduceat(near.windows.max(axis=0), near.starts)[:chosen],
            title_cosine=near.windows[:, near.starts[:chosen]].max(axis=0),
            background=retrieval.dense_background.mean,
            neighbours=_means_of_others(near.cosine[chosen:], near.cosine[:chosen], places),
            dense=signals.dense,
            lexical=signals.lexical,
            spelling_deviation=signals.spelling,
            word_share=self._share(retrieval.words[shown]),
            passage_word_share=self._share(
                np.maximum.reduceat(retrieval.chunk_words[near.rows], near.starts)[:chosen]
            ),
            spelling=retrieval.spelling_cosines(shown),
            found=near.found[:, :chosen],
            found_in_passage=near.present[:, best],
            found_in_title=np.stack([self._said_in(each) for each in said], axis=1),
            of_neighbours=_any(near.found[:, chosen : chosen + NEIGHBOURS]),
            titled=_any(np.stack([self._said_in(_tokens(title)) for title in titles], axis=1)),
            title_covered=np.asarray([self._covered(each) for each in said]),
            passage_covered=np.asarray([self._covered(each[0]) for each in tokens]),
            phrases=np.asarray([self._phrases(each) for each in tokens]),
            telling=self._telling(near, described),
            ranks=_ranks(reference, places),
            ahead=_ahead(reference.totals, places),
            same_service=np.asarray([each.same_service for each in described], dtype=np.bool_),
            other_service=np.asarray([each.other_service for each in described], dtype=np.bool_),
        )

    def _near(self, reference: Ranked, places: Sequence[int]) -> _Near:
        """Measure the chosen documents and, after them, the best, which they are compared with."""
        retrieval = self._retrieval
        best = reference.documents[: NEIGHBOURS + 1]
        documents = np.concatenate((reference.documents[np.asarray(places)], best))
        rows, starts = chunk_rows(retrieval.view, documents)
        windows = retrieval.window_similarities(rows)
        present = retrieval.engines.lexical.present(self._terms, rows)
        cosine = np.mean(np.maximum.reduceat(windows, starts, axis=1), axis=0)
        return _Near(
            documents, rows, starts, windows, present, np.logical_or.reduceat(present, starts, axis=1), cosine
        )

    def _frequency(self, term: str) -> float:
        retrieval = self._retrieval
        return retrieval.engines.lexical.inverse_document_frequency(term, view=retrieval.view)

    def _share(self, scores: Floats) -> Floats:
        return scores / self._attainable if self._attainable > 0 else np.zeros_like(scores)

    def _said_in(self, tokens: Iterable[str]) -> Mask:
        held = set(tokens)
        return np.asarray([term in held for term in self._terms], dtype=np.bool_)

    def _best_passages(self, near: _Near) -> list[list[int]]:
        """Return the passages of each document that have most of the terms by rarity, the first of equals."""
        covered = shares(self.question.rarity, near.present)
        bounds = [*near.starts.tolist(), len(near.rows)]
        return [
            (first + np.argsort(-covered[first:last], kind="stable")[:_PASSAGES]).tolist()
            for first, last in pairwise(bounds)
        ]

    def _telling(self, near: _Near, described: Sequence[Described]) -> Mask:
        """Flag the documents whose passage closest in meaning tells how the failure shows."""
        parts = np.split(near.windows.max(axis=0), near.starts[1:])
        rows = [
            int(near.rows[start + np.argmax(part)])
            for start, part in zip(near.starts.tolist(), parts, strict=True)
        ]
        flags = [each.chunk(row)[0] in _TELLING for each, row in zip(described, rows, strict=False)]
        return np.asarray(flags, dtype=np.bool_)

    def _covered(self, tokens: Iterable[str]) -> float:
        """Return the share, by rarity, of the words of a text that the question says."""
        rarity = {term: self._frequency(term) or self._most for term in dict.fromkeys(tokens)}
        total = math.fsum(rarity.values())
        said = math.fsum(rarity[term] for term in rarity if term in self._retrieval.question.terms)
        return said / total if total > 0 else 0.0

    def _phrases(self, passages: Sequence[Sequence[str]]) -> float:
        """Return the share, by rarity, of the question's pairs of words that stand side by side in any."""
        if self._pairs_total <= 0:
            return 0.0
        there = {pair for tokens in passages for pair in pairwise(tokens)}
        return math.fsum(rarity for pair, rarity in self._pairs.items() if pair in there) / self._pairs_total


@lru_cache(maxsize=_TEXTS)
def _tokens(text: str) -> tuple[str, ...]:
    """Return the terms of a title or a passage: the same few come back for question after question."""
    return tuple(tokenize(text))


def _any(flags: NDArray[np.bool_]) -> Mask:
    found: Mask = np.logical_or.reduce(flags, axis=1)
    return found


def _others(best: Floats, place: int) -> Floats:
    """Return what the best ten documents besides the one at ``place`` have, of the first eleven."""
    return np.delete(best, place)[:NEIGHBOURS] if place < len(best) else best[:NEIGHBOURS]


def _means_of_others(best: Floats, own: Floats, places: Sequence[int]) -> Floats:
    """Return, for each document, the mean over the best ten others; its own where it is alone."""
    others = [_others(best, place) for place in places]
    return np.asarray(
        [np.mean(found) if len(found) else alone for found, alone in zip(others, own, strict=True)],
        dtype=np.float64,
    )


def _ranks(reference: Ranked, places: Sequence[int]) -> NDArray[np.int64]:
    """Return the places, from 1, that each signal alone gives the documents; equals share the best."""
    parts = (reference.signals.dense, reference.signals.lexical, reference.signals.spelling)
    ranks = [[1 + int(np.count_nonzero(part > part[place])) for place in places] for part in parts]
    return np.asarray(ranks, dtype=np.int64).reshape(len(parts), len(places))


def _ahead(totals: Floats, places: Sequence[int]) -> Floats:
    """Return by how much each total exceeds the best and the tenth of the others, (2, places).

    Where there are fewer, the last counts as the tenth; alone, a document is ahead of nothing.
    """
    ahead = np.zeros((2, len(places)), dtype=np.float64)
    for number, place in enumerate(places):
        others = _others(totals[: NEIGHBOURS + 1], place)
        if len(others):
            ahead[:, number] = totals[place] - others[0], totals[place] - others[-1]
    return ahead
