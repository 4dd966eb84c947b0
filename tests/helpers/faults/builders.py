"""Eight processes that publish to one index at the same time, some of them killed while they hold the lock.

Each number of a version is given to one commit, versions never go back, and the lock is never stuck: whatever
was killed, the next publish succeeds at once.
"""

from __future__ import annotations

import contextlib
import os
import random
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from faults import HELPERS, Broken, Progress, quick_place, silent
from faults.corpora import Corpora, tidy
from rca_search.errors import IndexMissingError
from rca_search.indexing.pointer import read_current

PROCESSES = 8
_PATIENCE = 20.0
"""Seconds after which a lock counts as stuck."""


class Builder:
    """A process that publishes one version after the other, and says when it holds the lock."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take the running process."""
        self._process = process
        self._rest = b""
        self.dead = False

    def fileno(self) -> int:
        """Return the descriptor of what it says."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def lines(self) -> list[str]:
        """Wait for something that it says and return the whole lines of it."""
        *lines, self._rest = (self._rest + os.read(self.fileno(), 1 << 16)).split(b"\n")
        return [line.decode() for line in lines]

    def go(self) -> None:
        """Let it publish until it has done so once."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def kill(self) -> list[str]:
        """End it at once, wait until it is gone, and return what it still said."""
        self._process.kill()
        self._process.wait(_PATIENCE)
        self.dead = True
        return self.lines()


class _Stage:
    def __init__(self, place: Path, seed: int, stack: ExitStack, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.corpora = Corpora(PROCESSES + 1, seed, place)
        self.index = place / "index"
        self.commits: dict[int, str] = {}
        self.killed = 0
        self._stack = stack
        self._chance = random.Random(seed)
        self.builders = [self._start(number) for number in range(PROCESSES)]

    def _start(self, number: int) -> Builder:
        path = os.pathsep.join([str(HELPERS), *filter(None, [os.environ.get("PYTHONPATH")])])
        version = self.corpora.folders[number]
        process = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "faults.builder", str(self.index), str(version)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path, **self._environment},
            )
        )
        self._stack.callback(process.kill)
        return Builder(process)

    def round(self) -> None:
        """Let all publish once; kill about a third of those that get the lock."""
        with selectors.DefaultSelector() as selector:
            for builder in self.builders:
                selector.register(builder, selectors.EVENT_READ)
                builder.go()
            while waiting := len(selector.get_map()):
                ready = selector.select(_PATIENCE)
                if not ready:
                    raise Broken(f"the lock is stuck: {waiting} builders wait")
                for key, _ in ready:
                    builder = key.fileobj
                    assert isinstance(builder, Builder)
                    if self._has_done(builder):
                        selector.unregister(builder)
        self.builders = [
            self._start(number) if builder.dead else builder for number, builder in enumerate(self.builders)
        ]

    def _has_done(self, builder: Builder) -> bool:
        """Take what a builder says; return whether it has published, or was killed meanwhile."""
        said = builder.lines()
        if not said:
            raise Broken("a builder ended by itself")
        if said[-1] == "holds" and self._chance.random() < 0.35:
            time.sleep(self._chance.random() * 0.02)
            said += builder.kill()
            self.killed += 1
            with contextlib.suppress(IndexMissingError):
                self._note(read_current(self.index).version)
        published = [line.split()[1] for line in said if line.startswith("published ")]
        for version in published:
            self._note(version)
        return bool(published) or builder.dead

    def _note(self, version: str) -> None:
        counter = int(version[:10])
        if self.commits.setdefault(counter, version) != version:
            raise Broken(f"number {counter} was given to {self.commits[counter]} and to {version}")

    def settle(self) -> None:
        """Publish once more, undisturbed, and see that the index is whole and in order."""
        before = self.corpora.current(self.index)
        pointer = self.corpora.versions[PROCESSES].publish(self.index)
        self._note(pointer.version)
        if self.corpora.current(self.index) != self.corpora.versions[PROCESSES].digest:
            raise Broken(f"after {before} the next build does not publish")
        if int(pointer.version[:10]) < max(self.commits):
            raise Broken(f"{pointer.version} comes after number {max(self.commits)}")
        tidy(self.index)


def builders(
    rounds: int, seed: int, progress: Progress = silent, *, environment: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Run the rounds; returns the figures, raises Broken."""
    with quick_place() as place, ExitStack() as stack:
        stage = _Stage(place, seed, stack, environment or {})
        for number in range(rounds):
            stage.round()
            stage.settle()
            progress(number + 1, rounds)
    return {"rounds": rounds, "killed": stage.killed, "commits": len(stage.commits), "stuck": 0, "twice": 0}
