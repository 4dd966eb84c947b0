"""Names spelled nearly like one that nothing has, looked up quickly among very many."""

from __future__ import annotations

import difflib
import heapq
from collections import Counter
from collections.abc import Iterable

MAX_NEAR = 3
_LIKE = 0.72
_MOST_COMPARED = 60
_COMMON = 2_000
"""Names with one run of three letters beyond which that run tells too little to be looked up."""
_MOST_CHARACTERS = 200


class NearNames:
    """Finds names by shared runs of three letters, then by edit similarity (``difflib``)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a spelling and the id that it stands for."""
        self._ids: dict[str, str] = {}
        for spelling, name in pairs:
            self._ids.setdefault(_fold(spelling), name)
        self._spellings = sorted(self._ids)
        self._holders: dict[str, list[int]] = {}
        for number, spelling in enumerate(self._spellings):
            for run in _runs(spelling):
                self._holders.setdefault(run, []).append(number)

    def near(self, name: str) -> tuple[str, ...]:
        """Return up to ``MAX_NEAR`` ids with a name spelled like ``name``, closest first."""
        folded = _fold(name)
        shared: Counter[int] = Counter()
        for run in _runs(folded):
            holders = self._holders.get(run, ())
            if len(holders) <= _COMMON:
                shared.update(holders)
        best = heapq.nsmallest(_MOST_COMPARED, ((-count, number) for number, count in shared.items()))
        compared = [self._spellings[number] for _, number in best]
        close = difflib.get_close_matches(folded, compared, n=2 * MAX_NEAR, cutoff=_LIKE)
        return tuple(dict.fromkeys(self._ids[spelling] for spelling in close))[:MAX_NEAR]


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()[:_MOST_CHARACTERS]


def _runs(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(max(1, len(text) - 2))}
