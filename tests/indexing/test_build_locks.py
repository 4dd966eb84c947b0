"""Several builders of one index, in processes of their own, some of them killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rca_search.errors import BuildInProgressError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.publish import version_names
from rca_search.indexing.snapshot import open_current

Rebuild = Callable[..., BuildReport]
Process = subprocess.Popen[str]

HOLD = """
import sys, time
from pathlib import Path
from rca_search.indexing.publish import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
print("let go", flush=True)
"""
BUILD = """
import sys
from pathlib import Path
from rca_search.bootstrap import build_index
from rca_search.cli.exits import exit_code
from rca_search.config import Settings
from rca_search.errors import BuildInProgressError
docs, index, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
settings = Settings(index=index, model="test-hashing", store="exact")
print("ready", flush=True)
sys.stdin.readline()
for number in range(rounds):
    (docs / "own.md").write_text(f"# Own {number}" + chr(10) + docs.name, encoding="utf-8")
    try:
        report = build_index(settings, [docs], allow_shrink=True, progress=lambda *step: None)
        print(report.version, flush=True)
    except BuildInProgressError as error:
        print("busy", int(exit_code(error)), flush=True)
"""


@contextmanager
def started(program: str, *arguments: object) -> Iterator[Process]:
    """Run a program until the end of the block; it says one line when it is up."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def folders(docs: Path, count: int) -> list[Path]:
    """Return folders whose documents differ."""
    found = []
    for number in range(count):
        folder = docs.parent / f"team{number}"
        folder.mkdir()
        (folder / "own.md").write_text(f"# Own\n\n{folder.name}\n", encoding="utf-8")
        found.append(folder)
    return found


def test_a_second_builder_is_told_and_the_first_goes_on(rebuild: Rebuild, index: Path) -> None:
    with started(HOLD, index) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BuildInProgressError) as caught:
            rebuild()
        assert caught.value.code == "build_in_progress"
        assert caught.value.remedy
        out, _ = holder.communicate("\n", timeout=20)
    assert out == "let go\n"
    assert rebuild().published


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_lock_of_a_killed_builder_is_free(rebuild: Rebuild, index: Path, number: signal.Signals) -> None:
    with started(HOLD, index) as holder:
        assert holder.stdout.readline() == "held\n"
        (index / ".staging-1-abc").mkdir()
        holder.send_signal(number)
        holder.wait(20)
    assert rebuild().published
    assert not (index / ".staging-1-abc").exists()


def test_a_stopped_builder_still_holds_the_lock(rebuild: Rebuild, index: Path) -> None:
    with started(HOLD, index) as holder:
        assert holder.stdout.readline() == "held\n"
        os.kill(holder.pid, signal.SIGSTOP)
        with pytest.raises(BuildInProgressError):
            rebuild()


def test_builders_that_start_together(docs: Path, index: Path) -> None:
    """Each either publishes or is told that another does; nothing is mixed and no number is given twice."""
    rounds = 6
    with ExitStack() as stack:
        builders = [stack.enter_context(started(BUILD, team, index, rounds)) for team in folders(docs, 3)]
        for builder in builders:
            assert builder.stdout.readline() == "ready\n"
        for builder in builders:
            builder.stdin.write("\n")
            builder.stdin.flush()
        said = [builder.communicate(timeout=60)[0].splitlines() for builder in builders]
        assert [builder.returncode for builder in builders] == [0, 0, 0]
    lines = [line for lines in said for line in lines]
    assert len(lines) == 3 * rounds
    versions = [line for line in lines if line != "busy 5"]
    assert versions
    assert sorted(int(version[:10]) for version in versions) == list(range(1, len(versions) + 1))
    assert read_current(index).version == max(versions)
    assert verify_version(index, read_current(index)) == []


@pytest.mark.full
def test_builders_that_are_killed_at_any_time(docs: Path, index: Path) -> None:
    """The index opens at every moment, also while builders come, publish and are killed."""
    chance = random.Random(5)
    teams = folders(docs, 3)
    seen = set()
    with ExitStack() as stack:
        builders: list[Process] = []

        def another() -> Process:
            team = chance.choice(teams)
            builder = stack.enter_context(started(BUILD, team, index, 10_000))
            builder.stdin.write("\n")
            builder.stdin.flush()
            return builder

        builders = [another() for _ in range(3)]
        until = time.monotonic() + 20
        while time.monotonic() < until:
            time.sleep(chance.random() * 0.2)
            if (index / "CURRENT").exists():
                seen.add(open_current(index)[0].version)
            if chance.random() < 0.3:
                victim = builders.pop(chance.randrange(3))
                victim.kill()
                victim.wait(10)
                builders.append(another())
        for builder in builders:
            builder.kill()
            builder.wait(10)
    assert len(seen) > 5
    pointer = read_current(index)
    assert verify_version(index, pointer) == []
    with started(BUILD, teams[0], index, 1) as last:
        out, _ = last.communicate("\n", timeout=60)
    assert out.splitlines()[-1] >= pointer.version
    assert {entry.name for entry in index.iterdir()} == {"CURRENT", "CHECKED", ".lock", "versions"}
    assert len(version_names(index)) == 3
