"""Ways to disturb a publish of an index: kills, power loss, errors of the disk, builders that compete.

Each part is a module with one function that runs it and raises ``Broken`` where a promise is broken. The
tests in ``tests/reliability`` run short forms; ``make crash`` runs the long ones, by ``python -m faults``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[int, int], None]

HELPERS = Path(__file__).resolve().parent.parent
"""What has to be on the path of programs that import this package."""


class Broken(Exception):  # it is what became of a promise
    """A promise was not kept; the message says how to see it again."""


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@contextmanager
def quick_place() -> Iterator[Path]:
    """Give an empty folder, in memory where that is possible: to flush costs nothing there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        yield Path(place)
