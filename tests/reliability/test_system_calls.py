"""The command itself, killed at a system call or told that it failed; ``make crash`` goes through more."""

from __future__ import annotations

import pytest
from faults.system_calls import system_calls


@pytest.mark.full
def test_the_command_is_disturbed_at_some_system_calls() -> None:
    found = system_calls(40, seed=31)
    assert found["points"] > 1500
    assert found["disturbed"] == 40
    assert found["killed"] >= 15
    assert found["exit 5"] >= 5
    assert found["lost"] == found["mixed"] == 0
