"""From features to the probability that a hit is the same failure, or a related one.

The numbers are those of a fit (``benchmarks/fitting/calibration.py``) and lie in a file: the one of the
package, or one that belongs to an index.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_search.models import Kind, Likelihood, Verdict
from rca_search.ranking.features import MONOTONE_CONSTRAINTS
from rca_search.ranking.fusion import Floats

FILE_NAME = "calibration.json"
DEFAULT = "default"
OWN = "own"
VERSION = 3
JUDGED = 10
"""Best hits that the verdict over an answer rests on, however many are asked for."""

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Additive:
    """A logistic additive model: log odds are an intercept and, for each feature, a line with bends.

    (Hastie and Tibshirani, "Generalized Additive Models", 1986.) ``knots`` are where the line of a feature
    bends, ascending, two at least; from one to the next it climbs, evenly, by the ``gains`` between them,
    and it is flat beyond the first and the last. So no feature can outvote all others, however large it is,
    and where all gains of a feature have one sign, more of it never counts the other way.
    """

    intercept: float
    knots: tuple[tuple[float, ...], ...]
    gains: tuple[tuple[float, ...], ...]

    def terms(self, rows: Floats) -> Floats:
        """Return what each feature of each row adds to the log odds, (rows, features)."""
        flat = _flat(self)
        climbed = np.clip((rows[:, flat.features] - flat.lows) / flat.widths, 0.0, 1.0) * flat.gains
        found: Floats = np.add.reduceat(climbed, flat.starts, axis=1)
        return found

    def logits(self, rows: Floats) -> Floats:
        """Return the log odds of each row, (rows,), each a function of its row alone."""
        found = [math.fsum((self.intercept, *row)) for row in self.terms(rows).tolist()] if len(rows) else []
        return np.asarray(found, dtype=np.float64)


def ramps(values: Floats, knots: Sequence[float]) -> Floats:
    """Return how far each of ``values`` has come between each two knots, 0 to 1, (values, knots - 1)."""
    bends = np.asarray(knots, dtype=np.float64)
    found: Floats = np.clip((values[:, np.newaxis] - bends[:-1]) / np.diff(bends), 0.0, 1.0)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """The stretches of all lines of a model one after the other, (stretches,), and where each begins."""

    features: NDArray[np.int64]
    lows: Floats
    widths: Floats
    gains: Floats
    starts: NDArray[np.int64]


@lru_cache(maxsize=16)
def _flat(model: Additive) -> _Flat:
    lengths = [len(gains) for gains in model.gains]
    return _Flat(
        np.repeat(np.arange(len(lengths)), lengths),
        np.concatenate([knots[:-1] for knots in model.knots]),
        np.concatenate([np.diff(knots) for knots in model.knots]),
        np.concatenate(model.gains),
        np.cumsum([0, *lengths[:-1]]),
    )


@dataclass(frozen=True, slots=True)
class PlattScaling:
    """What turns log odds into calibrated ones: ``slope`` (never below 0) times them plus ``offset``."""

    slope: float = 1.0
    offset: float = 0.0

    def probability(self, logit: float) -> float:
        """Return the probability that belongs to ``logit``."""
        return 1.0 / (1.0 + math.exp(-min(max(self.slope * logit + self.offset, -60.0), 60.0)))


@dataclass(frozen=True, slots=True)
class Cut:
    """The least probabilities with which answers may be called likely, and same, to be right often enough.

    ``precision`` is the share of such answers that was right among questions left out of the fit.
    """

    precision: float
    likely: float
    same: float


@dataclass(frozen=True, slots=True)
class KindCalibration:
    """The models of one kind of document: of a hit, and of an answer by its best hit.

    ``possible`` is the probability below which an answer is called "nothing similar".
    """

    related: Additive
    same: Additive
    hit_related: PlattScaling
    hit_same: PlattScaling
    answer_related: PlattScaling
    answer_same: PlattScaling
    cuts: tuple[Cut, ...]
    possible: float

    def cut(self, precision: float) -> Cut:
        """Return the cut of the least promise that is at least ``precision``, the strictest where none is."""
        kept = [each for each in self.cuts if each.precision >= precision - 1e-9]
        return min(kept, key=lambda each: each.precision) if kept else self.cuts[-1]

    def verdict(self, likelihood: Likelihood, cut: Cut) -> Verdict:
        """Return what an answer or a hit that is so likely is called under ``cut``."""
        if likelihood.same >= cut.same:
            return Verdict.SAME
        if likelihood.probability >= cut.likely:
            return Verdict.LIKELY
        return Verdict.POSSIBLE if likelihood.probability >= self.possible else Verdict.NOTHING_SIMILAR


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely each hit is, and the answer by the best of those that count."""

    hits: tuple[Likelihood, ...]
    answer: Likelihood


@dataclass(frozen=True, slots=True)
class Calibration:
    """All numbers that probabilities depend on; ``name`` is ``default`` or ``own``.

    They hold for the answers that they were fitted to: those of one ``encoder``, as ``lineage.ranks_like``
    names it, and of one ``reranker`` by name, or none. ``kinds`` are those that were fitted.
    """

    name: str
    kinds: Mapping[Kind, KindCalibration]
    encoder: str = ""
    reranker: str | None = None

    def fits(self, encoder: str, reranker: str | None) -> bool:
        """Return whether it was fitted to answers of that encoder and that reranker."""
        return (self.encoder, self.reranker) == (encoder, reranker)

    def likelihoods(self, kind: Kind, rows: Floats) -> Likelihoods:
        """Return how likely each row of features, best hit first, is related and the same.

        The answer is as likely right as the likeliest of its first ``JUDGED`` hits, which its reader sees
        first, is; without a hit it is not.
        """
        models = self.kinds[kind]
        related, same = models.related.logits(rows), models.same.logits(rows)
        hits = tuple(
            _likelihood(models.hit_related.probability(a), models.hit_same.probability(b))
            for a, b in zip(related.tolist(), same.tolist(), strict=True)
        )
        if not hits:
            return Likelihoods((), Likelihood(0.0, 0.0))
        best = int(related[:JUDGED].argmax())
        answer = _likelihood(
            models.answer_related.probability(float(related[best])),
            models.answer_same.probability(float(same[best])),
        )
        return Likelihoods(hits, answer)

    def to_bytes(self) -> bytes:
        """Return it as JSON; ``from_bytes`` reads the same numbers."""
        body = {
            "version": VERSION,
            "name": self.name,
            "encoder": self.encoder,
            "reranker": self.reranker,
            "features": list(MONOTONE_CONSTRAINTS),
            "kinds": {kind.value: asdict(fitted) for kind, fitted in self.kinds.items()},
        }
        return (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Calibration | None:
        """Read what ``to_bytes`` gave; None where that was another version or for other features than these.

        Raises ValueError, KeyError or TypeError on anything else.
        """
        body = json.loads(content)
        if body["version"] != VERSION or tuple(body["features"]) != tuple(MONOTONE_CONSTRAINTS):
            return None
        if not {"encoder", "reranker"} <= body.keys():
            return None  # nobody knows what it was fitted to
        kinds = {Kind(name): _kind(fitted) for name, fitted in body["kinds"].items()}
        reranker = body["reranker"]
        return cls(
            str(body["name"]), kinds, str(body["encoder"]), None if reranker is None else str(reranker)
        )


@cache
def default_calibration() -> Calibration:
    """Return the calibration of the package."""
    found = Calibration.from_bytes(Path(__file__).with_name(FILE_NAME).read_bytes())
    if found is None:
        raise RuntimeError("the packaged calibration was made for other features: fit it again")
    return found


def _likelihood(related: float, same: float) -> Likelihood:
    probability = round(related, _DIGITS)
    return Likelihood(probability, min(round(same, _DIGITS), probability))


def _kind(body: Mapping[str, Any]) -> KindCalibration:
    return KindCalibration(
        related=_additive(body["related"]),
        same=_additive(body["same"]),
        hit_related=_line(body["hit_related"]),
        hit_same=_line(body["hit_same"]),
        answer_related=_line(body["answer_related"]),
        answer_same=_line(body["answer_same"]),
        cuts=_cuts(body["cuts"]),
        possible=float(body["possible"]),
    )


def _line(body: Mapping[str, Any]) -> PlattScaling:
    return PlattScaling(float(body["slope"]), float(body["offset"]))


def _additive(body: Mapping[str, Any]) -> Additive:
    knots = tuple(tuple(float(knot) for knot in each) for each in body["knots"])
    gains = tuple(tuple(float(gain) for gain in each) for each in body["gains"])
    if not len(knots) == len(gains) == len(MONOTONE_CONSTRAINTS):
        raise ValueError(f"{len(knots)} and {len(gains)} lines for {len(MONOTONE_CONSTRAINTS)} features")
    for bends, climbs in zip(knots, gains, strict=True):
        if len(bends) != len(climbs) + 1 or not climbs or any(b <= a for a, b in pairwise(bends)):
            raise ValueError("a line has ascending knots and a gain between each two of them")
    return Additive(float(body["intercept"]), knots, gains)


def _cuts(body: Sequence[Mapping[str, Any]]) -> tuple[Cut, ...]:
    cuts = tuple(Cut(float(e["precision"]), float(e["likely"]), float(e["same"])) for e in body)
    if not cuts or list(cuts) != sorted(cuts, key=lambda each: each.precision):
        raise ValueError("cuts ascend by precision")
    return cuts
