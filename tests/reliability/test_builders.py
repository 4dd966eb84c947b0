"""Eight builders of one index: one commit for each number of a version, and no lock that stays."""

from __future__ import annotations

import pytest
from faults import Broken
from faults.builders import builders


@pytest.mark.parametrize(
    "rounds",
    [10, pytest.param(50, marks=pytest.mark.full)],
    ids=["short", "long"],
)
def test_the_holder_of_the_lock_is_killed(rounds: int) -> None:
    found = builders(rounds, seed=21)
    assert found["killed"] >= rounds
    assert found["commits"] > 3 * rounds
    assert found["stuck"] == found["twice"] == 0


def test_builders_without_a_lock_are_found_out() -> None:
    with pytest.raises(Broken):
        builders(5, seed=21, environment={"FAULTS_NO_LOCK": "1"})
