"""Publish a prepared version over and over; a program of its own, which imports nothing large."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from faults.prepared import Prepared
from rca_search.errors import BuildInProgressError
from rca_search.indexing import publish as publishing


class _NoLock:
    """What a lock would be that keeps nobody out."""

    def __init__(self, _path: Path) -> None: ...

    def acquire(self, timeout: float) -> None: ...

    def release(self) -> None: ...


def main() -> None:
    """Publish the version of the second argument to the index of the first, once for each line read.

    Where ``FAULTS_NO_LOCK`` is set nothing is locked, to see that this is found.
    """
    index, version = Path(sys.argv[1]), Prepared.load(Path(sys.argv[2]))
    if os.environ.get("FAULTS_NO_LOCK"):
        publishing.FileLock = _NoLock
    remove_leftovers = publishing._remove_leftovers

    def held(folder: Path) -> None:
        sys.stdout.write("holds\n")
        sys.stdout.flush()
        remove_leftovers(folder)

    publishing._remove_leftovers = held
    for _ in sys.stdin:
        while True:
            try:
                pointer = version.publish(index)
            except BuildInProgressError:
                time.sleep(0.005)
            else:
                break
        sys.stdout.write(f"published {pointer.version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
