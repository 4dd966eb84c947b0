"""The best documents of an answer looked at closely: what was measured of each, for its features."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.arrays import distinct, summed
from rca_search.lexical.sequences import Sequences
from rca_search.lexical.tokens import tokenize
from rca_search.models import Role
from rca_search.protocols import LexicalIndex
from rca_search.ranking.features import HitFacts, QuestionFacts, shares
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked, Retrieval, chunk_rows
from rca_search.views import Mask, Ordinals, View


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """``count`` texts as numbers of terms in order, one after the other; ``owners`` has the text of each."""

    terms: NDArray[np.int64]
    owners: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, source: Sequences, texts: NDArray[np.integer]) -> Texts:
        """Read ``texts`` of ``source``."""
        terms, lengths = source.of(texts)
        return cls(terms.astype(np.int64), np.repeat(np.arange(len(texts)), lengths), len(texts))

    def within(self, texts: NDArray[np.integer]) -> Texts:
        """Return ``texts`` of these, which ascend."""
        wanted = np.zeros(self.count, dtype=np.bool_)
        wanted[texts] = True
        kept = wanted[self.owners]
        return Texts(self.terms[kept], np.searchsorted(texts, self.owners[kept]), len(texts))


class TermOverlap:
    """The terms and pairs of neighbouring terms of one question, held against texts."""

    def __init__(self, terms: Sequence[str], said: Sequence[str], lexical: LexicalIndex, view: View) -> None:
        """Take the different ``terms`` of the question, and all of what it says in order.

        ``rarities`` (terms,) are 0 for a term that no visible document holds.
        """
        self._lexical = lexical
        self._view = view
        self._numbers = lexical.numbers(terms)
        self.rarities = lexical.rarities(self._numbers, view=view)
        self._order = np.argsort(self._numbers, kind="stable")
        self._sorted = self._numbers[self._order]
        rows = {term: row for row, term in enumerate(terms)}
        in_order = [rows[term] for term in said]
        self._pairs = np.asarray(list(dict.fromkeys(pairwise(in_order))), dtype=np.int64).reshape(-1, 2)

    def said_in(self, texts: Texts) -> NDArray[np.bool_]:
        """Flag the question's terms in each of ``texts``, (terms, texts)."""
        rows = self._rows(texts.terms)
        found = np.zeros((len(self._numbers), texts.count), dtype=np.bool_)
        found[rows[rows >= 0], texts.owners[rows >= 0]] = True
        return found

    def covered(self, texts: Texts, unknown: float) -> Floats:
        """Return the share, by rarity, of the terms of each text that the question says, (texts,).

        ``unknown`` is the rarity of a term that no visible document holds.
        """
        width = int(texts.terms.max(initial=0)) + 1
        owners, terms = np.divmod(distinct(texts.owners * width + texts.terms), width)
        rarity = self._lexical.rarities(terms, view=self._view)
        rarity[rarity == 0] = unknown
        total = summed(owners, rarity, texts.count)
        said = summed(owners, rarity * (self._rows(terms) >= 0), texts.count)
        return np.divide(said, total, out=np.zeros(texts.count), where=total > 0)

    def phrases(self, texts: Texts, documents: NDArray[np.int64], count: int, weights: Floats) -> Floats:
        """Return the share of the question's pairs that stand side by side in any text of a document.

        ``documents`` has the document of each text, below ``count``; ``weights`` (terms,) are those of the
        question's terms: a pair weighs as much as the lighter of its two.
        """
        values = np.min(weights[self._pairs], axis=1, initial=np.inf)
        total = float(np.cumsum(values)[-1]) if len(values) else 0.0
        if total <= 0:
            return np.zeros(count, dtype=np.float64)
        found = np.zeros((count, len(values)), dtype=np.bool_)
        owners, pairs = self._pairs_in(texts)
        found[documents[owners], pairs] = True
        held, which = np.nonzero(found)
        return summed(held, values[which], count) / total

    def _pairs_in(self, texts: Texts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the texts, and for each the pair of the question, wherever one of these stands."""
        rows = self._rows(texts.terms)
        left, right, owners = rows[:-1], rows[1:], texts.owners[:-1]
        beside = (left >= 0) & (right >= 0) & (owners == texts.owners[1:])
        keys = left[beside] * len(self._numbers) + right[beside]
        asked = self._pairs[:, 0] * len(self._numbers) + self._pairs[:, 1]
        order = np.argsort(asked)
        places, known = _found(asked[order], keys)
        return owners[beside][known], order[places[known]]

    def _rows(self, terms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which of the question's terms each of ``terms`` is, -1 where it is none."""
        if not len(self._sorted):
            return np.full(len(terms), -1, dtype=np.int64)
        places, known = _found(self._sorted, terms)
        return np.where(known, self._order[places], -1)


def _found(
    ascending: NDArray[np.int64], wanted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of ``wanted`` in ``ascending``, which is not empty, and which of them are there."""
    places = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return places, ascending[places] == wanted


NEIGHBOURS = 10
"""Documents of the answer that a hit is compared with."""

_PASSAGES = 3
"""Passages of a document that are read for phrases."""

_TELLING = frozenset({Role.TITLE, Role.SUMMARY, Role.SYMPTOM, Role.IMPACT, Role.DETECTION, Role.DIAGNOSIS})
"""Parts that tell how a failure shows, which is what questions speak of."""


_TELLS = np.asarray([role in _TELLING for role in Role], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Described:
    """What is on record of a document beside a question.

    ``same_service`` tells that it shares a service with the question, ``other_service`` that both name
    services and none of them is shared.
    """

    same_service: bool = False
    other_service: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What one version holds of all texts: the terms of passages by chunk, those of titles by document.

    ``roles`` (chunks,) has the role of each chunk as its place among all roles.
    """

    passages: Sequences
    titles: Sequences
    roles: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Documents, the chunks of each one after the other, where each begins, and what was measured of them.

    ``owners`` (chunks,) are places in ``documents``.
    ``windows`` (windows, chunks) are cosines, ``present`` (terms, chunks) and ``found`` (terms, documents)
    flag the question's terms, ``cosine`` (documents,) is what documents are ranked by. A document that is
    among the best itself is there twice.
    """

    documents: Ordinals
    rows: Ordinals
    starts: NDArray[np.int64]
    owners: NDArray[np.int64]
    windows: Floats
    present: NDArray[np.bool_]
    found: NDArray[np.bool_]
    cosine: Floats


class FeatureExtractor:
    """Measures hits of one question; every statistic comes from the view alone."""

    def __init__(self, retrieval: Retrieval, record: Record) -> None:
        """Weigh the question's terms by how rare they are in the view."""
        self._retrieval = retrieval
        self._record = record
        self._terms = list(retrieval.question.terms)
        self._most = math.log(1 + (len(retrieval.view) + 0.5) / 0.5)
        said = tokenize(retrieval.question.words)
        self._wording = TermOverlap(self._terms, said, retrieval.engines.lexical, retrieval.view)
        unknown = self._wording.rarities == 0
        rarity = np.where(unknown, 1.0, self._wording.rarities / self._most)
        self.question = QuestionFacts(rarity, unknown)
        weights = retrieval.question.terms.values()
        gains = (weight * share for weight, share in zip(weights, rarity.tolist(), strict=True))
        # What BM25 could add up to where a document held every term very often.
        self._attainable = math.fsum(gains) * self._most

    def facts(self, reference: Ranked, places: Sequence[int], described: Sequence[Described]) -> HitFacts:
        """Measure the documents at ``places`` of ``reference``, at least one, each described.

        They are compared with the best of ``reference``.
        """
        retrieval, signals, chosen = self._retrieval, reference.signals.taken(np.asarray(places)), len(places)
        near, most = self._near(reference, places), self._most
        shown, wording = near.documents[:chosen], self._wording
        titles = Texts.of(self._record.titles, near.documents[: chosen + NEIGHBOURS])
        in_titles = wording.said_in(titles)
        rows, documents = self._best_passages(near, chosen)
        passages = Texts.of(self._record.passages, near.rows[rows])
        first = np.searchsorted(documents, np.arange(chosen))
        return HitFacts(
            cosine=near.cosine[:chosen],
            best_cosine=np.maximum.reduceat(near.windows.max(axis=0), near.starts)[:chosen],
            title_cosine=near.windows[:, near.starts[:chosen]].max(axis=0),
            background=retrieval.dense_background.mean,
            dense=signals.dense,
            lexical=signals.lexical,
            spelling_deviation=signals.spelling,
            word_share=self._share(retrieval.words[shown]),
            passage_word_share=self._share(
                np.maximum.reduceat(retrieval.chunk_words[near.rows], near.starts)[:chosen]
            ),
            spelling=retrieval.spelling_cosines(shown),
            found=near.found[:, :chosen],
            found_in_passage=near.present[:, rows[first]],
            found_in_title=in_titles[:, :chosen],
            of_neighbours=_any(near.found[:, chosen : chosen + NEIGHBOURS]),
            titled=_any(in_titles[:, chosen:]),
            title_covered=wording.covered(titles, most)[:chosen],
            passage_covered=wording.covered(passages.within(first), most),
            phrases=wording.phrases(passages, documents, chosen, self.question.rarity),
            telling=self._telling(near, chosen),
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
        return _Near(
            documents=documents,
            rows=rows,
            starts=starts,
            owners=np.repeat(np.arange(len(documents)), np.diff(starts, append=len(rows))),
            windows=windows,
            present=present,
            found=np.logical_or.reduceat(present, starts, axis=1),
            cosine=np.mean(np.maximum.reduceat(windows, starts, axis=1), axis=0),
        )

    def _share(self, scores: Floats) -> Floats:
        return scores / self._attainable if self._attainable > 0 else np.zeros_like(scores)

    def _best_passages(self, near: _Near, chosen: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places in ``near`` of the passages to be read, and the document of each, ascending.

        Of each of the first ``chosen`` documents those that have most of the terms by rarity, best first, the
        first of equals.
        """
        covered = shares(self.question.rarity, near.present)
        order, ranks = _ranked_within(near, -covered)
        kept = (near.owners[order] < chosen) & (ranks < _PASSAGES)
        return order[kept], near.owners[order[kept]]

    def _telling(self, near: _Near, chosen: int) -> Mask:
        """Flag the documents whose passage closest in meaning tells how the failure shows."""
        order, ranks = _ranked_within(near, -near.windows.max(axis=0))
        closest = near.rows[order[ranks == 0][:chosen]]
        flags: Mask = _TELLS[self._record.roles[closest]]
        return flags


def _ranked_within(near: _Near, keys: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the chunks by document, those of each by ``keys`` and as they stand, and the rank of each."""
    order = np.lexsort((keys, near.owners))
    return order, np.arange(len(order)) - near.starts[near.owners]


def _any(flags: NDArray[np.bool_]) -> Mask:
    found: Mask = np.logical_or.reduce(flags, axis=1)
    return found


def _ranks(reference: Ranked, places: Sequence[int]) -> NDArray[np.int64]:
    """Return the places, from 1, that each signal alone gives the documents; equals share the best."""
    parts = (reference.signals.dense, reference.signals.lexical, reference.signals.spelling)
    ranks = [[1 + int(np.count_nonzero(part > part[place])) for place in places] for part in parts]
    return np.asarray(ranks, dtype=np.int64).reshape(len(parts), len(places))


def _ahead(totals: Floats, places: Sequence[int]) -> Floats:
    """Return by how much each total exceeds that of the tenth of the others, (places,).

    Where there are fewer, the last counts as the tenth; alone, a document is ahead of nothing.
    """
    best = totals[: NEIGHBOURS + 1]
    ahead = np.zeros(len(places), dtype=np.float64)
    for number, place in enumerate(places):
        others = np.delete(best, place) if place < len(best) else best
        if len(others):
            ahead[number] = totals[place] - others[:NEIGHBOURS][-1]
    return ahead
