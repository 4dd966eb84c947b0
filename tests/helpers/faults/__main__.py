"""The long forms, with progress and a summary: ``python -m faults [PART ...]``, or ``make crash``."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

from faults import Broken, Progress
from faults.builders import builders
from faults.io_errors import builds, publishes
from faults.kills import kills_shared
from faults.power_loss import power_loss
from faults.system_calls import system_calls

SEED = int(time.strftime("%Y%m%d"))
"""Another one each day; a failure names it."""

PARTS: dict[str, Callable[[Progress], dict[str, int]]] = {
    "kills": lambda progress: kills_shared(10_000, SEED, progress),
    "power-loss": lambda progress: power_loss(50_000, SEED, progress),
    "publish-errors": lambda progress: publishes(1, SEED, progress),
    "build-errors": lambda progress: builds(5, SEED, progress),
    "builders": lambda progress: builders(200, SEED, progress),
    "system-calls": lambda progress: system_calls(500, SEED, progress),
}


def _shown(part: str) -> Progress:
    began = last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last > 5:
            last = now
            sys.stderr.write(f"{part}: {done} of {total} after {now - began:.0f} s\n")

    return show


def _run(part: str) -> tuple[bool, str]:
    began = time.monotonic()
    try:
        figures = PARTS[part](_shown(part))
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in figures.items())
        held = True
    except Broken as error:
        held, said = False, f"BROKEN: {error}"
    return held, f"{part} (seed {SEED}, {time.monotonic() - began:.0f} s): {said}"


def main(parts: list[str]) -> int:
    """Run the parts, all of them where none is named; returns 1 where a promise is broken."""
    logging.disable(logging.WARNING)
    if unknown := set(parts) - PARTS.keys():
        sys.stderr.write(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.\n")
        return 2
    ended = []
    for part in parts or list(PARTS):
        ended.append(_run(part))
        sys.stdout.write(f"{ended[-1][1]}\n")
        sys.stdout.flush()
    broken = sum(not held for held, _ in ended)
    sys.stdout.write(f"{len(ended) - broken} of {len(ended)} promises held\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
