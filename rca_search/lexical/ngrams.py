"""The runs of four characters of a text.

Words count by their parts, so that endings, compounds and misspellings match in part and nothing depends on
a language's stemmer. Runs never cross a word's end; a space stands before and after each word. Function words
have none: they would match in every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rca_search.lexical.words import STOP_WORDS

LENGTH = 4
"""Characters in a run."""

_BREAKS = re.compile(r"[\W_]+")
_NEGATED = re.compile(r"(?<!\w)\w{1,7}n['\u2019]t\b")
"""Words such as ``won't``, of which a piece that is no function word would stay without the apostrophe."""
_SPACE = ord(" ")
_BITS = 16
_CACHED_EXPRESSIONS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """The runs of one text: distinct keys, ascending, and how often each occurs."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]


def ngrams(text: str) -> Ngrams:
    """Return the runs of four characters within the words of ``text``, in lower case.

    A word of one character has none. A key holds the low 16 bits of each character's code point.
    """
    words = _BREAKS.sub(" ", _NEGATED.sub("", text.casefold())).split()
    spaced = f" {' '.join(word for word in words if word not in STOP_WORDS)} "
    points = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(points) < LENGTH:
        return Ngrams(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
    windows = np.lib.stride_tricks.sliding_window_view(points, LENGTH)
    inside = windows[(windows[:, 1:-1] != _SPACE).all(axis=1)].astype(np.uint64)
    keys = np.zeros(len(inside), dtype=np.uint64)
    for place in range(LENGTH):
        keys = (keys << np.uint64(_BITS)) | (inside[:, place] & np.uint64((1 << _BITS) - 1))
    return Ngrams(*np.unique(keys, return_counts=True))


@dataclass(frozen=True, slots=True, eq=False)
class WeightedNgrams:
    """Distinct runs, ascending by key, and how much each is to count, from 0 to 1."""

    keys: NDArray[np.uint64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Iterable[tuple[str, float]]) -> WeightedNgrams:
        """Gather the runs of short texts, each with a weight; a run of several has the largest."""
        found = [(_keys(text), weight) for text, weight in texts]
        keys = [np.zeros(0, dtype=np.uint64), *(keys for keys, _ in found)]
        weights = [np.zeros(0), *(np.full(len(keys), weight) for keys, weight in found)]
        return cls._largest(np.concatenate(keys), np.concatenate(weights))

    def joined(self, other: WeightedNgrams) -> WeightedNgrams:
        """Return the runs of both; one that both have keeps the larger weight."""
        keys, weights = (self.keys, other.keys), (self.weights, other.weights)
        return self._largest(np.concatenate(keys), np.concatenate(weights))

    @classmethod
    def _largest(cls, keys: NDArray[np.uint64], weights: NDArray[np.float64]) -> WeightedNgrams:
        distinct, places = np.unique(keys, return_inverse=True)
        largest = np.zeros(len(distinct), dtype=np.float64)
        np.maximum.at(largest, places, weights)
        return cls(distinct, largest)


@lru_cache(maxsize=_CACHED_EXPRESSIONS)
def _keys(text: str) -> NDArray[np.uint64]:
    """Return the runs of an expression: those of a glossary come back question after question."""
    return ngrams(text).keys
