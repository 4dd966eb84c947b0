"""A publish that is killed leaves the old version or the new one, whole; the next build cleans up."""

from __future__ import annotations

import pytest
from faults import Broken
from faults.kills import kills, kills_shared


def test_killed_before_any_change() -> None:
    found = kills(300, seed=11)
    assert found["kills"] == 300
    assert found["left_old"] + found["left_new"] == 300
    assert min(found["left_old"], found["left_new"]) > 30
    assert found["lost"] == found["mixed"] == 0


@pytest.mark.full
@pytest.mark.timeout(900)
def test_killed_ten_thousand_times() -> None:
    found = kills_shared(10_000, seed=100)
    assert found["kills"] == found["left_old"] + found["left_new"] == 10_000


def test_a_pointer_that_is_written_over_is_found_out() -> None:
    with pytest.raises(Broken, match=r"before change \d+: File CURRENT .* cannot be read"):
        kills(300, seed=11, environment={"FAULTS_IN_PLACE": "1"})
