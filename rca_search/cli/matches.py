"""Which words of a passage carry the words of the question that matched.

A word is looked up by the terms that it has in the index, so ``expired`` marks ``expires``, and what is
marked is exactly what matched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rca_search.lexical.occurrences import occurrences
from rca_search.lexical.tokens import tokenize


def whole_words(matched: Sequence[str]) -> list[str]:
    """Return ``matched`` without words that are only parts of another: ``kill`` beside ``OOMKilled``."""
    parts = {part for word in matched for part in tokenize(word)[1:]}
    return [word for word in matched if word not in parts]


def weight(text: str, matched: Sequence[str]) -> int:
    """Return how much of ``matched``, rarest first, stands in ``text``: rare words weigh more."""
    terms = frozenset(tokenize(text))
    return sum(
        len(matched) - place for place, word in enumerate(matched) if not terms.isdisjoint(tokenize(word)[:1])
    )


def spans(text: str, matched: Collection[str]) -> list[tuple[int, int]]:
    """Return where the words of ``text`` stand that share a term with one of ``matched``."""
    return occurrences(text, {term for word in matched for term in tokenize(word)})
