"""The parts of a fit: lines that bend, cuts that keep promises, hits that nobody judged."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.analysis.additive import STRETCHES, fit_additive, quantile_knots
from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.analysis.fit import (
    NEVER,
    OVERLOOKED,
    PROMISES,
    Held,
    Outcomes,
    cuts,
    fit_models,
    possible_cut,
)
from rca_search.models import Kind
from rca_search.ranking.features import SIGNS


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
    rows = np.zeros((len(grades), len(SIGNS)))
    rows[:, 0] = [0.9, 0.2, 0.1][: len(grades)]
    return Example(Kind.INCIDENT, "made up", sort, "north", str(number), rows, grades)


def test_what_nobody_judged_takes_no_part_in_the_models() -> None:
    asked = [example(PRESENT, (2, 0, None), 1), example(NOTHING, (0, 0, 0), 2)]
    known = [replace(asked[0], rows=asked[0].rows[:2], grades=(2, 0)), asked[1]]
    assert fit_models(asked) == fit_models(known)


def test_outcomes_follow_the_order_that_a_reader_sees() -> None:
    asked = [example(PRESENT, (0, 2, 1)), example(PRESENT, (1, None, 0)), example(NOTHING, (0, 0, 0))]
    odds = [np.asarray([0.0, 3.0, 1.0]), np.asarray([0.0, 3.0, 1.0]), np.asarray([1.0, 0.0, 0.0])]
    held = Held(asked, odds, [each - 1.0 for each in odds])
    first, is_same, is_found = held.outcomes()
    assert (first.tolist(), is_same.tolist(), is_found.tolist()) == (
        [True, False, False],
        [True, False, False],
        [True, True, False],
    )
    assert held.best()[0].tolist() == [3.0, 3.0, 1.0]
    assert held.best()[1].tolist() == [2.0, 2.0, 0.0]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_cuts_keep_their_promises_where_they_promise_anything(told: list[tuple[float, bool, bool]]) -> None:
    probabilities = np.asarray([each[0] for each in told])
    right = np.asarray([each[1] for each in told])
    is_same = np.asarray([each[1] and each[2] for each in told])
    found = cuts(
        (probabilities, probabilities), Outcomes(right, is_same, np.zeros(len(told), dtype=np.bool_))
    )
    assert [cut.precision for cut in found] == list(PROMISES)
    for before, after in pairwise(found):
        assert (before.likely, before.same) <= (after.likely, after.same)
    first = found[0]
    if first.likely < NEVER:
        called = probabilities >= first.likely - 1e-6
        assert right[called].mean() >= first.precision - 1e-9 or right[called].sum() >= 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=120))
def test_below_the_cut_little_is_overlooked(told: list[tuple[float, bool]]) -> None:
    probabilities = np.asarray([each[0] for each in told])
    is_found = np.asarray([each[1] for each in told])
    cut = possible_cut(probabilities, is_found)
    below = probabilities < cut
    if cut > 0 and len(set(probabilities.tolist())) == len(probabilities):
        assert below.sum() >= 19
        assert is_found[below].sum() <= max(OVERLOOKED * (below.sum() + 1), 0) + 1


def test_the_cut_is_the_largest_that_keeps_the_promise() -> None:
    probabilities = np.linspace(0, 1, 101)
    assert possible_cut(probabilities, probabilities > 0.395) == pytest.approx(0.415, abs=0.011)
    assert possible_cut(probabilities, np.ones(101, dtype=np.bool_)) == 0.0
    assert possible_cut(probabilities, np.zeros(101, dtype=np.bool_)) > 1.0
