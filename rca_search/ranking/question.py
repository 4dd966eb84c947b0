"""A question made ready for all retrievers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.lexical.ngrams import Ngrams
from rca_search.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Question:
    """A text, the vectors (windows, dimension) of its windows, its runs of characters and its terms.

    ``terms`` gives each term its weight, ``surfaces`` the way it is spelled in the text. ``asked_as`` makes
    the question that another text asks; None where a document asks, which is not put in other words.
    """

    text: str
    vectors: Vectors
    ngrams: Ngrams
    terms: Mapping[str, float]
    surfaces: Mapping[str, str]
    asked_as: Callable[[str], Question] | None = None


def term_weights(terms: Sequence[str]) -> dict[str, float]:
    """Weigh terms by how often the question says them; repeats count ever less."""
    return {term: 1.0 + math.log(count) for term, count in sorted(Counter(terms).items())}
