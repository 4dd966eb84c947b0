"""The models of the packaged calibration: lines that bend, hits that nobody judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.fitting.additive import STRETCHES, fit_additive, quantile_knots
from benchmarks.fitting.calibration import alike
from benchmarks.fitting.models import fit_models
from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.models import Kind
from rca_search.ranking.features import MONOTONE_CONSTRAINTS


def test_knots_ascend_and_a_flag_has_one_stretch() -> None:
    random = np.random.default_rng(2)
    rows = np.stack([random.normal(size=500), random.random(500) < 0.1, np.full(500, 7.0)], axis=1)
    wide, flag, constant = quantile_knots(rows)
    assert len(wide) == STRETCHES + 1
    assert list(wide) == sorted(set(wide))
    assert wide[0] > rows[:, 0].min()
    assert wide[-1] < rows[:, 0].max()
    assert (flag, constant) == ((0.0, 1.0), (7.0, 8.0))


def test_a_line_follows_what_bends_and_keeps_its_sign() -> None:
    random = np.random.default_rng(4)
    values = random.uniform(-3, 3, (4000, 1))
    odds = np.where(values[:, 0] < 0, -2.0, 2.0 * np.minimum(values[:, 0], 1.0) - 2.0)
    labels = (random.random(4000) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    knots = ((-3.0, -1.0, 0.0, 1.0, 3.0),)
    found = fit_additive(values, labels, np.ones(4000), knots=knots, signs=[1], penalty=1e-4)
    told = found.logits(np.asarray([[-2.0], [0.0], [0.5], [1.0], [3.0]]))
    assert told == pytest.approx([-2, -2, -1, 0, 0], abs=0.35)
    turned = fit_additive(values, labels, np.ones(4000), knots=knots, signs=[-1], penalty=1e-4)
    assert max(turned.gains[0]) <= 0


def example(sort: str, grades: tuple[int | None, ...], number: int = 0) -> Example:
    rows = np.zeros((len(grades), len(MONOTONE_CONSTRAINTS)))
    rows[:, 0] = [0.9, 0.2, 0.1][: len(grades)]
    return Example(Kind.INCIDENT, "made up", sort, "north", str(number), rows, grades)


def test_what_nobody_judged_takes_no_part_in_the_models() -> None:
    asked = [example(PRESENT, (2, 0, None), 1), example(NOTHING, (0, 0, 0), 2)]
    known = [replace(asked[0], rows=asked[0].rows[:2], grades=(2, 0)), asked[1]]
    assert fit_models(asked) == fit_models(known)


def test_a_calibration_is_what_the_fit_gives_but_for_rounding() -> None:
    stored = {"cuts": [{"likely": 0.5}, {"likely": 0.75}], "name": "default"}
    assert alike({"cuts": [{"likely": 0.5 + 1e-5}, {"likely": 0.75}], "name": "default"}, stored)
    for other in (
        {"cuts": [{"likely": 0.52}, {"likely": 0.75}], "name": "default"},
        {"cuts": [{"likely": 0.5}], "name": "default"},
        {"cuts": [{"likely": 0.5}, {"likely": None}], "name": "default"},
        {"cuts": [{"likely": 0.5}, {"likely": 0.75}], "name": "own"},
        {"cuts": [{"likely": 0.5}, {"likely": 0.75}]},
    ):
        assert not alike(other, stored)
