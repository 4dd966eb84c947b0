"""How alike the incidents of one view are, measured against how alike its incidents are at large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.insight.families.pair_model import PairModel
from rca_search.insight.families.signatures import PARTS, SCALE, Products, Signatures, products

BACKGROUND = 512
"""Incidents that mean and deviation are taken over: all of a small set, evenly spread of a large one."""

_LEAST_VARIANCE = 1e-6

_ROWS = 256
_COLUMNS = 8192
"""Rows and columns compared at once: what bounds memory however many incidents there are."""

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two incidents that probably share a failure, by place, the smaller one first, and their log-odds."""

    one: int
    other: int
    log_odds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Mean and mean square of the cosines of each row."""

    first: Products
    second: Products

    @classmethod
    def of(cls, mean: float, deviation: float, count: int) -> _Moments:
        return cls(np.full(count, mean), np.full(count, deviation**2 + mean**2))

    def at(self, places: Places) -> _Moments:
        return _Moments(self.first[places], self.second[places])

    def put(self, places: Places, found: _Moments) -> None:
        self.first[places], self.second[places] = found.first, found.second

    def spread(self) -> Products:
        spread: Products = np.sqrt(np.maximum(self.second - self.first**2, _LEAST_VARIANCE))
        return spread


@dataclass(frozen=True, slots=True, eq=False)
class _Background:
    """Incidents that others are compared with to learn what is usual, and their signatures by part."""

    places: Places
    parts: Mapping[str, NDArray[np.float32]]

    @classmethod
    def of(cls, signatures: Signatures, places: Places) -> _Background:
        """Take all of ``places``, or evenly spread ones."""
        if len(places) > BACKGROUND:
            places = places[np.linspace(0, len(places) - 1, BACKGROUND).astype(np.intp)]
        return cls(places, {name: signatures.part(name, places) for name in PARTS})

    def leaning(
        self, name: str, part: NDArray[np.float32], places: Places, prior: _Moments, strength: float
    ) -> _Moments:
        """Return moments of each row's cosines to the background, itself left out, leaning on ``prior``."""
        against = products(part, self.parts[name])
        itself = places[:, None] == self.places[None, :]
        against[itself] = 0.0
        count = len(self.places) - itself.sum(axis=1) + strength
        return _Moments(
            (against.sum(axis=1) / SCALE**2 + strength * prior.first) / count,
            ((against**2).sum(axis=1) / SCALE**4 + strength * prior.second) / count,
        )


class Likeness:
    """Log-odds of pairs in one view; ``visible`` are the places of its incidents, ascending."""

    def __init__(
        self,
        signatures: Signatures,
        model: PairModel,
        folders: NDArray[np.intp],
        visible: Places,
        linked: Mapping[int, Set[int]],
    ) -> None:
        """Take the signatures of all incidents with the number of the folder that each lies in.

        ``linked`` are, by place, the incidents linked with each in the view.
        """
        self.visible = visible
        self.model = model
        self._signatures = signatures
        self._folders = folders
        self._linked = linked
        self._everywhere = _Background.of(signatures, visible)
        self._nearby: dict[int, _Background] = {}
        self._measured = np.zeros(len(signatures), dtype=np.bool_)
        self._moments = {name: _Moments.of(0.0, 1.0, len(signatures)) for name in PARTS}

    def edges(self, rows: Places) -> Iterator[Edge]:
        """Yield the pairs of each of ``rows`` with any visible incident that reach the model's threshold."""
        for start in range(0, len(rows), _ROWS):
            block = rows[start : start + _ROWS]
            for first in range(0, len(self.visible), _COLUMNS):
                yield from self._strong(block, self.visible[first : first + _COLUMNS])

    def log_odds(self, places: Places) -> Products:
        """Return the log-odds of every pair among ``places``, (places, places), symmetric."""
        total = np.full((len(places), len(places)), self.model.intercept)
        for name in PARTS:
            total += self.model.weights[name] * self.scores(name, places)
        return total + self._link_gain(places, places)

    def scores(self, name: str, places: Places) -> Products:
        """Return how alike every pair among ``places`` is in one part, (places, places), symmetric.

        A pair counts as alike as the one of the two finds it that finds it less so.
        """
        part = self._signatures.part(name, places)
        seen = self._standard(name, products(part, part), places)
        return np.minimum(seen, seen.T)

    def _strong(self, rows: Places, columns: Places) -> Iterator[Edge]:
        """Yield strong pairs of a block: first what the rows' own view of a pair leaves possible."""
        bound = np.full((len(rows), len(columns)), self.model.intercept)
        for name in PARTS:
            found = products(self._signatures.part(name, rows), self._signatures.part(name, columns))
            bound += self.model.weights[name] * self._standard(name, found, rows)
        gain = self._link_gain(rows, columns)
        possible = (bound + gain >= self.model.least) & (rows[:, None] != columns[None, :])
        at, with_ = np.nonzero(possible)
        exact = self._paired(rows[at], columns[with_]) + gain[at, with_]
        for place in np.flatnonzero(exact >= self.model.least).tolist():
            pair = sorted((int(rows[at[place]]), int(columns[with_[place]])))
            yield Edge(pair[0], pair[1], float(exact[place]))

    def _paired(self, ones: Places, others: Places) -> Products:
        """Return the weighted sums of ``ones[i]`` and ``others[i]``, without what links add."""
        total = np.full(len(ones), self.model.intercept)
        for name in PARTS:
            one, other = self._signatures.part(name, ones), self._signatures.part(name, others)
            found = np.einsum("ij,ij->i", one, other).astype(np.float64)[:, None]
            seen = self._standard(name, found, ones)
            back = self._standard(name, found, others)
            total += self.model.weights[name] * np.minimum(seen, back)[:, 0]
        return total

    def _standard(self, name: str, found: Products, places: Places) -> Products:
        """Return ``found``, products of ``places`` with other incidents, as standard scores by row."""
        self._measure(places)
        moments = self._moments[name].at(places)
        scores: Products = (found / SCALE**2 - moments.first[:, None]) / moments.spread()[:, None]
        return scores

    def _measure(self, places: Places) -> None:
        """Measure what is usual for each of ``places``, unless that has been done.

        Mean and deviation are those of the incident's folder, which lean on those of the view, and these on
        the prior.
        """
        asked = np.zeros(len(self._measured), dtype=np.bool_)
        asked[places] = True
        new = np.flatnonzero(asked & ~self._measured)
        for start in range(0, len(new), _ROWS):
            block = new[start : start + _ROWS]
            for folder in sorted(set(self._folders[block].tolist())):
                self._measure_in(folder, block[self._folders[block] == folder])
        self._measured[new] = True

    def _measure_in(self, folder: int, places: Places) -> None:
        near, strength = self._background_of(folder), self.model.strength
        for name in PARTS:
            part = self._signatures.part(name, places)
            prior = _Moments.of(*self.model.prior[name], len(places))
            view = self._everywhere.leaning(name, part, places, prior, strength)
            self._moments[name].put(places, near.leaning(name, part, places, view, strength))

    def _background_of(self, folder: int) -> _Background:
        if folder not in self._nearby:
            inside = self.visible[self._folders[self.visible] == folder]
            self._nearby[folder] = _Background.of(self._signatures, inside)
        return self._nearby[folder]

    def _link_gain(self, rows: Places, columns: Places) -> Products:
        gain = np.zeros((len(rows), len(columns)))
        for place, row in enumerate(rows.tolist()):
            if row in self._linked:
                gain[place] = self.model.linked * np.isin(columns, list(self._linked[row]))
        return gain
