"""The terms of an index: as written, numbered in sorted order, and looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import from_bytes, to_bytes

_BLOCK = "terms.utf8"
_OFFSETS = "terms.offsets.npy"


def encoded(term: str) -> bytes:
    """Return the bytes that terms are sorted and compared by."""
    return term.encode("utf-8", "surrogatepass")


class Vocabulary:
    """Sorted terms; a term's number is its place."""

    def __init__(self, block: bytes, offsets: NDArray[np.int64]) -> None:
        """Take the terms one after the other and where each begins, the end of the last included."""
        self._block = block
        self._offsets = offsets

    @classmethod
    def open(cls, artefacts: Mapping[str, bytes]) -> Vocabulary:
        """Read what ``write`` gave; raises IndexCorruptError where the parts do not fit together."""
        offsets = from_bytes(artefacts, _OFFSETS, np.int64)
        block = artefacts.get(_BLOCK, b"")
        fits = len(offsets) > 0 and offsets[0] == 0 and offsets[-1] == len(block)
        if not fits or np.any(offsets[1:] <= offsets[:-1]):
            raise IndexCorruptError("The list of terms is damaged.", remedy="Build it again.")
        return cls(block, offsets)

    @staticmethod
    def write(ordered: Iterable[bytes]) -> dict[str, bytes]:
        """Return the artefacts for terms that are already in order, each once and none empty."""
        terms = list(ordered)
        offsets = np.zeros(len(terms) + 1, dtype=np.int64)
        np.cumsum([len(term) for term in terms], out=offsets[1:])
        return {_BLOCK: b"".join(terms), _OFFSETS: to_bytes(offsets)}

    def __len__(self) -> int:
        """Count the terms."""
        return len(self._offsets) - 1

    def term(self, number: int) -> str:
        """Return the term with that number."""
        return self._at(number).decode("utf-8", "surrogatepass")

    def find(self, term: str) -> int | None:
        """Return the number of ``term``, or nothing where it does not occur."""
        wanted = encoded(term)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._at(low) == wanted else None

    def _at(self, number: int) -> bytes:
        return self._block[self._offsets[number] : self._offsets[number + 1]]


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
