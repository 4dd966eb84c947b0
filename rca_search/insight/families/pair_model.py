"""How probable it is that two incidents share a failure: a logistic function of how alike they are.

``pair_model.json`` is written by ``scripts/fit_families.py``; docs/recurrence.md says from what. A likeness
is taken as a standard score over the incidents of the view, so that what all write-ups of a team have in
common, a template say, counts for nothing. In a small view mean and deviation lean on those of the fit
(``prior``), which count as much as ``strength`` incidents.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rca_search.errors import IndexCorruptError
from rca_search.insight.families.signatures import PARTS, Products


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
