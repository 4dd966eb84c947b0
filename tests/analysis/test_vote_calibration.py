"""Votes on whether a hit is the same failure, as examples for calibration."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from rca_search.analysis.vote_calibration import ENOUGH, fit_voted
from rca_search.models import Aspect, Kind, Vote
from rca_search.ranking.calibration import Calibration, default_calibration

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
INCIDENTS = frozenset({"RCAs/a"})


def cast(
    probabilities: list[float], values: list[bool], *, aspect: Aspect = Aspect.SAME, document: str = "RCAs/a"
) -> list[Vote]:
    return [
        Vote(START + dt.timedelta(hours=number), f"q{number}", "v", document, aspect, value, probability)
        for number, (probability, value) in enumerate(zip(probabilities, values, strict=True))
    ]


def drawn(count: int, share: float) -> list[Vote]:
    """Return votes on hits shown as 0.8 likely, of which ``share`` were the same."""
    draw = random.Random(3)
    return cast([0.8] * count, [draw.random() < share for _ in range(count)])


def probability(calibration: Calibration, log_odds: float) -> float:
    return calibration.kinds[Kind.INCIDENT].hit_same.probability(log_odds)


def test_what_is_shown_too_surely_is_said_less_surely() -> None:
    base = default_calibration()
    found = fit_voted(base, drawn(200, 0.3), INCIDENTS)
    assert found.votes == 200
    assert found.calibration is not None
    line = base.kinds[Kind.INCIDENT].hit_same
    odds = (1.3863 - line.offset) / line.slope  # what the base calls 0.8
    assert probability(base, odds) == pytest.approx(0.8, abs=1e-3)
    assert probability(found.calibration, odds) == pytest.approx(0.3, abs=0.06)
    assert found.calibration.name == "own"
    assert set(found.calibration.kinds) == {Kind.INCIDENT}
    assert found.calibration.fits(base.encoder, base.reranker)
    assert Calibration.from_bytes(found.calibration.to_bytes()) == found.calibration


@pytest.mark.parametrize(
    "votes",
    [
        [],
        drawn(ENOUGH - 1, 0.3),
        cast([0.8] * 60, [True] * 60),
        cast([0.8] * 60, [False] * 60),
        cast([0.8] * 60, [True, False, False] * 20, aspect=Aspect.HELPFUL),
        cast([0.8] * 60, [True, False, False] * 20, document="Runbooks/b"),
        drawn(300, 0.8),
    ],
    ids=["none", "few", "all same", "none same", "other aspect", "no incident", "right already"],
)
def test_what_changes_nothing(votes: list[Vote]) -> None:
    assert fit_voted(default_calibration(), votes, INCIDENTS).calibration is None


def test_the_order_of_the_file_does_not_matter() -> None:
    votes = drawn(200, 0.3)
    mixed = random.Random(1).sample(votes, len(votes))
    base = default_calibration()
    assert fit_voted(base, votes, INCIDENTS) == fit_voted(base, mixed, INCIDENTS)


def test_votes_without_a_probability_do_not_count() -> None:
    votes = [Vote(START, "q", "v", "RCAs/a", Aspect.SAME, number % 3 == 0) for number in range(90)]
    assert fit_voted(default_calibration(), votes, INCIDENTS).votes == 0
