"""How much of what texts say a question says too, by numbers of terms: nothing is read or cut into terms.

Sums add one number after the other in the order of terms, so that the last digit of a text's share does not
depend on which other texts are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.arrays import distinct, summed
from rca_search.lexical.sequences import Sequences
from rca_search.protocols import LexicalIndex
from rca_search.ranking.fusion import Floats
from rca_search.views import View


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


class Wording:
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
