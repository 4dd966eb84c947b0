"""The models of the packaged calibration, and what they say of groups that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.fitting.additive import fit_additive, quantile_knots
from rca_search.analysis.examples import NOTHING, Example
from rca_search.analysis.fit import (
    Flags,
    Grade,
    Held,
    Outcomes,
    answer_scalings,
    calibrated,
    cuts,
    fit_scaling,
    possible_cut,
    related,
    same,
)
from rca_search.ranking.calibration import Additive, KindCalibration
from rca_search.ranking.features import MONOTONE_CONSTRAINTS
from rca_search.ranking.fusion import Floats

SMALLER, SHORTENED, OFF_TOPIC, COPIED = "smaller", "shortened", "off topic", "copied"
"""Sorts of examples that are no questions over a whole corpus."""

FOLDS = 12
"""Parts that groups are gathered into where each is judged by a fit to the others."""

_PENALTY = 0.01
_BELOW_FIRST = 0.7
"""Weight of the hits below the first."""
_OTHER_SORTS: Mapping[str, float] = {SHORTENED: 0.5, SMALLER: 0.3, OFF_TOPIC: 0.3, COPIED: 0.1}
"""Weights of examples that are no questions over a whole corpus; copies are long, many and easy."""


@dataclass(frozen=True, slots=True)
class Models:
    """Models of the hits of one kind."""

    related: Additive
    same: Additive


def fit_models(examples: Sequence[Example]) -> Models:
    """Fit both models to the judged hits of ``examples``; raises ValueError where there is none."""
    rows = np.concatenate([example.rows[_judged(example)] for example in examples])
    grades = [grade for example in examples for grade in example.grades if grade is not None]
    importance = np.concatenate([_importance(example) for example in examples])
    signs, knots = list(MONOTONE_CONSTRAINTS.values()), quantile_knots(rows)

    def fitted(wanted: Grade) -> Additive:
        labels = np.asarray([wanted(grade) for grade in grades], dtype=np.float64)
        return fit_additive(rows, labels, importance, knots=knots, signs=signs, penalty=_PENALTY)

    return Models(fitted(related), fitted(same))


def held_out(examples: Sequence[Example], beside: Sequence[Example] = (), parts: int = FOLDS) -> Held:
    """Judge the examples of each of ``parts`` folds by models fitted to all other folds.

    ``beside`` are examples of another kind that models are fitted to as well; the groups of a fold are left
    out of those, too.
    """
    order = [example for example in examples if len(example.rows)]
    odds: list[tuple[Floats, Floats]] = [(np.zeros(0), np.zeros(0))] * len(order)
    for fold in folds(order, parts):
        models = fit_models([each for each in (*order, *beside) if each.group not in fold])
        for place, example in enumerate(order):
            if example.group in fold:
                odds[place] = (models.related.logits(example.rows), models.same.logits(example.rows))
    return Held(order, [first for first, _ in odds], [second for _, second in odds])


def folds(examples: Sequence[Example], parts: int = FOLDS) -> list[frozenset[str]]:
    """Gather the groups of ``examples`` into ``parts`` of much the same size, a group never in two."""
    sizes: dict[str, int] = {}
    for example in examples:
        sizes[example.group] = sizes.get(example.group, 0) + 1
    gathered: list[list[str]] = [[] for _ in range(min(parts, len(sizes)))]
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        min(gathered, key=lambda part: sum(sizes[name] for name in part)).append(group)
    return [frozenset(part) for part in gathered]


def fit_kind(
    examples: Sequence[Example], beside: Sequence[Example] = (), parts: int = FOLDS
) -> KindCalibration:
    """Fit everything for one kind; ``beside`` are examples of another kind that help its models.

    ``parts`` is how many folds are left out in turn for what scalings and cuts are fitted to.
    """
    held = held_out(examples, beside, parts)
    chosen = held.is_whole()
    models = fit_models([*held.examples, *beside])
    # Lines and cuts are fitted to log odds that came from models without the question's own organisation.
    scalings = answer_scalings(held, chosen)
    probabilities = calibrated(held, scalings)
    first, is_same, is_found = (flags[chosen] for flags in held.outcomes())
    related_odds, same_odds = probabilities[0][chosen], probabilities[1][chosen]
    is_nothing = np.asarray([example.sort == NOTHING for example in held.examples], dtype=np.bool_)[chosen]
    return KindCalibration(
        related=models.related,
        same=models.same,
        hit_related=fit_scaling(*held.hits(related)),
        hit_same=fit_scaling(*held.hits(same)),
        answer_related=scalings[0],
        answer_same=scalings[1],
        cuts=cuts((related_odds, same_odds), Outcomes(first, is_same, is_nothing)),
        possible=possible_cut(related_odds, is_found),
    )


def _judged(example: Example) -> Flags:
    return np.asarray([grade is not None for grade in example.grades], dtype=np.bool_)


def _importance(example: Example) -> Floats:
    weights = np.full(len(example.rows), _BELOW_FIRST)
    weights[:1] = 1.0
    return weights[_judged(example)] * example.weight * _OTHER_SORTS.get(example.sort, 1.0)
