"""Which of the words that matched are worth saying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rca_search.insight.sentences import terms_of
from rca_search.lexical.tokens import tokenize


def whole_words(matched: Sequence[str]) -> list[str]:
    """Return ``matched`` without words that are only parts of another: ``kill`` beside ``OOMKilled``."""
    parts = {part for word in matched for part in tokenize(word)[1:]}
    return [word for word in matched if word not in parts]


def telling(words: Iterable[str]) -> list[str]:
    """Return ``words`` without numbers and without those that have no subject, such as ``some``."""
    return [word for word in words if terms_of(word)]
