"""A question made ready for all retrievers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.lexical.glossary import Glossary
from rca_search.lexical.ngrams import Ngrams, WeightedNgrams, ngrams
from rca_search.lexical.surfaces import surface_forms
from rca_search.lexical.tokens import tokenize
from rca_search.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Question:
    """A text, the vectors (windows, dimension) of its windows, its runs of characters and its terms.

    ``terms`` gives each term its weight, ``surfaces`` the way it is spelled in the text. ``synonyms`` are
    further terms of the same meaning, ``synonym_ngrams`` their runs; each has the share that its expression
    gives it. ``asked_as`` makes the question that another text asks; None where a document asks, which is not
    put in other words.
    """

    text: str
    vectors: Vectors
    ngrams: Ngrams
    terms: Mapping[str, float]
    surfaces: Mapping[str, str]
    synonyms: Mapping[str, float]
    synonym_ngrams: WeightedNgrams
    asked_as: Callable[[str], Question] | None = None

    @classmethod
    def of(cls, text: str, vectors: Vectors, glossary: Glossary) -> Question:
        """Read ``text``, whose windows are encoded as ``vectors``, with the expressions of ``glossary``."""
        terms = tokenize(text)
        others = glossary.others(terms)
        synonyms: dict[str, float] = {}
        for expression in others:
            for term in expression.terms:
                synonyms[term] = max(expression.share, synonyms.get(term, 0.0))
        weighed = term_weights(terms)
        return cls(
            text,
            vectors,
            ngrams(text),
            weighed,
            surface_forms(text),
            {term: share for term, share in synonyms.items() if term not in weighed},
            WeightedNgrams.of((expression.text, expression.share) for expression in others),
        )


def term_weights(terms: Sequence[str]) -> dict[str, float]:
    """Weigh terms by how often the question says them; repeats count ever less."""
    return {term: 1.0 + math.log(count) for term, count in sorted(Counter(terms).items())}
