"""From log odds to verdicts: outcomes as a reader sees them, cuts that keep promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.analysis.fit import (
    FALSE_ALARMS,
    PROMISES,
    Held,
    Outcomes,
    cuts,
    possible_cut,
)
from rca_search.evaluation.ladder import NOTHING_RELEVANT
from rca_search.models import Kind
from rca_search.ranking.features import MONOTONE_CONSTRAINTS


def example(sort: str, grades: tuple[int | None, ...], number: int = 0) -> Example:
    rows = np.zeros((len(grades), len(MONOTONE_CONSTRAINTS)))
    rows[:, 0] = [0.9, 0.2, 0.1][: len(grades)]
    return Example(Kind.INCIDENT, "made up", sort, "north", str(number), rows, grades)


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


# Hundredths, so that equal probabilities occur and rounding to six digits changes none.
HUNDREDTHS = st.integers(0, 100).map(lambda number: number / 100)


@given(st.lists(st.tuples(HUNDREDTHS, HUNDREDTHS, st.integers(0, 2)), min_size=1, max_size=80))
def test_each_rung_keeps_the_least_promise_by_itself(told: list[tuple[float, float, int]]) -> None:
    related, same = (np.asarray([each[place] for each in told]) for place in (0, 1))
    grades = np.asarray([each[2] for each in told])
    found = cuts((related, same), Outcomes(grades >= 1, grades >= 2, np.zeros(len(told), dtype=np.bool_)))
    assert [cut.precision for cut in found] == list(PROMISES)
    for before, after in pairwise(found):
        assert before.likely <= after.likely
        assert before.same <= after.same
    least = found[0]
    called_same = same >= least.same
    called_likely = ~called_same & (related >= least.likely)
    if called_same.any():
        assert (grades[called_same] >= 2).mean() >= (1 + least.precision) / 2
    if called_likely.any():
        assert (grades[called_likely] >= 1).mean() >= least.precision


def test_questions_without_an_answer_keep_the_cut_of_likely_up() -> None:
    related = np.concatenate((np.linspace(0.5, 1.0, 100), np.linspace(0.0, 0.9, 100)))
    right = np.arange(200) < 100
    nothing = ~right
    free = cuts((related, np.zeros(200)), Outcomes(right, ~right & right, np.zeros(200, dtype=np.bool_)))
    held = cuts((related, np.zeros(200)), Outcomes(right, ~right & right, nothing))
    for cut in held:
        assert (related[nothing] >= cut.likely).mean() <= FALSE_ALARMS * (1 - cut.precision) + 0.01
    assert held[3].likely > free[3].likely


@given(st.lists(st.tuples(HUNDREDTHS, st.booleans()), min_size=1, max_size=120))
def test_below_the_cut_hardly_anything_is_overlooked(told: list[tuple[float, bool]]) -> None:
    probabilities = np.asarray([each[0] for each in told])
    is_found = np.asarray([each[1] for each in told])
    below = probabilities < possible_cut(probabilities, is_found)
    if below.any():
        assert below.sum() >= 20
        assert is_found[below].mean() <= NOTHING_RELEVANT


def test_equal_probabilities_are_called_alike() -> None:
    probabilities = np.asarray([0.1] * 30 + [0.2] * 30)
    is_found = np.asarray([False] * 59 + [True])
    assert possible_cut(probabilities, is_found) > 0.2
    is_found[30:40] = True
    assert possible_cut(probabilities, is_found) == pytest.approx(0.15)


def test_the_cut_is_the_largest_that_keeps_the_promise() -> None:
    probabilities = np.linspace(0, 1, 101)
    assert possible_cut(probabilities, probabilities > 0.395) == pytest.approx(0.415, abs=0.011)
    assert possible_cut(probabilities, np.ones(101, dtype=np.bool_)) == 0.0
    assert possible_cut(probabilities, np.zeros(101, dtype=np.bool_)) > 1.0
