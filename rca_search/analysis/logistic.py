"""A logistic regression whose weights keep the sign that reason gives them.

Minimises weighted log loss plus half the penalty times the squared weights, on standardised features, by
L-BFGS-B (Byrd and others, "A Limited Memory Algorithm for Bound Constrained Optimization", 1995). A feature
that counts for a hit cannot come out as speaking against it, however odd a small sample is, so more evidence
never lowers a probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rca_search.errors import InvalidRequestError
from rca_search.ranking.fusion import Floats

_STEPS = 1000
_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: ``1 / (1 + exp(-(intercept + weights . features)))``."""

    intercept: float
    weights: tuple[float, ...]


def fit_logistic(
    rows: Floats, labels: Floats, importance: Floats, *, signs: Sequence[int], penalty: float
) -> Logistic:
    """Fit ``labels`` (examples,), 0 to 1, to ``rows`` (examples, features).

    ``importance`` (examples,) weighs examples. ``signs`` says of each feature whether its weight is at least
    0 (1), at most 0 (-1), free (2) or 0 (0). Raises ValueError where there is no example, and
    InvalidRequestError where SciPy is missing.
    """
    minimize = _minimizer()
    if not len(rows):
        raise ValueError("a fit needs an example")
    share = importance / importance.sum()
    centre = share @ rows
    spread = np.sqrt(share @ (rows - centre) ** 2)
    usable = spread > _SPREAD
    design = np.where(usable, (rows - centre) / np.where(usable, spread, 1.0), 0.0)

    def loss(point: Floats) -> tuple[float, Floats]:
        odds = design @ point[:-1] + point[-1]
        each = np.logaddexp(0.0, odds) - labels * odds
        slopes = share * (_logistic(odds) - labels)
        gradient = np.append(design.T @ slopes + penalty * point[:-1], slopes.sum())
        return float(share @ each + penalty / 2 * point[:-1] @ point[:-1]), gradient

    bounds = [*map(_bounds, signs), (None, None)]
    start = np.zeros(rows.shape[1] + 1)
    options = {"maxiter": _STEPS, "ftol": 1e-13, "gtol": 1e-9}
    point = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    weights = np.where(usable, point[:-1] / np.where(usable, spread, 1.0), 0.0)
    return Logistic(float(point[-1] - weights @ centre), tuple(weights.tolist()))


def _minimizer() -> Callable[..., Any]:
    """Return SciPy's, loaded here because only fits need it: the small install that answers has none."""
    try:
        from scipy.optimize import minimize  # type: ignore[import-untyped]
    except ImportError as error:
        raise InvalidRequestError(
            "Fitting a calibration needs SciPy, which is not installed.",
            remedy="Run it where indexes are built: pip install rca-search",
        ) from error
    found: Callable[..., Any] = minimize
    return found


def _bounds(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign in (0, 1) else None, 0.0 if sign in (0, -1) else None)


def _logistic(values: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -60, 60)))
    return result
