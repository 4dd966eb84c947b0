"""How alike two incidents are, and how probable it is that they share a failure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.insight.families.signatures import PARTS, SCALE, Products, Signatures, products


@dataclass(frozen=True, slots=True)
class PairModel:
    """Weights of a logistic function; none is negative, so that one incident's view of a pair bounds it.

    ``weights`` are by part of the signature, ``linked`` is added where one incident links to the other.
    ``prior`` holds mean and deviation of the cosine of each part. Two groups are joined while the mean
    probability of their pairs is at least ``threshold``.
    """

    weights: Mapping[str, float]
    linked: float
    intercept: float
    prior: Mapping[str, tuple[float, float]]
    strength: float
    threshold: float

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> PairModel:
        """Read what ``to_json`` gave; raises IndexCorruptError where something is missing or negative."""
        try:
            model = cls(
                weights={name: float(body["weights"][name]) for name in PARTS},
                linked=float(body["linked"]),
                intercept=float(body["intercept"]),
                prior={
                    name: (float(body["prior"][name][0]), float(body["prior"][name][1])) for name in PARTS
                },
                strength=float(body["strength"]),
                threshold=float(body["threshold"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise IndexCorruptError(
                "The model of families cannot be read.", remedy="Build the index again."
            ) from error
        if min(*model.weights.values(), model.linked) < 0 or not 0 < model.threshold < 1:
            raise IndexCorruptError("The model of families makes no sense.", remedy="Build the index again.")
        return model

    def to_json(self) -> dict[str, Any]:
        """Return the model as JSON values."""
        return {
            "weights": dict(self.weights),
            "linked": self.linked,
            "intercept": self.intercept,
            "prior": {name: list(pair) for name, pair in self.prior.items()},
            "strength": self.strength,
            "threshold": self.threshold,
        }

    @property
    def least(self) -> float:
        """The log-odds of a pair whose probability is the threshold."""
        return math.log(self.threshold / (1.0 - self.threshold))


@cache
def packaged() -> PairModel:
    """Return the model that comes with the program."""
    from importlib.resources import files  # a build needs it, a question does not

    content = files("rca_search.insight.families").joinpath("pair_model.json").read_bytes()
    return PairModel.from_json(json.loads(content))


def probability(log_odds: Products) -> Products:
    """Return the probabilities of log-odds."""
    chances: Products = 1.0 / (1.0 + np.exp(-log_odds))
    return chances


BACKGROUND = 512
"""Incidents that mean and deviation are taken over: all of a small set, evenly spread of a large one."""

_LEAST_VARIANCE = 1e-6

_ROWS = 256
_COLUMNS = 8192
"""Rows and columns compared at once: what bounds memory however many incidents there are."""

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pairs that probably share a failure, by place, the smaller one first, and their log-odds."""

    ones: Places
    others: Places
    log_odds: Products

    @classmethod
    def joined(cls, parts: Iterable[Edges]) -> Edges:
        """Return each pair of ``parts`` once, in order of its places."""
        found = [cls(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0)), *parts]
        ones, others, odds = (
            np.concatenate([getattr(part, name) for part in found]) for name in ("ones", "others", "log_odds")
        )
        order = np.lexsort((others, ones))
        ones, others, odds = ones[order], others[order], odds[order]
        new = np.ones(len(ones), dtype=np.bool_)
        new[1:] = (ones[1:] != ones[:-1]) | (others[1:] != others[:-1])
        return cls(ones[new], others[new], odds[new])

    def where(self, flags: NDArray[np.bool_]) -> Edges:
        """Return the flagged pairs."""
        return Edges(self.ones[flags], self.others[flags], self.log_odds[flags])


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
        self._weighed = [name for name in PARTS if model.weights[name] > 0]
        self._linked = linked
        self._everywhere = _Background.of(signatures, visible)
        self._nearby: dict[int, _Background] = {}
        self._measured = np.zeros(len(signatures), dtype=np.bool_)
        self._moments = {name: _Moments.of(0.0, 1.0, len(signatures)) for name in PARTS}

    def all_edges(self) -> Edges:
        """Return the pairs of visible incidents that reach the model's threshold."""
        count = len(self.visible)
        return Edges.joined(
            self._strong(self.visible[start : start + _ROWS], self.visible[first : first + _COLUMNS])
            for start in range(0, count, _ROWS)
            for first in range(start, count, _COLUMNS)
        )

    def edges(self, rows: Places) -> Edges:
        """Return those pairs that one of ``rows`` is in."""
        return Edges.joined(
            self._strong(rows[start : start + _ROWS], self.visible[first : first + _COLUMNS])
            for start in range(0, len(rows), _ROWS)
            for first in range(0, len(self.visible), _COLUMNS)
        )

    def log_odds(self, places: Places) -> Products:
        """Return the log-odds of every pair among ``places``, (places, places), symmetric."""
        return self._between(places, places)

    def scores(self, name: str, places: Places) -> Products:
        """Return how alike every pair among ``places`` is in one part, (places, places), symmetric.

        A pair counts as alike as the one of the two finds it that finds it less so.
        """
        part = self._signatures.part(name, places)
        seen = self._standard(name, products(part, part), places)
        return np.minimum(seen, seen.T)

    def _strong(self, rows: Places, columns: Places) -> Edges:
        """Return strong pairs of a block: first what the rows' own view of a pair leaves possible."""
        bound = np.full((len(rows), len(columns)), self.model.intercept)
        for name in self._weighed:
            found = products(self._signatures.part(name, rows), self._signatures.part(name, columns))
            bound += self.model.weights[name] * self._standard(name, found, rows)
        bound += self._link_gain(rows, columns)
        possible = (bound >= self.model.least) & (rows[:, None] != columns[None, :])
        ones, others = rows[possible.any(axis=1)], columns[possible.any(axis=0)]
        odds = self._between(ones, others)
        strong = (odds >= self.model.least) & (ones[:, None] != others[None, :])
        at, with_ = np.nonzero(strong)
        ends = np.sort(np.stack([ones[at], others[with_]], axis=1), axis=1)
        return Edges(ends[:, 0], ends[:, 1], odds[at, with_])

    def _between(self, ones: Places, others: Places) -> Products:
        """Return the log-odds of every pair of one of ``ones`` with one of ``others``."""
        total = np.full((len(ones), len(others)), self.model.intercept)
        for name in self._weighed:
            found = products(self._signatures.part(name, ones), self._signatures.part(name, others))
            seen = self._standard(name, found, ones)
            total += self.model.weights[name] * np.minimum(seen, self._standard(name, found.T, others).T)
        return total + self._link_gain(ones, others)

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
