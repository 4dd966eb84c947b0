"""Where terms stand in a text, so that what is marked is exactly what matched."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from rca_search.lexical.pieces import pieces
from rca_search.lexical.tokens import tokenize

_WORD = re.compile(r"[^\s|`*\[\](){}<>\"“”„,;!?]+")
_EDGES = ".:'_#=/\\-\u2019"
_PART = re.compile(r"[A-Z]+s(?![a-z0-9])|[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[^\W_]+")
_CACHED_WORDS = 16_384


def occurrences(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Return the start and end of each word of ``text`` that has one of ``terms``.

    Of a name of several parts that is none of them as a whole, the parts are returned: ``Connection`` of
    ``SQLTransientConnectionException`` where ``connection`` is looked for.
    """
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        word = match.group().strip(_EDGES)
        if not word:
            continue
        whole, held = _terms(word)
        if held.isdisjoint(terms):
            continue
        start = match.start() + match.group().index(word)
        if whole in terms:
            found.append((start, start + len(word)))
        else:
            found.extend(_parts(word, start, terms))
    return found


def _parts(word: str, start: int, terms: Collection[str]) -> list[tuple[int, int]]:
    """Return the parts of ``word`` that have one of ``terms``; all of it where no part does by itself."""
    parts = [
        (start + part.start(), start + part.end())
        for part in _PART.finditer(word)
        if not _terms(part[0])[1].isdisjoint(terms)
    ]
    return parts or [(start, start + len(word))]


@lru_cache(maxsize=_CACHED_WORDS)
def _terms(word: str) -> tuple[str, frozenset[str]]:
    """Return the term of a word as a whole ("" where it has none), and all of its terms.

    Words repeat, so most are looked up.
    """
    found = tokenize(word)
    whole = found[0] if found and len(list(pieces(word))) == 1 else ""
    return whole, frozenset(found)
