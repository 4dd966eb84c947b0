"""Lines that may tell what fixed an incident, and how much a text tells of a deed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rca_search.insight.facts import vocabulary
from rca_search.insight.facts.phrases import Phrases

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
    """Tell whether a sentence of ``text`` says by one of ``words`` that it is over, of no mere ticket."""
    return any(
        words.search(sentence) is not None and not vocabulary.BOOKKEEPING.search(sentence)
        for sentence in _SENTENCE.split(text[:2000])
    )
