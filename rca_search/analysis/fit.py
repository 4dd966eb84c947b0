"""A calibration fitted to examples, and what it would have said of each had its group been left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.analysis.examples import COPIED, PRESENT, REMOVED, Example
from rca_search.analysis.logistic import fit_logistic
from rca_search.evaluation.calibration_measures import cut_at_precision
from rca_search.ranking.calibration import Cut, KindCalibration, Line, Logistic
from rca_search.ranking.features import SIGNS
from rca_search.ranking.fusion import Floats

PROMISES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Precisions that cuts are measured for."""
NEVER = 1.1
"""A cut that no probability reaches, for a promise that could not be kept."""

_PENALTY = 0.05
_BELOW_FIRST = 0.3
"""Weight of the hits below the first: many are related though nobody judged them."""
_OTHER_SORTS = 0.3
"""Weight of an example that is no judged question over the whole corpus, nor a copy."""

Grade = Callable[[int], bool]


def related(grade: int) -> bool:
    """Tell whether a grade stands for the same or a related failure."""
    return grade >= 1


def same(grade: int) -> bool:
    """Tell whether a grade stands for the same failure."""
    return grade >= 2


@dataclass(frozen=True, slots=True)
class Models:
    """Models of the hits of one kind."""

    related: Logistic
    same: Logistic


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What models said of examples that they had not seen: the log odds of the best hit of each."""

    examples: Sequence[Example]
    related: Floats
    same: Floats
    hits: Mapping[str, tuple[Floats, NDArray[np.bool_]]]
    """By ``related`` and ``same``: log odds of every hit of the judged questions, and whether it was."""


def is_judged(example: Example) -> bool:
    """Tell whether this is a judged question over the whole corpus, which calibration is measured on."""
    return example.sort in (PRESENT, REMOVED)


def fit_models(examples: Sequence[Example]) -> Models:
    """Fit both models to the hits of ``examples``; raises ValueError where there is no hit."""
    rows = np.concatenate([example.rows for example in examples])
    grades = [grade for example in examples for grade in example.grades]
    importance = np.concatenate([_importance(example) for example in examples])
    signs = list(SIGNS.values())

    def fitted(wanted: Grade) -> Logistic:
        labels = np.asarray([wanted(grade) for grade in grades], dtype=np.float64)
        return fit_logistic(rows, labels, importance, signs=signs, penalty=_PENALTY)

    return Models(fitted(related), fitted(same))


def held_out(examples: Sequence[Example]) -> Held:
    """Judge the examples of each group by models that were fitted to all other groups."""
    order = [example for example in examples if len(example.rows)]
    parts = {"related": np.zeros(len(order)), "same": np.zeros(len(order))}
    gathered: dict[str, list[tuple[Floats, list[bool]]]] = {"related": [], "same": []}
    for group in sorted({example.group for example in order}):
        models = fit_models([example for example in order if example.group != group])
        for place, example in enumerate(order):
            if example.group != group:
                continue
            for name, model, wanted in (("related", models.related, related), ("same", models.same, same)):
                logits = model.logits(example.rows)
                parts[name][place] = logits.max()
                if is_judged(example):
                    gathered[name].append((logits, [wanted(grade) for grade in example.grades]))
    hits = {
        name: (
            np.concatenate([logits for logits, _ in found]),
            np.asarray([flag for _, flags in found for flag in flags], dtype=np.bool_),
        )
        for name, found in gathered.items()
    }
    return Held(order, parts["related"], parts["same"], hits)


def fit_line(logits: Floats, labels: NDArray[np.bool_]) -> Line:
    """Fit what makes calibrated log odds of ``logits`` (Platt, 1999, with his smoothed targets)."""
    right, wrong = int(labels.sum()), int((~labels).sum())
    targets = np.where(labels, (right + 1) / (right + 2), 1 / (wrong + 2))
    found = fit_logistic(logits[:, None], targets, np.ones(len(logits)), signs=[1], penalty=1e-4)
    return Line(found.weights[0], found.intercept)


def answer_lines(held: Held, chosen: NDArray[np.bool_]) -> tuple[Line, Line]:
    """Fit the lines of answers, related and same, to the ``chosen`` examples."""
    grades = np.asarray([example.present for example in held.examples])[chosen]
    return (
        fit_line(held.related[chosen], np.asarray([related(grade) for grade in grades], dtype=np.bool_)),
        fit_line(held.same[chosen], np.asarray([same(grade) for grade in grades], dtype=np.bool_)),
    )


def calibrated(held: Held, lines: tuple[Line, Line]) -> tuple[Floats, Floats]:
    """Return what ``lines`` make of the log odds of each example: the probabilities of related and same."""
    first = np.asarray([lines[0].probability(logit) for logit in held.related.tolist()])
    second = np.asarray([lines[1].probability(logit) for logit in held.same.tolist()])
    return first, np.minimum(first, second)


def cuts(probabilities: tuple[Floats, Floats], grades: Sequence[int]) -> tuple[Cut, ...]:
    """Measure from which probabilities on the promises are kept; a stricter promise never has a lower cut."""
    flags = [np.asarray([wanted(grade) for grade in grades], dtype=np.bool_) for wanted in (related, same)]
    found: list[Cut] = []
    for promise in PROMISES:
        least = [cut_at_precision(*pair, promise) for pair in zip(probabilities, flags, strict=True)]
        values = [NEVER if value is None else value for value in least]
        if found:
            values = [max(values[0], found[-1].likely), max(values[1], found[-1].same)]
        found.append(Cut(promise, round(values[0], 6), round(values[1], 6)))
    return tuple(found)


def fit_kind(examples: Sequence[Example]) -> tuple[KindCalibration, Held, tuple[Floats, Floats]]:
    """Fit everything for one kind; also return what was said of each example with its group left out."""
    held = held_out(examples)
    chosen = np.asarray([is_judged(example) for example in held.examples], dtype=np.bool_)
    models = fit_models(held.examples)
    # Four numbers fitted to log odds that came from models without the question's own organisation.
    lines = answer_lines(held, chosen)
    probabilities = calibrated(held, lines)
    grades = [example.present for example, flag in zip(held.examples, chosen, strict=True) if flag]
    fitted = KindCalibration(
        related=models.related,
        same=models.same,
        hit_related=fit_line(*held.hits["related"]),
        hit_same=fit_line(*held.hits["same"]),
        answer_related=lines[0],
        answer_same=lines[1],
        cuts=cuts((probabilities[0][chosen], probabilities[1][chosen]), grades),
        possible=0.25,
    )
    return fitted, held, probabilities


def _importance(example: Example) -> Floats:
    weights = np.full(len(example.rows), _BELOW_FIRST)
    weights[:1] = 1.0
    return weights * (1.0 if is_judged(example) or example.sort == COPIED else _OTHER_SORTS)
