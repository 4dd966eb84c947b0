"""Terms numbered as they come while an index is written; in the end each gets its place in the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.vocabulary import Vocabulary, encoded


class Numbering:
    """Numbers the terms of one index; whoever writes numbers of terms shares it.

    All terms are numbered before ``names`` or ``places`` is asked for.
    """

    def __init__(self) -> None:
        """Start with no term."""
        self._numbers: dict[str, int] = {}
        self._taken: NDArray[np.int32] | None = None

    def of(self, terms: Iterable[str]) -> list[int]:
        """Return the number of each of ``terms``, new ones numbered on."""
        numbers = self._numbers
        return [numbers.setdefault(term, len(numbers)) for term in terms]

    def taken(self, vocabulary: Vocabulary, terms: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the numbers of ``terms`` given as places in ``vocabulary``, always the same one."""
        if self._taken is None:
            self._taken = np.full(len(vocabulary), -1, dtype=np.int32)
        for term in dict.fromkeys(terms[self._taken[terms] < 0].tolist()):
            self._taken[term] = self.of([vocabulary.term(term)])[0]
        return self._taken[terms]

    @cached_property
    def names(self) -> list[bytes]:
        """The terms in the order of the vocabulary."""
        spelled = list(map(encoded, self._numbers))
        return [spelled[number] for number in self._order]

    @cached_property
    def places(self) -> NDArray[np.int32]:
        """The place in the vocabulary of each number."""
        places = np.empty(len(self._order), dtype=np.int32)
        places[self._order] = np.arange(len(places), dtype=np.int32)
        return places

    @cached_property
    def _order(self) -> list[int]:
        spelled = list(map(encoded, self._numbers))
        return sorted(range(len(spelled)), key=spelled.__getitem__)
