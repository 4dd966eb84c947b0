"""A name for a family: the words that its incidents share and others do not.

Terms are weighted by the share of members that have them times their rarity among all documents of the view,
as in class-based TF-IDF (M. Grootendorst, "BERTopic", arXiv:2203.05794, 2022, section 3.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from rca_search.lexical.tokens import tokenize

WORDS = 4
"""Words in a name at most."""

_SHARED = 0.5
"""Share of the members that a word of the name must have at least; two members in any case."""

_CALENDAR = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec morning noon
    afternoon evening night midnight weekend today yesterday day days daily week weeks weekly month months
    monthly year years second seconds minute minutes hour hours hourly
"""
_WRITE_UP = """
    every each all some several many most few one two three incident incidents retrospective postmortem
    post-mortem rca report draft during while after before again due caused causes cause using being got
"""
_UNTELLING = frozenset((_CALENDAR + _WRITE_UP).split())
"""Words that tell when and how often, or that a page is a write-up: families share them by chance."""

_FEWEST = 2
_SHORTEST, _LONGEST = 3, 40
_WRAPPING = "\"'`()[]{}<>*_.,;:!?"

Rarity = Callable[[str], float]


def family_name(titles: Sequence[str], texts: Sequence[str], rarity: Rarity) -> str:
    """Return a name for the family with these titles and texts, earliest member first.

    ``rarity`` tells how rare a term is. Where titles share hardly a word, words of one title that stand in
    the texts of others do; where there are none either, the name is the title of the earliest.
    """
    in_titles = [_words(title) for title in titles]
    chosen = _shared(in_titles, rarity)
    if len(chosen) < _FEWEST:
        said = {term: surface for words in reversed(in_titles) for term, surface in words.items()}
        chosen = _shared(
            [_known(said, text, title) for title, text in zip(in_titles, texts, strict=True)], rarity
        )
    return " ".join(chosen) if len(chosen) >= _FEWEST else titles[0]


def _known(said: Mapping[str, str], text: str, title: Mapping[str, str]) -> dict[str, str]:
    """Return the words of a text that stand in the title of any member, with those of its own title."""
    held = {*_words(text), *title}
    return {term: surface for term, surface in said.items() if term in held}


def _words(text: str) -> dict[str, str]:
    """Return the readable words of ``text`` by term, in order, as they are spelled where they come first."""
    found: dict[str, str] = {}
    for word in text.split():
        surface = word.strip(_WRAPPING)
        terms = tokenize(surface) if _readable(surface) else []
        if terms:
            found.setdefault(terms[0], surface)
    return found


def _readable(surface: str) -> bool:
    """Return whether a word can stand in a name: it begins with a letter, and is no path or address."""
    fits = _SHORTEST <= len(surface) <= _LONGEST and surface[0].isalpha()
    return (
        fits and surface.casefold() not in _UNTELLING and not any(sign in surface for sign in "/=()[]{}<>|")
    )


def _shared(members: Sequence[Mapping[str, str]], rarity: Rarity) -> list[str]:
    """Return the words that tell most of ``members``, in the order in which the first one has them."""
    holders = Counter(term for words in members for term in words)
    least = max(_FEWEST, _SHARED * len(members))
    weights = {term: count * rarity(term) for term, count in holders.items() if count >= least}
    best = sorted(weights, key=lambda term: (-weights[term], term))
    surfaces = {term: surface for words in reversed(members) for term, surface in words.items()}
    places = {term: place for place, term in enumerate(dict.fromkeys(t for words in members for t in words))}
    chosen: list[str] = []
    for term in best:
        folded = surfaces[term].casefold()
        known = [surfaces[other].casefold() for other in chosen]
        if len(chosen) < WORDS and not any(folded in other or other in folded for other in known):
            chosen.append(term)
    return [surfaces[term] for term in sorted(chosen, key=places.__getitem__)]
