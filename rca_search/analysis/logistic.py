"""A logistic regression whose weights keep the sign that reason gives them.

Minimises weighted log loss plus half the penalty times the squared weights, on standardised features, by
accelerated projected gradient (Beck and Teboulle, FISTA, 2009). A feature that speaks for a hit cannot come
out as speaking against it, however odd a small sample is, so more evidence never lowers a probability.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rca_search.ranking.calibration import Logistic
from rca_search.ranking.fusion import Floats

_STEPS = 500
_SPREAD = 1e-6


def fit_logistic(
    rows: Floats, labels: Floats, importance: Floats, *, signs: Sequence[int], penalty: float
) -> Logistic:
    """Fit ``labels`` (examples,), 0 to 1, to ``rows`` (examples, features).

    ``importance`` (examples,) weighs examples. ``signs`` says of each feature whether its weight is at least
    0 (1), at most 0 (-1), free (2) or 0 (0). Raises ValueError where there is no example.
    """
    if not len(rows):
        raise ValueError("a fit needs an example")
    share = importance / importance.sum()
    centre = share @ rows
    spread = np.sqrt(share @ (rows - centre) ** 2)
    usable = spread > _SPREAD
    scaled = np.where(usable, (rows - centre) / np.where(usable, spread, 1.0), 0.0)
    design = np.concatenate([scaled, np.ones((len(rows), 1))], axis=1)
    low, high = _bounds(signs)
    penalties = np.append(np.full(rows.shape[1], penalty), 0.0)
    # The largest curvature that the loss can have bounds the step.
    rate = 1.0 / (0.25 * float(np.linalg.eigvalsh((design * share[:, None]).T @ design)[-1]) + penalty)
    point = ahead = np.zeros(design.shape[1])
    momentum = 1.0
    for _ in range(_STEPS):
        gradient = design.T @ (share * (_logistic(design @ ahead) - labels)) + penalties * ahead
        following = np.clip(ahead - rate * gradient, low, high)
        grown = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + (momentum - 1) / grown * (following - point)
        point, momentum = following, grown
    weights = np.where(usable, point[:-1] / np.where(usable, spread, 1.0), 0.0)
    return Logistic(float(point[-1] - weights @ centre), tuple(weights.tolist()))


def _bounds(signs: Sequence[int]) -> tuple[Floats, Floats]:
    low = [0.0 if sign in (0, 1) else -np.inf for sign in signs]
    high = [0.0 if sign in (0, -1) else np.inf for sign in signs]
    return np.asarray([*low, -np.inf]), np.asarray([*high, np.inf])


def _logistic(values: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -60, 60)))
    return result
