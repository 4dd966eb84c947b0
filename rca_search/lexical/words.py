"""Plain words: which are too common to tell documents apart, and what their endings hide.

Stems come from the Snowball English stemmer ("Porter2", https://snowballstem.org/algorithms/english/stemmer.html).
"""

from __future__ import annotations

import threading
from functools import lru_cache

import Stemmer

# Function words only: articles, pronouns, auxiliaries, conjunctions, plain prepositions, quantifiers.
# Words such as "down", "up", "out", "over" and "per" stay: in an incident they carry meaning.
_FUNCTION_WORDS = """
    a about all also although among an and any anybody anyone anything are as at be because been
    being both but by can cannot could did do does doing done during each either else every
    everybody everyone everything few for from had has have having he her here hers herself him
    himself his how however i if in into is it its itself just let lets many may me might mine more
    most much must my myself neither no nobody nor not of on one ones only or other others our ours
    ourselves please quite rather shall she should since so some somebody someone something such
    than that the their theirs them themselves then there these they this those though thus to too
    until upon us very via was we were what whatever when whenever where wherever whether which
    while who whoever whom whose why will with would you your yours yourself yourselves
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
