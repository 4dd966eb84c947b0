"""Publish prepared versions in children that are killed; a program of its own, run by the kill tests.

Reads one JSON object a line, ``{"index", "version", "kill_at"}``, and answers each with one: ``signal`` or
``operations``, the number of changes that the publish made. The child kills itself before change number
``kill_at``; 0 leaves it alone. Nothing large is imported, so a fork takes half a millisecond.

Where ``FAULTS_IN_PLACE`` is set the pointer is written over instead of replaced, to see that this is found.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from faults.operations import CHANGES, Operation, Perform, handled
from faults.prepared import Prepared
from rca_search.indexing import pointer


class Killer:
    """Counts changes and ends the process before number ``at``."""

    def __init__(self, at: int) -> None:
        """Take the number, or 0."""
        self.count = 0
        self._at = at

    def __call__(self, operation: Operation, perform: Perform) -> object:
        """Perform an operation; a flush changes nothing that outlives a process."""
        if operation.kind not in CHANGES:
            return perform()
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        return None if operation.kind == "fsync" else perform()


def _write_over(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _child(order: dict[str, str], answers: int) -> None:
    killer = Killer(int(order["kill_at"]))
    index = Path(order["index"])
    version = Prepared.load(Path(order["version"]))
    with handled(index, killer):
        version.publish(index)
    os.write(answers, str(killer.count).encode())
    os._exit(0)


def _run(order: dict[str, str]) -> dict[str, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _child(order, writing)
        finally:
            os._exit(70)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit": os.WEXITSTATUS(status), "operations": int(said or b"0")}


def main() -> None:
    """Answer orders until there are no more."""
    if os.environ.get("FAULTS_IN_PLACE"):
        pointer.replace_file = _write_over
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
