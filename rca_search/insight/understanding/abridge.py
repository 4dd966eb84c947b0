"""The most telling parts of a text that is too long to be encoded whole.

A greedy choice of what covers most words for its length (budgeted maximum coverage: Khuller, Moss and Naor,
1999), where words of failure count more. It depends on the text alone, so that it is the same in every view.
"""

from __future__ import annotations

import functools
import heapq
import re
import sys
from collections.abc import Sequence

from rca_search.lexical.tokens import tokenize

ROOM = 12_000
"""Characters of a question that are encoded: about sixteen windows of the default model."""

_OPENING = 600
"""Characters at the beginning that are always kept: there people say what they ask about."""

_LONGEST_PIECE = 400
_PART = re.compile(rf".{{1,{_LONGEST_PIECE}}}(?:\s|$)|.{{{_LONGEST_PIECE}}}", re.DOTALL)
_NUMBER = re.compile(r"\d+")
_OVERHEAD = 20
"""Added to the length of each piece, so that many scraps do not go before few sentences."""

_FAILURE_WEIGHT = 4.0
_FAILING = """
    error exception fail failed failure failing fatal panic crash crashed crashing abort aborted timeout timed
    unavailable refused denied rejected reset broken corrupt corrupted exceeded exhausted overloaded
    evicted killed oom oomkilled full expired invalid missing unreachable unhealthy degraded stuck deadlock
    leak lost down outage throttled dropped critical alert firing cannot unable
"""


def abridged(text: str, *, room: int = ROOM) -> str:
    """Return ``text``, or its most telling lines where it has more than ``room`` characters.

    Of lines that differ in nothing but numbers the first stands for all.
    """
    if len(text) <= room:
        return text
    different: dict[str, str] = {}
    for piece in _pieces(text):
        different.setdefault(_NUMBER.sub("0", piece), piece)
    return "\n".join(telling(list(different.values()), room=room))


def telling(pieces: Sequence[str], *, room: int = sys.maxsize, most: int = sys.maxsize) -> list[str]:
    """Choose at most ``most`` of ``pieces``, of at most ``room`` characters together; their order stays.

    The opening is always among them, and at least one piece is returned where there is any. Takes time
    close to linear in the length of all.
    """
    terms = [frozenset(tokenize(piece)) for piece in pieces]
    chosen = _opening(pieces, room)
    covered = {term for number in chosen for term in terms[number]}
    left = room - sum(len(pieces[number]) + 1 for number in chosen)
    # A piece only loses worth as others are chosen, so its old worth is a bound.
    waiting = [(-_worth(terms[n], len(pieces[n])), n) for n in range(len(pieces)) if n not in chosen]
    heapq.heapify(waiting)
    while waiting and left > 0 and len(chosen) < most:
        _, number = heapq.heappop(waiting)
        worth = -_worth(terms[number] - covered, len(pieces[number]))
        if waiting and worth > waiting[0][0]:
            heapq.heappush(waiting, (worth, number))
        elif worth < 0 and len(pieces[number]) < left:
            chosen.add(number)
            covered |= terms[number]
            left -= len(pieces[number]) + 1
    return [pieces[number] for number in sorted(chosen)]


@functools.cache
def _failure() -> frozenset[str]:
    return frozenset(tokenize(_FAILING))


def _worth(terms: frozenset[str] | set[str], length: int) -> float:
    return (len(terms) + (_FAILURE_WEIGHT - 1) * len(terms & _failure())) / (length + _OVERHEAD)


def _opening(pieces: Sequence[str], room: int) -> set[int]:
    chosen: set[int] = set()
    used = 0
    for number, piece in enumerate(pieces):
        used += len(piece) + 1
        if chosen and used > min(_OPENING, room):
            break
        chosen.add(number)
    return chosen


def _pieces(text: str) -> list[str]:
    """Cut ``text`` into its lines, long ones at white space, a word without end by length."""
    pieces = (part.strip() for line in text.splitlines() for part in _cut(line))
    return [piece for piece in pieces if piece]


def _cut(line: str) -> list[str]:
    if len(line) <= _LONGEST_PIECE:
        return [line]
    return _PART.findall(line)
