"""What votes do to a document's place."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.models import Aspect, Standing, Vote
from rca_search.ranking import weights
from rca_search.ranking.feedback import shift, standings

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def vote(document: str, aspect: Aspect, value: bool) -> Vote:
    return Vote(AT, "q", "v", document, aspect, value)


def test_exact_shifts() -> None:
    assert shift(Standing(0, 0)) == 0
    assert shift(Standing(1, 0)) == pytest.approx(0.3 / 9)
    assert shift(Standing(8, 0)) == pytest.approx(0.3 * 0.5)
    assert shift(Standing(0, 8)) == pytest.approx(-0.3 * 0.5)
    assert shift(Standing(5, 5)) == 0


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_shifts_are_bounded_and_a_vote_never_works_backwards(up: int, down: int) -> None:
    now = shift(Standing(up, down))
    assert abs(now) < weights.FEEDBACK_LARGEST
    assert shift(Standing(up + 1, down)) > now > shift(Standing(up, down + 1))


def test_one_vote_moves_at_most_a_ninth_of_the_largest_shift() -> None:
    for up in range(50):
        for down in range(50):
            moved = shift(Standing(up + 1, down)) - shift(Standing(up, down))
            assert 0 < moved <= weights.FEEDBACK_LARGEST / 9 + 1e-12


def test_what_counts() -> None:
    cast = [
        vote("b", Aspect.HELPFUL, True),
        vote("a", Aspect.FIXED, False),
        vote("b", Aspect.FIXED, True),
        vote("b", Aspect.HELPFUL, False),
        vote("c", Aspect.SAME, False),
    ]
    assert standings(cast) == {"a": Standing(0, 1), "b": Standing(2, 1)}
    assert standings(reversed(cast)) == standings(cast)
    assert list(standings(cast)) == ["a", "b"]
