"""Build in children that die or fail at a chosen step; a program of its own, run by the fault tests.

Reads one JSON object a line and answers each with one. ``{"docs", "index"}`` builds in a forked child and
tells how that ended: ``exit`` (an exit code) or ``signal``. What is done to the child:

``kill_at``   It kills itself before its N-th operation on files of the index (``operations`` counts them
              in a child that is left alone).
``call``, ``pad``   It first makes ``pad`` calls of that name that come to nothing. Run below ``strace``
              with an injection at call number M, the fault so hits call M - ``pad`` of the build. The
              numbers of strace count by process, so one strace serves a whole sweep.

FAISS is not loaded here, nor any thread started, before the fork.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from rca_search.bootstrap import build_index
from rca_search.cli.exits import exit_code
from rca_search.config import Settings
from rca_search.errors import RcaSearchError

_NOWHERE = Path("/nonexistent/rca-search")
_NO_FILE = 1 << 20
_OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir"}


def _nothing(call: str) -> Callable[[], object]:
    """Return a function that makes one system call of that name and changes nothing."""
    root = os.open("/", os.O_RDONLY)
    calls: dict[str, Callable[[], object]] = {
        "fsync": lambda: os.fsync(_NO_FILE),
        "write": lambda: os.write(_NO_FILE, b""),
        "openat": lambda: os.open(_NOWHERE, os.O_RDONLY),
        "rename": lambda: _NOWHERE.rename(_NOWHERE),
        "mkdir": lambda: _NOWHERE.mkdir(),
        "unlinkat": lambda: os.unlink("nonexistent-rca-search", dir_fd=root),
    }
    return calls[call]


class _Steps:
    """Counts operations on files below ``index`` and ends the process at number ``kill_at``."""

    def __init__(self, index: str, kill_at: int) -> None:
        self.count = 0
        self._index = index
        self._kill_at = kill_at

    def install(self) -> None:
        sys.addaudithook(self._heard)
        os.fsync = functools.partial(self._then, os.fsync)

    def _then(self, call: Callable[[int], None], descriptor: int) -> None:
        self._step()
        call(descriptor)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _OPERATIONS and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.fsdecode(arguments[0])
            if path.startswith(self._index) or not path.startswith("/"):
                self._step()

    def _step(self) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _build(order: dict[str, Any]) -> int:
    settings = Settings(index=Path(order["index"]), model="test-hashing", store="exact")
    try:
        build_index(
            settings, [Path(order["docs"])], allow_shrink=True, progress=lambda _stage, _done, _total: None
        )
    except RcaSearchError as error:
        return int(exit_code(error))
    except BaseException:  # noqa: BLE001  # whatever it is, it is to be told apart
        traceback.print_exc()
        return 70
    return 0


def _child(order: dict[str, Any], answers: int) -> None:
    if "call" in order:
        call = _nothing(order["call"])
        for _ in range(order["pad"]):
            with suppress(OSError):
                call()
        os._exit(_build(order))
    steps = _Steps(order["index"], order.get("kill_at", 0))
    steps.install()
    code = _build(order)
    os.write(answers, str(steps.count).encode())
    os._exit(code)


def _run(order: dict[str, Any]) -> dict[str, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(order, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"exit": os.WEXITSTATUS(status), "operations": int(said or b"0")}


def main() -> None:
    """Answer orders until there are no more."""
    with tempfile.TemporaryDirectory() as place:
        # Whatever a build imports or reads of the program only once is had before the first fork.
        docs = Path(place, "docs")
        docs.mkdir()
        (docs / "warm.md").write_text("# Warm\n\nup\n", encoding="utf-8")
        for index in ("once", "twice", "twice"):
            if _build({"docs": docs, "index": Path(place, index)}):
                sys.exit("the runner cannot build at all")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
