"""Where terms stand in a text, so that what is marked is exactly what matched."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from rca_search.lexical.tokens import tokenize

_WORD = re.compile(r"[^\s|`*\[\](){}<>\"“”„,;!?]+")
_EDGES = ".:'_#=/\\-\u2019"
_CACHED_WORDS = 16_384


def occurrences(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Return the start and end of each word of ``text`` that has one of ``terms``."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        word = match.group().strip(_EDGES)
        if word and not _terms(word).isdisjoint(terms):
            start = match.start() + match.group().index(word)
            found.append((start, start + len(word)))
    return found


@lru_cache(maxsize=_CACHED_WORDS)
def _terms(word: str) -> frozenset[str]:
    """Return the terms of a word; words repeat, so most are looked up."""
    return frozenset(tokenize(word))
