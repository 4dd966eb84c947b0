"""A question made ready for all retrievers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rca_search.lexical.ngrams import Ngrams
from rca_search.lexical.tokens import tokenize
from rca_search.models import Understood
from rca_search.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Question:
    """A text, what was understood of it, and the vectors (windows, dimension) of the windows of that.

    ``words`` is all that is looked for by words; ``ngrams`` are its runs of characters, ``terms`` gives each
    term its weight, ``surfaces`` the way it is spelled.
    """

    text: str
    understood: Understood
    words: str
    windows: Sequence[str]
    vectors: Vectors
    ngrams: Ngrams
    terms: Mapping[str, float]
    surfaces: Mapping[str, str]


def term_weights(terms: Sequence[str], names: Sequence[str] = ()) -> dict[str, float]:
    """Weigh terms by how often the question says them; repeats count ever less.

    The terms of ``names`` that are not among ``terms`` count once.
    """
    counts = Counter(terms)
    named = dict.fromkeys((term for name in names for term in tokenize(name)), 1)
    return {term: 1.0 + math.log(count) for term, count in sorted({**named, **counts}.items())}
