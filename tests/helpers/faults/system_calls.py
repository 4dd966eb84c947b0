"""``python -m rca_search build`` below strace: killed at a system call, or that call fails.

Only calls that name a file of the index count, of the kinds that open, write, flush, move, remove or close.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faults import Broken, Progress, quick_place, silent
from faults.corpora import Corpora, build, tidy
from rca_search.cli.exits import ExitCode
from rca_search.indexing.publish import KEEP_VERSIONS

ERRORS = {
    "openat": ("EACCES", "EMFILE", "EIO"),
    "write": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "EDQUOT"),
    "rename": ("EIO", "EROFS"),
    "unlink": ("EIO",),
    "unlinkat": ("EROFS",),
    "close": ("EIO",),
}
"""The calls that are disturbed, and the errors that each may give."""

_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_JOBS = 2


@dataclass(frozen=True)
class Point:
    """Call number ``number`` of a name, and what strace does to it."""

    call: str
    number: int
    fault: str


def strace() -> str:
    """Return the program; raises Broken where it is not installed."""
    found = shutil.which("strace")
    if found is None:
        raise Broken("strace is missing: install it (Debian and Ubuntu: apt-get install strace)")
    return found


def _build(docs: Path, index: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RCA_")},
        **{"RCA_MODEL": "test-hashing", "RCA_STORE": "exact", "PYTHONHASHSEED": "0"},
        **{"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    }
    # Faster, but with it strace 6.1 sends no signals.
    fast = [] if any("signal=" in option for option in options) else ["--seccomp-bpf"]
    # sys.executable and no name: a name may lead to a script that starts Python.
    program = [
        sys.executable,
        "-m",
        "rca_search",
        "build",
        "--allow-shrink",
        str(docs),
        "--index",
        str(index),
    ]
    return subprocess.run(
        [strace(), "-f", *fast, "-qq", *options, *program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class _Scene:
    """An index of three versions and the documents of a fourth."""

    def __init__(self, place: Path, seed: int) -> None:
        self.corpora = Corpora(4, seed, place, weights=False)
        self.place = place
        self.template = place / "template"
        for docs in self.corpora.documents[:3]:
            build(docs, self.template)
        self.old, self.new = (version.digest for version in self.corpora.versions[2:])
        self.docs = self.corpora.documents[3]

    def fresh(self, name: str) -> Path:
        """Return a copy of the index before the update."""
        index = self.place / name
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(self.template, index)
        return index

    def points(self) -> list[Point]:
        """Return every call of an undisturbed build on files of the index, with every fault."""
        index, log = self.fresh("traced"), self.place / "log"
        calls = ",".join(ERRORS)
        done = _build(self.docs, index, "-y", "-o", str(log), "-e", f"trace={calls}")
        if done.returncode != 0:
            raise Broken(f"a build below strace fails: {done.stderr}")
        return list(_points(log.read_text("utf-8", "replace"), str(index)))

    def disturb(self, point: Point) -> str:
        """Run a build with a fault, and see that nothing is lost; return how it ended."""
        index = self.fresh(f"index-{threading.get_ident()}")
        inject = f"inject={point.call}:{point.fault}:when={point.number}"
        done = _build(self.docs, index, "-o", os.devnull, "-e", f"trace={point.call}", "-e", inject)
        found = self.corpora.current(index)
        if found not in (self.old, self.new):
            raise Broken(f"{found} is current")
        killed = "KILL" in point.fault
        codes = {-9, 0} if killed else {ExitCode.OK, ExitCode.INDEX, ExitCode.BACKEND}
        if done.returncode not in codes:
            raise Broken(f"it ended with {done.returncode}: {done.stderr[-2000:]}")
        if found == self.new and "untouched" in done.stderr:
            raise Broken(f"the new version is current and it says: {done.stderr}")
        if found != self.new and done.returncode == 0:
            raise Broken("it ended well and the new version is not current")
        build(self.docs, index)
        if self.corpora.current(index, ask=False) != self.new:
            raise Broken("the next build does not publish")
        tidy(index, most=KEEP_VERSIONS)
        if killed:
            return "killed" if done.returncode == -9 else "kills missed"
        return f"exit {done.returncode}"


def _points(log: str, index: str) -> Iterator[Point]:
    numbers: Counter[str] = Counter()
    lines = [found for line in log.splitlines() if (found := _LINE.match(line))]
    main = lines[0][1]
    for line in lines:
        if line[1] == main:
            numbers[line[2]] += 1
            if index in line[3]:
                for fault in ("signal=KILL", *(f"error={name}" for name in ERRORS[line[2]])):
                    yield Point(line[2], numbers[line[2]], fault)


def _chosen(known: list[Point], count: int, chance: random.Random) -> list[Point]:
    """Return kills and errors in equal parts, in any order."""
    kills = [point for point in known if "KILL" in point.fault]
    errors = [point for point in known if "KILL" not in point.fault]
    chosen = [each for kind in (kills, errors) for each in chance.sample(kind, min(count // 2, len(kind)))]
    return chance.sample(chosen, len(chosen))


def system_calls(count: int, seed: int, progress: Progress = silent) -> dict[str, int]:
    """Disturb ``count`` builds, half by kills; returns the figures, raises Broken."""
    figures: Counter[str] = Counter()
    with quick_place() as place:
        scene = _Scene(place, seed)
        known = scene.points()
        chosen = _chosen(known, count, random.Random(seed))

        def one(point: Point) -> str:
            try:
                return scene.disturb(point)
            except Broken as error:
                raise Broken(f"{point}: {error}") from error

        with ThreadPoolExecutor(_JOBS) as pool:
            for done, ended in enumerate(pool.map(one, chosen), start=1):
                figures[ended] += 1
                progress(done, len(chosen))
    return {"points": len(known), "disturbed": len(chosen), **figures, "lost": 0, "mixed": 0}
