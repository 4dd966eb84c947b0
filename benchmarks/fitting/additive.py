"""Fits of logistic additive models: lines with bends at the quantiles of each feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rca_search.analysis.logistic import fit_logistic
from rca_search.ranking.calibration import Additive, ramps
from rca_search.ranking.fusion import Floats

STRETCHES = 5
"""Stretches of a line at most, between quantiles that are evenly spread."""

_TAIL = 0.01
"""Share of the values beyond the first and the last bend: what is rarer is no more telling."""
_DIGITS = 6
_NARROWEST = 1e-4


def quantile_knots(rows: Floats) -> tuple[tuple[float, ...], ...]:
    """Return where the line of each feature of ``rows`` (examples, features) bends.

    A feature that has few values, a flag above all, has fewer bends; one that never changes has a line that
    nothing is ever fitted to.
    """
    levels = np.linspace(_TAIL, 1 - _TAIL, STRETCHES + 1)
    found = []
    for values in rows.T:
        least, most = float(values.min()), float(values.max())
        knots = [round(least, _DIGITS)] if len(np.unique(values)) <= STRETCHES else []
        for value in [*np.quantile(values, levels).tolist(), most if knots else least]:
            if not knots or value > knots[-1] + _NARROWEST:
                knots.append(round(value, _DIGITS))
        found.append(tuple(knots) if len(knots) > 1 else (knots[0], knots[0] + 1.0))
    return tuple(found)


def fit_additive(
    rows: Floats,
    labels: Floats,
    importance: Floats,
    *,
    knots: Sequence[tuple[float, ...]],
    signs: Sequence[int],
    penalty: float,
) -> Additive:
    """Fit ``labels`` (examples,), 0 to 1, to ``rows`` (examples, features) by lines that bend at ``knots``.

    ``signs`` is as in ``fit_logistic``: a line that may only climb is made of stretches that may only climb
    (Ramsay, "Monotone Regression Splines in Action", 1988, with splines of the first degree).
    """
    climbed = [ramps(rows[:, place], bends) for place, bends in enumerate(knots)]
    each = [sign for sign, part in zip(signs, climbed, strict=True) for _ in range(part.shape[1])]
    model = fit_logistic(np.concatenate(climbed, axis=1), labels, importance, signs=each, penalty=penalty)
    gains, start = [], 0
    for part in climbed:
        gains.append(tuple(round(gain, _DIGITS) for gain in model.weights[start : start + part.shape[1]]))
        start += part.shape[1]
    return Additive(round(model.intercept, _DIGITS), tuple(knots), tuple(gains))
