"""Plain words: which are too common to tell documents apart, and what their endings hide.

Stems come from the Snowball English stemmer ("Porter2", https://snowballstem.org/algorithms/english/stemmer.html).
"""

from __future__ import annotations

import threading
from functools import lru_cache

import Stemmer

# Function words only. Words such as "down", "up", "out" and "over" stay: in an incident they carry meaning.
_FUNCTION_WORDS = """
    a an and are as at be been but by can cannot could did do does for from had has have he her his i if in
    into is it its may me my no not of on or our she should so such than that the their them then there
    these they this those to us was we were what when where which while who why will with would you your
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

_SHORTEST_STEMMED = 4
_CACHED_WORDS = 65_536
_LOCAL = threading.local()


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str) -> str:
    """Return the stem of a lower-case word; short words and words of other scripts stay as they are.

    Words under four letters stay because there the ending is mostly none: ``dns``, ``aws``, ``ios``.
    """
    if len(word) < _SHORTEST_STEMMED or not (word.isascii() and word.isalpha()):
        return word
    return str(_stemmer().stemWord(word))


def _stemmer() -> Stemmer.Stemmer:
    """Return this thread's stemmer, which keeps state between calls; words are cached here, not in it."""
    if not hasattr(_LOCAL, "stemmer"):
        _LOCAL.stemmer = Stemmer.Stemmer("english", 0)
    found: Stemmer.Stemmer = _LOCAL.stemmer
    return found


def word_terms(word: str) -> tuple[str, ...]:
    """Return the terms of a lower-case plain word: its stem, or nothing for a stop word or one letter."""
    if word in STOP_WORDS or (len(word) == 1 and word.isascii()):
        return ()
    return (stem(word),)
