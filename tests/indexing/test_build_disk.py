"""Disks that are full, read-only, or smaller than the index."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rca_search.errors import StorageError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.snapshot import Snapshot

Rebuild = Callable[..., BuildReport]
Read = Callable[[Path], dict[str, bytes]]
OURS = {"CURRENT", "CHECKED", ".lock", "versions"}
BUILD = """
import sys
from pathlib import Path
from rca_search.bootstrap import build_index
from rca_search.cli.exits import exit_code
from rca_search.config import Settings
from rca_search.errors import RcaSearchError
settings = Settings(index=Path(sys.argv[2]), model="test-hashing", store="exact")
try:
    build_index(settings, [Path(sys.argv[1])], allow_shrink=True, progress=lambda *step: None)
except RcaSearchError as error:
    print(error.code, error, file=sys.stderr)
    sys.exit(exit_code(error))
"""


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def grow(docs: Path) -> None:
    (docs / "large.md").write_text("# Large\n\n" + "A wombat line.\n" * 2000, encoding="utf-8")


@pytest.mark.parametrize("room", [0, 1, 200, 3000, 25_000])
def test_no_room_for_a_file(
    rebuild: Rebuild, index: Path, docs: Path, everything_under: Read, room: int
) -> None:
    rebuild()
    before = everything_under(index)
    grow(docs)
    with largest_file(room), pytest.raises(StorageError, match="File too large") as caught:
        rebuild()
    assert "untouched" in caught.value.remedy
    assert everything_under(index) == before
    assert {entry.name for entry in index.iterdir()} == OURS
    assert verify_version(index, read_current(index)) == []
    assert rebuild().version.startswith("0000000002")


@pytest.mark.parametrize("versions", [0, 1])
def test_a_version_that_cannot_be_made_current_is_taken_away_again(
    rebuild: Rebuild, index: Path, docs: Path, everything_under: Read, versions: int
) -> None:
    for _ in range(versions):
        rebuild()
    before = everything_under(index)
    grow(docs)
    obstacle = index / f".CURRENT.{os.getpid()}.new"

    def obstruct(_staged: Snapshot, _before: Snapshot | None) -> dict[str, bytes]:
        obstacle.mkdir()
        return {}

    with pytest.raises(StorageError, match="Publishing the index failed"):
        rebuild(analysers=(obstruct,))
    obstacle.rmdir()
    assert everything_under(index) == before | {".lock": b""}
    assert list((index / "versions").iterdir()) == [
        index / "versions" / read_current(index).version for _ in range(versions)
    ]
    assert rebuild().version.startswith(f"{versions + 1:010d}")


def test_a_first_build_without_room_leaves_no_index(rebuild: Rebuild, index: Path) -> None:
    with largest_file(100), pytest.raises(StorageError):
        rebuild()
    assert {path.name for path in index.rglob("*")} == {"versions", ".lock"}
    assert rebuild().version.startswith("0000000001")


def test_everything_is_flushed_before_the_pointer_moves(
    rebuild: Rebuild, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power loss only what was flushed is sure to be there, entries of folders included."""
    rebuild()
    steps: list[tuple[str, ...]] = []
    fsync, rename, replace = os.fsync, os.rename, os.replace  # what is listened to

    def flushed(descriptor: int) -> None:
        fsync(descriptor)
        steps.append(("flush", os.readlink(f"/proc/self/fd/{descriptor}")))  # noqa: PTH115

    def moved(call: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def move(source: Path, target: Path) -> None:
            call(source, target)
            steps.append(("move", str(source), str(target)))

        return move

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "rename", moved(rename))
    monkeypatch.setattr(os, "replace", moved(replace))
    version = index / "versions" / rebuild(max_file_bytes=12345).version

    def place(*step: str) -> int:
        return steps.index(step)

    moves = [step for step in steps if step[0] == "move"]
    staged = Path(moves[0][1])
    assert [step[2] for step in moves] == [str(version), str(index / "CURRENT"), str(index / "CHECKED")]
    put, swap = place(*moves[0]), place(*moves[1])
    for path in version.iterdir():
        assert place("flush", str(staged / path.name)) < put
    assert place("flush", str(staged)) < put
    assert put < place("flush", str(index / "versions")) < swap
    assert put < place("flush", str(index)) < swap
    assert place("flush", moves[1][1]) < swap
    assert ("flush", str(index)) in steps[swap : place(*moves[2])]


def without_privileges() -> list[str]:
    """Return what goes before a command so that permissions hold for it, root or not."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def run(docs: Path, index: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*without_privileges(), sys.executable, "-c", BUILD, str(docs), str(index)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_read_only_index(rebuild: Rebuild, index: Path, docs: Path, everything_under: Read) -> None:
    rebuild()
    before = everything_under(index)
    grow(docs)
    index.chmod(0o555)
    try:
        done = run(docs, index)
    finally:
        index.chmod(0o755)
    assert done.returncode == 5, done.stderr
    assert "storage Staging in" in done.stderr
    assert "Permission denied" in done.stderr
    assert everything_under(index) == before
    assert run(docs, index).returncode == 0


def test_no_index_can_be_made(docs: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    done = run(docs, closed / "index")
    closed.chmod(0o755)
    assert done.returncode == 5, done.stderr
    assert "Permission denied" in done.stderr
    assert list(closed.iterdir()) == []


def test_an_index_in_a_folder_that_cannot_be_read(docs: Path, tmp_path: Path) -> None:
    """The folder of the index was made by somebody else, as a volume is."""
    closed = tmp_path / "closed"
    (closed / "index").mkdir(parents=True)
    closed.chmod(0o311)
    done = run(docs, closed / "index")
    closed.chmod(0o755)
    assert done.returncode == 0, done.stderr


def test_a_file_where_the_index_should_be(rebuild: Rebuild, index: Path) -> None:
    index.write_bytes(b"mine")
    with pytest.raises(StorageError):
        rebuild()
    assert index.read_bytes() == b"mine"


FULL_DISK = """
import errno, json, os, subprocess, sys
from pathlib import Path
docs, disk = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=True)
from rca_search.bootstrap import build_index
from rca_search.config import Settings
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import StorageError
from rca_search.indexing.pointer import read_current
from rca_search.indexing.manifest import verify_version
from rca_search.models import Query
from rca_search.service import SearchService
index, filler = disk / "index", disk / "filler"
settings = Settings(index=index, model="test-hashing", store="exact")
build = lambda: build_index(settings, [docs], allow_shrink=True, progress=lambda *step: None)
first = build().version
(docs / "large.md").write_text("# Large" + chr(10) * 2 + ("A wombat line." + chr(10)) * 2000)
rounds, failures, untouched = 0, [], True
for free in range(0, 2_000_000, 4096):
    filler.unlink(missing_ok=True)
    with filler.open("wb") as stream:
        while True:
            try:
                os.write(stream.fileno(), bytes(65536))
            except OSError as error:
                assert error.errno == errno.ENOSPC
                break
    os.truncate(filler, max(0, filler.stat().st_size - free))
    rounds += 1
    try:
        report = build()
        break
    except StorageError as error:
        failures.append(str(error))
        pointer = read_current(index)
        names = {entry.name for entry in index.iterdir()}
        untouched &= names == {".lock", "CHECKED", "CURRENT", "versions"}
        untouched &= not verify_version(index, pointer)
        untouched &= len(list((index / "versions").iterdir())) == (1 if pointer.version == first else 2)
        service = SearchService(index, NamedEncoder("test-hashing"))
        untouched &= bool(service.search(Query("zebrafish deploy")).incidents)
last = read_current(index)
print(json.dumps({"rounds": rounds, "full": sum("disk is full" in text for text in failures),
    "failures": len(failures), "untouched": untouched, "intact": not verify_version(index, last),
    "last": last.version}))
"""


@pytest.mark.full
def test_a_disk_with_a_little_more_room_each_time(docs: Path, tmp_path: Path) -> None:
    for tool in ("unshare", "mount"):
        assert shutil.which(tool), f"{tool} is missing: it belongs to the Debian package util-linux or mount"
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    done = subprocess.run(
        [*alone, sys.executable, "-c", FULL_DISK, str(docs), str(disk)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rounds"] > 10
    assert told["full"] == told["failures"] == told["rounds"] - 1
    assert told["untouched"]
    assert told["intact"]
    assert told["last"].startswith("0000000002")
