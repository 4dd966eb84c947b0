"""A build that is killed or fails at any step leaves the old version or the new one, whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding.source import NamedEncoder
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import read_manifest, verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.publish import version_names
from rca_search.models import Query
from rca_search.service import SearchService

Rebuild = Callable[..., BuildReport]
Runner = Callable[..., dict[str, int]]

RUNNER = Path(__file__).with_name("fault_runner.py")
QUESTION = Query("zebrafish deploy quokka retention wombat resolver")
OURS = {"CURRENT", "CHECKED", ".lock", "versions"}
HIT = {"openat": 2500, "fsync": 300, "write": 300, "rename": 300, "mkdir": 300, "unlinkat": 300}
"""The number of the call that strace lets fail, more than the runner itself makes; a child pads its calls
so that this is the one that is meant."""


@contextmanager
def runner(*below: str) -> Iterator[Runner]:
    """Run builds in forked children of a process of their own."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [*below, sys.executable, str(RUNNER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:

        def run(**order: Any) -> dict[str, int]:
            process.stdin.write(json.dumps(order, default=str) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            assert answer, f"the runner ended with {process.wait(10)}"
            found: dict[str, int] = json.loads(answer)
            return found

        yield run
        process.stdin.close()


def answer(index: Path) -> list[tuple[str, float]]:
    return SearchService(index, NamedEncoder("test-hashing")).ranking(QUESTION, None, depth=20)


def described(index: Path) -> tuple[str, list[tuple[str, float]]]:
    """Return the digest of the sources of an intact index, and what it answers."""
    pointer = read_current(index)
    assert verify_version(index, pointer) == []
    return read_manifest(index, pointer).sources, answer(index)


def litter(index: Path) -> set[str]:
    return {entry.name for entry in index.iterdir()} - OURS if index.exists() else set()


@dataclass(frozen=True)
class Scene:
    """An index before an update, the documents of the update, and what either version answers."""

    docs: Path
    template: Path
    index: Path
    old: tuple[str, list[tuple[str, float]]] | None
    new: tuple[str, list[tuple[str, float]]]

    def reset(self) -> None:
        """Put the index back to before the update."""
        shutil.rmtree(self.index, ignore_errors=True)
        if self.template.exists():
            shutil.copytree(self.template, self.index)

    def look(self) -> str:
        """Return whether the index is the old or the new one, and see that it is so in every respect."""
        if self.old is None and not (self.index / "CURRENT").exists():
            return "old"
        found = described(self.index)
        assert found in (self.old, self.new)
        return "new" if found == self.new else "old"

    def recover(self, run: Runner) -> None:
        """Build once more, undisturbed: nothing is left of what went wrong."""
        assert run(docs=self.docs, index=self.index)["exit"] == 0
        assert self.look() == "new"
        assert litter(self.index) == set()
        names = version_names(self.index)
        assert names[-1] == read_current(self.index).version
        assert len(names) <= 3


def scene(rebuild: Rebuild, docs: Path, tmp_path: Path, versions: int) -> Scene:
    """Return an update of an index of that many versions."""
    template, index = tmp_path / "template", tmp_path / "index"
    pool = docs / "incidents" / "2024-03-12-pool.md"
    for number in range(versions):
        pool.write_text(f"# Pool\n\n## Summary\n\nzebrafish deploy {number}\n", encoding="utf-8")
        rebuild(into=template)
    old = described(template) if versions else None
    pool.unlink()
    (docs / "dns.md").write_text("# DNS\n\n## Summary\n\nwombat resolver\n", encoding="utf-8")
    rebuild(into=tmp_path / "target")
    new = described(tmp_path / "target")
    assert old is None or old[1] != new[1]
    return Scene(docs, template, index, old, new)


def kill_everywhere(play: Scene, steps: Callable[[int], Sequence[int]], *, recover: bool) -> list[str]:
    """Kill an update before operation N, for every N of ``steps``; return what each left."""
    left = []
    with runner() as run:
        play.reset()
        total = run(docs=play.docs, index=play.index)["operations"]
        assert play.look() == "new"
        for step in steps(total):
            play.reset()
            assert run(docs=play.docs, index=play.index, kill_at=step) == {"signal": signal.SIGKILL}
            left.append(play.look())
            if recover:
                play.recover(run)
    return left


@pytest.mark.full
def test_killed_at_any_of_some_steps(rebuild: Rebuild, docs: Path, tmp_path: Path) -> None:
    play = scene(rebuild, docs, tmp_path, 3)

    def chosen(total: int) -> list[int]:
        assert total > 60
        return sorted({*range(1, total, 7), *range(total - 25, total + 1)})

    left = kill_everywhere(play, chosen, recover=True)
    assert (left[0], left[-1]) == ("old", "new")
    assert left == sorted(left, reverse=True), "once new, an index does not become old again"


@pytest.mark.full
@pytest.mark.parametrize("versions", [0, 3])
def test_killed_at_every_step(rebuild: Rebuild, docs: Path, tmp_path: Path, versions: int) -> None:
    play = scene(rebuild, docs, tmp_path, versions)
    left = kill_everywhere(play, lambda total: range(1, total + 1), recover=True)
    assert set(left) == {"old", "new"}
    assert left == sorted(left, reverse=True)


@pytest.mark.full
def test_killed_again_and_again(rebuild: Rebuild, docs: Path, tmp_path: Path) -> None:
    """One crash after another on the same index: leftovers do not pile up, and the last build wins."""
    play = scene(rebuild, docs, tmp_path, 3)
    play.reset()
    with runner() as run:
        total = run(docs=play.docs, index=play.index)["operations"]
        play.reset()
        for step in range(1, total + 1):
            run(docs=play.docs, index=play.index, kill_at=step)
            play.look()
            assert len(version_names(play.index)) <= 5
            assert len(litter(play.index)) <= 3
        play.recover(run)


def strace(call: str, *more: str, output: str | Path = os.devnull) -> list[str]:
    found = shutil.which("strace")
    if found is None:
        pytest.fail("strace is missing: install it (Debian and Ubuntu: apt-get install strace)")
    return [found, "-qq", "-f", "-o", str(output), "-e", f"trace={call}", *more]


def failing(call: str, fault: str) -> list[str]:
    return strace(call, "-e", f"inject={call}:{fault}:when={HIT[call]}")


def calls_made(play: Scene, call: str, output: Path) -> int:
    """Count the calls of that name in an update that is left alone: what a sweep has to go through."""
    with runner(*strace(call, output=output)) as run:
        play.reset()
        assert run(docs=play.docs, index=play.index, call=call, pad=0)["exit"] == 0
    # Every line begins with the number of its process; the runner's own comes first, the child's last.
    callers = [line.split()[0] for line in output.read_text("utf-8").splitlines() if f" {call}(" in line]
    return callers.count([caller for caller in callers if caller != callers[0]][-1])


@pytest.mark.full
@pytest.mark.parametrize(
    ("call", "fewest", "stride"),
    [
        ("fsync", 20, 1),
        ("write", 18, 1),
        ("rename", 2, 1),
        ("mkdir", 3, 1),
        ("unlinkat", 15, 1),
        ("openat", 60, 2),
    ],
)
def test_killed_at_every_system_call(
    rebuild: Rebuild, docs: Path, tmp_path: Path, call: str, fewest: int, stride: int
) -> None:
    play = scene(rebuild, docs, tmp_path, 3)
    left = []
    with runner(*failing(call, "signal=KILL")) as run:
        for number in range(1, HIT[call], stride):
            play.reset()
            ended = run(docs=play.docs, index=play.index, call=call, pad=HIT[call] - number)
            left.append(play.look())
            if ended != {"signal": signal.SIGKILL}:
                break
    assert ended["exit"] == 0, "a build ends well once it makes fewer calls than that"
    assert left[-1] == "new"
    assert left == sorted(left, reverse=True)
    assert len(left) * stride > fewest


@pytest.mark.full
@pytest.mark.parametrize(
    ("call", "error", "failures"),
    [
        ("write", "ENOSPC", 18),
        ("fsync", "EIO", 20),
        ("rename", "EIO", 3),
        ("mkdir", "ENOSPC", 1),
        ("unlinkat", "EIO", 0),
    ],
)
@pytest.mark.parametrize("versions", [0, 3])
def test_an_error_of_any_system_call(
    rebuild: Rebuild,
    docs: Path,
    tmp_path: Path,
    call: str,
    error: str,
    failures: int,
    versions: int,
) -> None:
    """The old version or the new one is there whatever fails, and the exit code says that something did."""
    play = scene(rebuild, docs, tmp_path, versions)
    calls = calls_made(play, call, tmp_path / "calls")
    codes, left = [], []
    with runner(*failing(call, f"error={error}")) as run:
        for number in range(1, calls + 2):
            play.reset()
            ended = run(docs=play.docs, index=play.index, call=call, pad=HIT[call] - number)
            codes.append(ended["exit"])
            left.append(play.look())
            assert call == "unlinkat" or litter(play.index) == set()
            assert len(version_names(play.index)) <= (3 if codes[-1] == 0 and call != "unlinkat" else 4)
            if left[-1] == "old":
                assert len(version_names(play.index)) == versions, "what was not published is taken away"
    assert set(codes) <= {0, 5}
    assert codes.count(5) >= failures
    assert (codes[-1], left[-1]) == (0, "new"), "the sweep went past the last call"
    assert all(state == "new" for code, state in zip(codes, left, strict=True) if code == 0)


@pytest.mark.full
def test_an_error_of_opening_any_file(rebuild: Rebuild, docs: Path, tmp_path: Path) -> None:
    """One that hits a document costs the document; no error ends in a traceback or a damaged index.

    One that hits the clean-up leaves the folder of scratch files, which the next build removes.
    """
    play = scene(rebuild, docs, tmp_path, 3)
    calls = calls_made(play, "openat", tmp_path / "calls")
    codes, littered = [], 0
    with runner(*failing("openat", "error=EIO")) as run:
        for number in range(1, calls + 2):
            play.reset()
            codes.append(
                run(docs=play.docs, index=play.index, call="openat", pad=HIT["openat"] - number)["exit"]
            )
            assert verify_version(play.index, read_current(play.index)) == []
            if left := litter(play.index):
                assert (codes[-1], len(left)) == (0, 1)
                littered += 1
                play.recover(run)
    assert littered <= 3, "only the clean-up itself may leave something behind"
    assert set(codes) <= {0, 2, 5}
    assert codes.count(5) > 3
    assert codes[-1] == 0
