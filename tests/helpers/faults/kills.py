"""SIGKILL before any change that a publish makes to files, over random small corpora.

The old version or the new one is then current, whole by its hashes and by its answers, and the next build
leaves nothing behind. A kill before an operation that changes nothing is a kill before the next that does.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from faults import HELPERS, Broken, Progress, quick_place, silent
from faults.corpora import Corpora, tidy

CORPORA = 8
_UNDISTURBED = 0.3
_PART = 1000


class Publisher:
    """A process that forks a child for each publish."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the running process."""
        self._process = process

    def __call__(self, index: Path, version: Path, kill_at: int = 0) -> dict[str, int]:
        """Publish a version and tell how that ended."""
        order = {"index": str(index), "version": str(version), "kill_at": kill_at}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said: dict[str, int] = json.loads(self._process.stdout.readline())
        if said.get("exit", 0) != 0:
            raise Broken(f"a publish failed, before change {kill_at}")
        return said


@contextmanager
def publisher(environment: Mapping[str, str]) -> Iterator[Publisher]:
    """Run the publisher for the length of a block."""
    path = os.pathsep.join([str(HELPERS), *filter(None, [os.environ.get("PYTHONPATH")])])
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [sys.executable, "-m", "faults.publisher"],
        env={**os.environ, "PYTHONPATH": path, **environment},
        **options,
    ) as process:
        yield Publisher(process)
        assert process.stdin is not None
        process.stdin.close()


def kills(
    count: int, seed: int, progress: Progress = silent, *, environment: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Kill ``count`` publishes; returns the figures, raises Broken at the first that loses or mixes."""
    figures = dict.fromkeys(("kills", "left_old", "left_new", "lost", "mixed"), 0)
    chance = random.Random(seed)
    with quick_place() as place, publisher(environment or {}) as publish:
        corpora = Corpora(CORPORA, seed, place)
        index = place / "index"
        while figures["kills"] < count:
            old = corpora.current(index, ask=False)
            new = chance.choice([n for n, version in enumerate(corpora.versions) if version.digest != old])
            kill_at = _step(chance)
            if "signal" in publish(index, corpora.folders[new], kill_at):
                figures["kills"] += 1
                _judge(corpora, index, old, new, figures, f"seed {seed}, before change {kill_at}")
                progress(figures["kills"], count)
            if chance.random() < _UNDISTURBED:  # else the next one is killed on top
                publish(index, corpora.folders[new])
                if corpora.current(index, ask=False) != corpora.versions[new].digest:
                    raise Broken(
                        f"seed {seed}: the build after a kill before change {kill_at} does not publish"
                    )
                tidy(index)
                if chance.random() < 0.05:  # the first build of all is killed, too
                    shutil.rmtree(index)
    return figures


def kills_shared(count: int, seed: int, progress: Progress = silent) -> dict[str, int]:
    """Do the same in as many processes as there are processors, each part with corpora of its own."""
    parts = [min(_PART, count - done) for done in range(0, count, _PART)]
    figures: Counter[str] = Counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for found in pool.map(kills, parts, range(seed, seed + len(parts))):
            figures.update(found)
            progress(figures["kills"], count)
    return dict(figures)


def _step(chance: random.Random) -> int:
    """Return the number of a change: any, half the time one around the commit or later."""
    return chance.randint(128, 200) if chance.random() < 0.5 else chance.randint(1, 200)


def _judge(
    corpora: Corpora, index: Path, old: str | None, new: int, figures: dict[str, int], where: str
) -> None:
    try:
        found = corpora.current(index)
    except Broken as error:
        raise Broken(f"{where}: {error}") from error
    if found not in (old, corpora.versions[new].digest):
        raise Broken(f"{where}: {found} is current")
    figures["left_old" if found == old else "left_new"] += 1
