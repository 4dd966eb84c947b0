"""Probabilities: never lower for more evidence, the same after a round trip, cuts that keep promises."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.models import Kind, Likelihood
from rca_search.ranking.calibration import (
    JUDGED,
    Additive,
    Calibration,
    Cut,
    KindCalibration,
    PlattScaling,
    default_calibration,
)
from rca_search.ranking.features import DECREASING, INCREASING, MONOTONE_CONSTRAINTS, UNCONSTRAINED

WIDTH = len(MONOTONE_CONSTRAINTS)
KINDS = (Kind.INCIDENT, Kind.RUNBOOK)


def straight(intercept: float) -> Additive:
    """The first feature climbs by 2 a unit, from -5 to 5, and no other counts."""
    knots = ((-5.0, 0.0, 5.0), *((0.0, 1.0),) * (WIDTH - 1))
    return Additive(intercept - 10.0, knots, ((10.0, 10.0), *((0.0,),) * (WIDTH - 1)))


def simple(*, slope: float = 1.0) -> Calibration:
    line = PlattScaling(slope, 0.0)
    kind = KindCalibration(
        straight(-1.0), straight(-2.0), line, line, PlattScaling(1.0, 0.5), line,
        (Cut(0.5, 0.3, 0.4), Cut(0.8, 0.6, 0.7), Cut(0.95, 0.9, 1.1)), 0.25,
    )  # fmt: skip
    return Calibration("own", {Kind.INCIDENT: kind, Kind.RUNBOOK: kind})


def rows(*values: float) -> np.ndarray:
    found = np.zeros((len(values), WIDTH))
    found[:, 0] = values
    return found


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def test_lines_bend_at_their_knots_and_are_flat_beyond_them() -> None:
    model = Additive(0.5, ((0.0, 1.0, 3.0), (0.0, 2.0)), ((1.0, 4.0), (-1.0,)))
    asked = np.asarray([[-9.0, -9.0], [0.5, 1.0], [1.0, 2.0], [2.0, 0.0], [99.0, 99.0]])
    assert model.terms(asked).tolist() == [[0, 0], [0.5, -0.5], [1, -1], [3, 0], [5, -1]]
    assert model.logits(asked).tolist() == [0.5, 0.5, 0.5, 3.5, 4.5]
    assert model.logits(np.zeros((0, 2))).tolist() == []


def test_a_row_is_judged_alike_in_any_company() -> None:
    random = np.random.default_rng(5)
    asked = random.normal(size=(40, WIDTH))
    for kind in default_calibration().kinds.values():
        alone = [float(kind.related.logits(asked[place : place + 1])[0]) for place in range(40)]
        assert kind.related.logits(asked).tolist() == alone


def test_likelihoods_by_hand() -> None:
    found = simple().likelihoods(Kind.INCIDENT, rows(1.0, 0.0))
    assert found.hits == (
        Likelihood(round(logistic(1), 6), round(logistic(0), 6)),
        Likelihood(round(logistic(-1), 6), round(logistic(-2), 6)),
    )
    assert found.answer == Likelihood(round(logistic(1.5), 6), round(logistic(0), 6))


def test_the_answer_rests_on_the_first_hits_alone() -> None:
    values = [0.0] * JUDGED
    assert (
        simple().likelihoods(Kind.RUNBOOK, rows(*values, 5.0)).answer
        == simple().likelihoods(Kind.RUNBOOK, rows(*values)).answer
    )


def test_without_a_hit_nothing_is_likely() -> None:
    found = simple().likelihoods(Kind.INCIDENT, np.zeros((0, WIDTH)))
    assert (found.hits, found.answer) == ((), Likelihood(0.0, 0.0))


def test_same_is_never_likelier_than_related() -> None:
    odd = simple()
    kind = odd.kinds[Kind.INCIDENT]
    swapped = Calibration(
        "own",
        {
            each: KindCalibration(
                kind.same, kind.related, kind.hit_related, kind.hit_same, kind.answer_same,
                kind.answer_related,
                kind.cuts,
                kind.possible,
            )
            for each in KINDS
        },
    )  # fmt: skip
    found = swapped.likelihoods(Kind.INCIDENT, rows(3.0, -1.0))
    assert all(each.same <= each.probability for each in (*found.hits, found.answer))


@pytest.mark.parametrize(
    ("precision", "related"), [(0.1, 0.3), (0.5, 0.3), (0.51, 0.6), (0.8, 0.6), (0.9, 0.9), (0.99, 0.9)]
)
def test_the_cut_is_that_of_the_next_promise(precision: float, related: float) -> None:
    assert simple().kinds[Kind.INCIDENT].cut(precision).likely == related


def test_a_round_trip_keeps_every_number() -> None:
    for each in (simple(slope=0.123456789), default_calibration()):
        assert Calibration.from_bytes(each.to_bytes()) == each


def test_what_was_made_for_other_features_is_no_calibration() -> None:
    body = json.loads(simple().to_bytes())
    assert Calibration.from_bytes(json.dumps({**body, "features": ["cosine"]}).encode()) is None
    assert Calibration.from_bytes(json.dumps({**body, "version": 99}).encode()) is None


@pytest.mark.parametrize("broken", ["intercept", "gains", "knots", "cuts"])
def test_what_cannot_be_read_is_told(broken: str) -> None:
    body = json.loads(simple().to_bytes())
    kind = body["kinds"]["incident"]
    if broken == "cuts":
        kind["cuts"] = kind["cuts"][::-1]
    else:
        kind["related"][broken] = "much" if broken == "intercept" else [[1.0, 1.0]] * WIDTH
    with pytest.raises((ValueError, KeyError, TypeError)):
        Calibration.from_bytes(json.dumps(body).encode())


def test_the_packaged_weights_speak_in_the_direction_of_their_features() -> None:
    for kind in default_calibration().kinds.values():
        for model in (kind.related, kind.same):
            for sign, gains in zip(MONOTONE_CONSTRAINTS.values(), model.gains, strict=True):
                assert sign == UNCONSTRAINED or all(gain * sign >= 0 for gain in gains)
        lines = (kind.hit_related, kind.hit_same, kind.answer_related, kind.answer_same)
        assert all(line.slope > 0 for line in lines)
        assert [cut.likely for cut in kind.cuts] == sorted(cut.likely for cut in kind.cuts)
        assert [cut.same for cut in kind.cuts] == sorted(cut.same for cut in kind.cuts)


@given(
    kind=st.sampled_from(KINDS),
    place=st.integers(0, WIDTH - 1),
    base=st.lists(st.floats(-1, 1), min_size=WIDTH, max_size=WIDTH),
    more=st.floats(0, 3),
)
def test_more_evidence_never_lowers_a_probability(
    kind: Kind, place: int, base: list[float], more: float
) -> None:
    sign = list(MONOTONE_CONSTRAINTS.values())[place]
    row = np.asarray([base])
    changed = row.copy()
    changed[0, place] += more * (DECREASING if sign == DECREASING else INCREASING)
    if sign != UNCONSTRAINED:
        before = default_calibration().likelihoods(kind, row)
        after = default_calibration().likelihoods(kind, changed)
        assert after.answer.probability >= before.answer.probability
        assert after.hits[0].same >= before.hits[0].same
