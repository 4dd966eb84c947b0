"""Progress of long work: a bar on a terminal, sparse lines elsewhere; always on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rca_search.cli.screen import Screen

Report = Callable[[str, int, int], None]
"""Called with the name of a stage, steps done and steps in all."""

SECONDS_BETWEEN_LINES = 20.0


@contextmanager
def progress(screen: Screen, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Report]:
    """Give a function that shows how far the work is."""
    if screen.quiet:
        yield lambda _stage, _done, _total: None
    elif screen.progress_shown:
        with _bars(screen) as report:
            yield report
    else:
        yield _lines(screen, clock)


@contextmanager
def _bars(screen: Screen) -> Iterator[Report]:
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=not screen.colored(sys.stderr), highlight=False)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for before in tasks.values():
                    bars.update(before, total=bars.tasks[before].completed)
                tasks[stage] = bars.add_task(stage, total=None)
            # Files are counted while they are found, so their total is known when the next stage begins.
            bars.update(tasks[stage], completed=done, total=None if stage == "read" else total)

        yield report


def _lines(screen: Screen, clock: Callable[[], float]) -> Report:
    """Return a function that says how far the work is once in a while, and nothing while it is short."""
    last = clock()

    def report(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = clock()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            screen.note(f"{stage} {done:,} of {total:,}")

    return report
