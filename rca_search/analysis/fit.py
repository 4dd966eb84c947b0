"""From log odds to what is said of answers: Platt scaling, and the cuts between verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.analysis.logistic import fit_logistic
from rca_search.evaluation.calibration_measures import cut_at_precision
from rca_search.evaluation.ladder import LOOKED_AT, NOTHING_RELEVANT, SAME_GRADE
from rca_search.ranking.calibration import Cut, PlattScaling
from rca_search.ranking.fusion import Floats

PROMISES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Precisions that cuts are measured for."""
NEVER = 1.1
"""A cut that no probability reaches, for a promise that could not be kept."""
FALSE_ALARMS = 0.1
"""Times what a promise leaves open: the share of questions without an answer that may be called likely."""

_MARGIN = 0.8
"""How much of ``NOTHING_RELEVANT`` is used up on the questions at hand: others are answered less well."""
_FEWEST = 20
"""Answers that a share is worth calling one from on."""

Flags = NDArray[np.bool_]
Grade = Callable[[int], bool]


def related(grade: int) -> bool:
    """Return whether a grade stands for the same or a related failure."""
    return grade >= 1


def same(grade: int) -> bool:
    """Return whether a grade stands for the same failure."""
    return grade >= SAME_GRADE


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What models said of examples that they had not seen: the log odds of each hit, as they were found."""

    examples: Sequence[Example]
    related: Sequence[Floats]
    same: Sequence[Floats]

    def best(self) -> tuple[Floats, Floats]:
        """Return the log odds, related and same, of the likeliest hit of each example."""
        places = [int(odds.argmax()) for odds in self.related]
        return (
            np.asarray([odds[place] for odds, place in zip(self.related, places, strict=True)]),
            np.asarray([odds[place] for odds, place in zip(self.same, places, strict=True)]),
        )

    def outcomes(self) -> tuple[Flags, Flags, Flags]:
        """Tell of each example whether its first hit is relevant, is the same, and one of the first three is.

        What nobody judged counts as neither.
        """
        found = []
        for example, odds in zip(self.examples, self.related, strict=True):
            grades = [example.grades[place] or 0 for place in example.order(odds)[:LOOKED_AT]]
            found.append((related(grades[0]), same(grades[0]), related(max(grades))))
        columns = np.asarray(found, dtype=np.bool_).reshape(len(found), 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]

    def is_whole(self) -> Flags:
        """Flag the examples that are questions over a whole corpus, judged or without an answer."""
        return np.asarray([is_whole(example) for example in self.examples], dtype=np.bool_)

    def hits(self, wanted: Grade) -> tuple[Floats, Flags]:
        """Return the log odds of every judged hit of questions over a whole corpus, and whether it was."""
        parts = self.related if wanted is related else self.same
        pairs = [
            (value, wanted(grade))
            for example, odds in zip(self.examples, parts, strict=True)
            if is_whole(example)
            for value, grade in zip(odds.tolist(), example.grades, strict=True)
            if grade is not None
        ]
        return np.asarray([value for value, _ in pairs]), np.asarray(
            [flag for _, flag in pairs], dtype=np.bool_
        )


def is_whole(example: Example) -> bool:
    """Return whether this is a question over a whole corpus, which calibration is measured on."""
    return example.sort in (PRESENT, NOTHING)


def fit_scaling(logits: Floats, labels: Flags) -> PlattScaling:
    """Fit what makes calibrated log odds of ``logits`` (Platt, 1999, with his smoothed targets)."""
    right, wrong = int(labels.sum()), int((~labels).sum())
    targets = np.where(labels, (right + 1) / (right + 2), 1 / (wrong + 2))
    found = fit_logistic(logits[:, None], targets, np.ones(len(logits)), signs=[1], penalty=1e-4)
    return PlattScaling(found.weights[0], found.intercept)


def answer_scalings(held: Held, chosen: Flags) -> tuple[PlattScaling, PlattScaling]:
    """Fit the scaling of answers to the ``chosen`` examples.

    They tell how likely the first hit is relevant, and how likely it is the same.
    """
    (first, second), (is_relevant, is_same, _) = held.best(), held.outcomes()
    return fit_scaling(first[chosen], is_relevant[chosen]), fit_scaling(second[chosen], is_same[chosen])


def calibrated(held: Held, scalings: tuple[PlattScaling, PlattScaling]) -> tuple[Floats, Floats]:
    """Return what ``scalings`` make of the log odds of each answer: the probabilities of related and same."""
    first, second = (
        np.asarray([scaling.probability(value) for value in values.tolist()])
        for scaling, values in zip(scalings, held.best(), strict=True)
    )
    return first, np.minimum(first, second)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What came of answers: the first hit is relevant, is the same, or there was nothing to be found."""

    is_relevant: Flags
    is_same: Flags
    is_nothing: Flags


def cuts(probabilities: tuple[Floats, Floats], outcomes: Outcomes) -> tuple[Cut, ...]:
    """Measure from which probabilities on the promises are kept; a stricter promise never has a lower cut.

    "Same" promises twice as much as "likely": where a fifth of those may be wrong, a tenth of these may. What
    is called the same does not make up for what is called likely: the share is that of the answers between
    the two. And where a fifth may be wrong, a fiftieth of the questions without an answer may be called
    likely.
    """
    found: list[Cut] = []
    nothing = np.sort(probabilities[0][outcomes.is_nothing])
    for promise in PROMISES:
        same_cut = _least(probabilities[1], outcomes.is_same, 1 - (1 - promise) / 2)
        below = probabilities[1] < same_cut
        likely = _least(probabilities[0][below], outcomes.is_relevant[below], promise)
        if len(nothing):
            likely = max(likely, float(np.quantile(nothing, 1 - FALSE_ALARMS * (1 - promise))))
        if found:
            likely, same_cut = max(likely, found[-1].likely), max(same_cut, found[-1].same)
        found.append(Cut(promise, round(likely, 6), round(same_cut, 6)))
    return tuple(found)


def _least(probabilities: Floats, labels: Flags, precision: float) -> float:
    found = cut_at_precision(probabilities, labels, precision)
    return NEVER if found is None else found


def possible_cut(probabilities: Floats, is_found: Flags) -> float:
    """Return the largest probability below which hardly any answer had a relevant hit (``NOTHING_RELEVANT``).

    ``is_found`` tells whether one of the first three was. Equal probabilities go together. 0 where no such
    share can be promised.
    """
    order = np.argsort(probabilities, kind="stable")
    ranked = np.append(probabilities[order], NEVER)
    counts = np.arange(1, len(order) + 1)
    shares = np.cumsum(is_found[order]) / counts
    is_end = ranked[1:] != ranked[:-1]
    kept = np.flatnonzero(is_end & (shares <= _MARGIN * NOTHING_RELEVANT) & (counts >= _FEWEST))
    return round(float(ranked[kept[-1] : kept[-1] + 2].mean()), 6) if len(kept) else 0.0
