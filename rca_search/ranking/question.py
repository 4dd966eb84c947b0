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
from rca_search.models import Understood
from rca_search.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Question:
    """A text, what was understood of it, and the vectors (windows, dimension) of the windows of that.

    ``words`` is all that is looked for by words; ``ngrams`` are its runs of characters, ``terms`` gives each
    term its weight, ``surfaces`` the way it is spelled. ``synonyms`` are further terms of the same meaning,
    ``synonym_ngrams`` their runs; each has the share that its expression gives it. ``asked_as`` makes the
    question that another text asks; None where a document asks, which is not put in other words. ``alert``,
    0 to 1, is how far it reads like the text of an alert rule.
    """

    text: str
    understood: Understood
    words: str
    windows: Sequence[str]
    vectors: Vectors
    ngrams: Ngrams
    terms: Mapping[str, float]
    surfaces: Mapping[str, str]
    synonyms: Mapping[str, float]
    synonym_ngrams: WeightedNgrams
    asked_as: Callable[[str], Question] | None = None
    alert: float = 0.0

    @classmethod
    def of(
        cls,
        text: str,
        vectors: Vectors,
        glossary: Glossary,
        *,
        understood: Understood | None = None,
        told: str | None = None,
        windows: Sequence[str] = (),
    ) -> Question:
        """Read ``text``, whose ``windows`` are encoded as ``vectors``, with the expressions of ``glossary``.

        ``told`` is what was understood of it at full length, the whole text if left out.
        """
        told = text if told is None else told
        understood = understood or Understood(told)
        words = "\n".join((told, *understood.names))
        terms = tokenize(told)
        weighed = term_weights(terms, understood.names)
        others = glossary.others(terms)
        synonyms: dict[str, float] = {}
        for expression in others:
            for term in expression.terms:
                synonyms[term] = max(expression.share, synonyms.get(term, 0.0))
        return cls(
            text=text,
            understood=understood,
            words=words,
            windows=windows,
            vectors=vectors,
            # Names of machines have a spelling that nothing else shares but by chance.
            ngrams=ngrams(told),
            terms=weighed,
            surfaces=surface_forms(words),
            synonyms={term: share for term, share in synonyms.items() if term not in weighed},
            synonym_ngrams=WeightedNgrams.of((expression.text, expression.share) for expression in others),
        )


def term_weights(terms: Sequence[str], names: Sequence[str] = ()) -> dict[str, float]:
    """Weigh terms by how often the question says them; repeats count ever less.

    The terms of ``names`` that are not among ``terms`` count once.
    """
    counts = Counter(terms)
    named = dict.fromkeys((term for name in names for term in tokenize(name)), 1)
    return {term: 1.0 + math.log(count) for term, count in sorted({**named, **counts}.items())}
