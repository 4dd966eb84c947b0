"""How far probabilities can be trusted: what they separate, whether they hold, what they find.

Expected calibration error: Naeini and others, AAAI 2015, with bins of equal mass. Its debiased form: Kumar,
Liang and Ma, "Verified Uncertainty Calibration", NeurIPS 2019. Area under the ROC curve by ranks: Hanley and
McNeil, Radiology 1982.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_search.evaluation.intervals import SEED

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BINS = 5
SIMULATIONS = 1_000


def auroc(probabilities: Floats, labels: Flags) -> float | None:
    """Return how often a right answer is given more than a wrong one, equal ones half; None without both."""
    right, wrong = probabilities[labels], probabilities[~labels]
    if not len(right) or not len(wrong):
        return None
    ordered = np.sort(wrong)
    below = np.searchsorted(ordered, right, side="left")
    upto = np.searchsorted(ordered, right, side="right")
    return float((below + upto).sum() / 2 / (len(right) * len(wrong)))


def cut_at_precision(probabilities: Floats, labels: Flags, precision: float) -> float | None:
    """Return the least probability from which on the share of right answers is ``precision``, or None.

    Equal probabilities go together.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, right = probabilities[order], np.cumsum(labels[order])
    shares = right / np.arange(1, len(order) + 1)
    ends = np.append(ranked[1:] != ranked[:-1], np.ones(min(len(ranked), 1), dtype=np.bool_))
    reached = np.flatnonzero(ends & (shares >= precision - 1e-12))
    return float(ranked[reached[-1]]) if len(reached) else None


def recall_at_precision(probabilities: Floats, labels: Flags, precision: float) -> float | None:
    """Return the share of what is right that is found at ``precision``; None where nothing is right."""
    if not labels.any():
        return None
    cut = cut_at_precision(probabilities, labels, precision)
    return 0.0 if cut is None else float((labels & (probabilities >= cut)).sum() / labels.sum())


def brier(probabilities: Floats, labels: Flags) -> float:
    """Return the mean squared difference of probability and outcome."""
    return float(np.mean((probabilities - labels) ** 2))


def calibration_error(probabilities: Floats, labels: Flags, *, bins: int = BINS) -> float:
    """Return the mean distance of probability and share of right answers over bins of equal mass."""
    parts = _parts(probabilities, bins)
    gaps = [abs(float(probabilities[part].mean() - labels[part].mean())) * len(part) for part in parts]
    return sum(gaps) / len(probabilities)


def debiased_error(probabilities: Floats, labels: Flags, *, bins: int = BINS) -> float:
    """Return the root mean square of that distance less what chance alone puts into each bin."""
    total = 0.0
    for part in _parts(probabilities, bins):
        share = float(labels[part].mean())
        chance = share * (1 - share) / max(len(part) - 1, 1)
        total += len(part) * ((float(probabilities[part].mean()) - share) ** 2 - chance)
    return float(np.sqrt(max(total / len(probabilities), 0.0)))


def noise_floor(probabilities: Floats, *, bins: int = BINS, seed: int = SEED) -> float:
    """Return the mean ``calibration_error`` of a perfect model with these probabilities, by simulation."""
    generator = np.random.default_rng(seed)
    errors = [
        calibration_error(probabilities, generator.random(len(probabilities)) < probabilities, bins=bins)
        for _ in range(SIMULATIONS)
    ]
    return float(np.mean(errors))


def reliability(probabilities: Floats, labels: Flags, *, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Return mean probability, share of right answers and number of answers of each bin of equal mass."""
    return [
        (float(probabilities[part].mean()), float(labels[part].mean()), len(part))
        for part in _parts(probabilities, bins)
    ]


def measured(probabilities: Floats, labels: Flags) -> dict[str, object]:
    """Return how well probabilities separate and hold; ``error`` is to be compared with ``floor``."""
    return {
        "questions": len(labels),
        "auroc": _rounded(auroc(probabilities, labels)),
        "recall_at_precision_0.8": _rounded(recall_at_precision(probabilities, labels, 0.8)),
        "error": _rounded(calibration_error(probabilities, labels)),
        "floor": _rounded(noise_floor(probabilities)),
        "debiased_error": _rounded(debiased_error(probabilities, labels)),
        "brier": _rounded(brier(probabilities, labels)),
        "bins": [
            {"probability": round(mean, 4), "share": round(share, 4), "questions": count}
            for mean, share, count in reliability(probabilities, labels)
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _parts(probabilities: Floats, bins: int) -> list[NDArray[np.int64]]:
    order = np.argsort(probabilities, kind="stable")
    return [part for part in np.array_split(order, bins) if len(part)]
