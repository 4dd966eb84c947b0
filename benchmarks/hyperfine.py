"""Whole processes against each other, timed by hyperfine one run of each in turn."""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.setting import PRODUCT, CannotMeasureError, Setting, program


def time_in_turn(
    commands: Mapping[str, Sequence[str]],
    setting: Setting,
    *,
    rounds: int,
    before: Callable[[str], None] = lambda _name: None,
    warm_up: int = 1,
) -> dict[str, list[float]]:
    """Run each of ``commands`` once a round and return the wall-clock seconds of each by round.

    hyperfine would run all rounds of one command before the next; called with one run for each it gives
    pairs. ``before`` is called before each run with the name of the command. Warm-up rounds do not count.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(warm_up + rounds):
        for name, command in commands.items():
            before(name)
            seconds = _once(command, setting)
            if turn >= warm_up:
                times[name].append(seconds)
    return times


def _once(command: Sequence[str], setting: Setting) -> float:
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "times.json"
        done = subprocess.run(
            [
                program("hyperfine"),
                "--shell=none",
                "--runs=1",
                "--style=none",
                f"--export-json={target}",
                shlex.join(command),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=setting.environment(),
            cwd=PRODUCT,
        )
        if done.returncode:
            raise CannotMeasureError(f"{command[:4]} failed under hyperfine: {done.stderr[-400:]}")
        return float(json.loads(target.read_text(encoding="utf-8"))["results"][0]["times"][0])
