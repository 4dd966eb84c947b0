"""A calibration fitted to an index's own history."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest

from rca_search.analysis.own import fit_own
from rca_search.analysis.picture import reliability_picture
from rca_search.embedding.hashing import HashingEncoder
from rca_search.evaluation.replay import ENOUGH
from rca_search.models import Kind
from rca_search.ranking.calibration import Calibration, default_calibration
from rca_search.service import SearchService

THINGS = (
    "amber", "beacon", "cable", "dynamo", "engine", "filter", "gasket", "hinge", "inverter", "jacket",
    "keel", "lever", "motor", "nozzle", "oven", "piston", "quarry", "rotor", "sensor", "turbine",
)  # fmt: skip


def history(families: int) -> dict[str, str]:
    """Return families of three incidents each, every one linked with the one before it."""
    documents: dict[str, str] = {}
    day = dt.date(2020, 1, 1)
    for number in range(families):
        first, second = THINGS[number % 20], THINGS[(number * 7 + 3) % 20]
        for time in range(3):
            name = f"RCAs/{number:03d}-{time}"
            link = f"\n\n## Related\n\n[[RCAs/{number:03d}-{time - 1}]]\n" if time else ""
            date = day + dt.timedelta(days=100 * time + number)
            documents[f"{name}.md"] = (
                f"---\ndate: {date}\n---\n# The {first} of hall {number} stopped\n\n## Summary\n\n"
                f"The {second} {first} overheated {'again ' * time}and tripped breaker {number}xk.{link}"
            )
    return documents


def silent(_done: int, _total: int) -> None:
    return None


@pytest.fixture(scope="module")
def long(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(history(24), HashingEncoder())


def test_too_little_history_keeps_the_default(make_service: Callable[..., SearchService]) -> None:
    fit = fit_own(make_service(history(4), HashingEncoder()), silent)
    assert (fit.calibration, fit.reason, fit.cases, fit.needed) == (None, "too_few_cases", 8, ENOUGH)
    assert fit.before == fit.after == {}


def test_enough_history_is_fitted_and_measured_on_what_came_later(long: SearchService) -> None:
    fit = fit_own(long, silent)
    assert fit.cases == 48
    assert fit.reason in ("fitted", "no_better")
    assert fit.before["questions"] == fit.after["questions"] == 2 * 38
    assert (fit.calibration is None) == (fit.after["brier"] >= fit.before["brier"])  # type: ignore[operator]


def test_the_fit_is_the_same_each_time_and_leaves_runbooks_alone(long: SearchService) -> None:
    first, second = fit_own(long, silent), fit_own(long, silent)
    assert first == second
    if first.calibration is not None:
        assert first.calibration.name == "own"
        assert first.calibration.kinds[Kind.RUNBOOK] == default_calibration().kinds[Kind.RUNBOOK]
        assert Calibration.from_bytes(first.calibration.to_bytes()) == first.calibration


def test_the_picture_is_the_same_for_the_same_figures(long: SearchService) -> None:
    fit = fit_own(long, silent)
    drawn = reliability_picture({"default": fit.before, "own": fit.after})
    assert drawn == reliability_picture({"default": fit.before, "own": fit.after})
    assert drawn.startswith(b"<?xml")
    assert json.dumps(fit.before)
