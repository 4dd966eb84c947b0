"""Where terms stand in a text, so that what is marked is exactly what matched."""

from __future__ import annotations

import re
from collections.abc import Collection

from rca_search.lexical.tokens import tokenize

_WORD = re.compile(r"[^\s|`*\[\](){}<>\"“”„,;!?]+")
_EDGES = ".:'_#=/\\-\u2019"


def occurrences(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Return the start and end of each word of ``text`` that has one of ``terms``."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        word = match.group().strip(_EDGES)
        if word and any(term in terms for term in tokenize(word)):
            start = match.start() + match.group().index(word)
            found.append((start, start + len(word)))
    return found
