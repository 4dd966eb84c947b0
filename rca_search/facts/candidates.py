"""Lines that may tell what fixed an incident, and how much a text tells of a deed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rca_search.facts import vocabulary

_LETTER = re.compile(r"[a-z](?![?*+{|])")


class Phrases:
    """Phrases to look for in a text, whatever its case."""

    def __init__(self, text: str) -> None:
        """Compile the alternatives in ``text``, in lower case, divided by commas and blanks."""
        phrases = [" ".join(phrase.split()) for phrase in re.split(r",\s+", text.strip())]
        # Sorted by first letter, and without the flag for case, a search takes a fifth of the time.
        letters: dict[str, list[str]] = {}
        others: list[str] = []
        for phrase in filter(None, phrases):
            if _LETTER.match(phrase):
                letters.setdefault(phrase[0], []).append(phrase[1:])
            else:
                others.append(phrase)
        grouped = [f"{letter}(?:{'|'.join(ends)})" for letter, ends in letters.items()]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join([*grouped, *others])})(?!\w)")

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first place where a phrase stands."""
        return self._pattern.search(text.lower())

    def match(self, text: str) -> re.Match[str] | None:
        """Return the phrase that ``text`` begins with."""
        return self._pattern.match(text.lower())

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Give every phrase in ``text``, none overlapping another."""
        return self._pattern.finditer(text.lower())

    def without(self, text: str) -> str:
        """Return ``text`` in lower case with a blank for each phrase."""
        return self._pattern.sub(" ", text.lower())


_PHASE = re.compile(
    r"\W*(?:(?:incident|issue) )?(?:repaired|resolved|mitigated|restored|recovered|fixed|closed)\W*", re.I
)
_NO_FIX = re.compile(r"(?:recreate|reproduce) (?:the|this) (?:issue|problem|bug|error)", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines that may tell it; the highest ``score`` is taken first, ``source`` is that of an extract."""

    score: float
    first: int
    last: int
    source: str


def deed(text: str) -> float:
    """Score how much ``text`` tells of something that was done; 0 or less for no."""
    acts = len({match[0] for match in vocabulary.MITIGATION.finditer(text)})
    if not acts or _NO_FIX.search(text) or _PHASE.fullmatch(text):
        return 0.0
    score = 1.0 + 0.25 * min(acts - 1, 2)
    if vocabulary.NO_EFFECT.search(text):
        score -= 2
    if vocabulary.FUTURE.search(text):
        score -= 0.5
    if vocabulary.TALK.search(text):
        score -= 0.75
    if vocabulary.BOOKKEEPING.search(text) or vocabulary.WATCHING.search(text):
        score -= 0.75
    return score


def restores(text: str, words: Phrases) -> bool:
    """Return whether a sentence of ``text`` says by one of ``words`` that it is over, of no mere ticket."""
    return any(
        words.search(sentence) is not None and not vocabulary.BOOKKEEPING.search(sentence)
        for sentence in _SENTENCE.split(text[:2000])
    )
