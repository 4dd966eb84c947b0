"""Whatever call on the files of an index fails, an intact version answers and the error is true."""

from __future__ import annotations

import errno
import os
import random
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults.corpora import build, write_corpus
from faults.io_errors import Failing, builds, publishes, run, untrue
from faults.operations import Operation, Perform, handled

from rca_search.cli.exits import ExitCode, exit_code
from rca_search.errors import IndexCorruptError, StorageError
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import CHECKED, CURRENT, read_current
from rca_search.indexing.snapshot import open_current
from rca_search.sources.votes import read_votes


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index with one version."""
    place = tmp_path / "disk" / "index"
    build(documents(tmp_path, "one"), place)
    return place


def documents(tmp_path: Path, words: str) -> Path:
    folder = tmp_path / words
    folder.mkdir()
    (folder / "a.md").write_text(f"# {words}\n\n## Summary\n\nzebrafish {words}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("stride", "fewest"), [(23, 90), pytest.param(5, 400, marks=pytest.mark.full)], ids=["short", "long"]
)
def test_any_call_of_a_publish_may_fail(stride: int, fewest: int) -> None:
    assert publishes(stride, seed=3)["errors"] >= fewest


@pytest.mark.parametrize(
    ("stride", "fewest"), [(91, 40), pytest.param(23, 150, marks=pytest.mark.full)], ids=["short", "long"]
)
def test_any_call_of_a_build_may_fail(stride: int, fewest: int) -> None:
    assert builds(stride, seed=3)["errors"] >= fewest


class FailsAt:
    """Lets the first operation of a kind on a file fail."""

    def __init__(self, kind: str, name: str, *, after: str = "") -> None:
        """Take the kind, the end of the path, and that of a file that is to have been moved to before."""
        self._kind, self._name, self._after = kind, name, after

    def __call__(self, operation: Operation, perform: Perform) -> object:
        if self._after:
            done = perform()
            if operation.kind == "rename" and operation.target.endswith(self._after):
                self._after = ""
            return done
        if (operation.kind, operation.path.endswith(self._name)) == (self._kind, True):
            raise OSError(errno.EIO, os.strerror(errno.EIO), operation.path)
        return perform()


def test_after_the_commit_nothing_is_said_to_be_untouched(index: Path, tmp_path: Path) -> None:
    """The pointer was replaced and its folder could not be flushed."""
    two = documents(tmp_path, "two")
    with (
        pytest.raises(StorageError) as caught,
        handled(index.parent, FailsAt("fsync", "/index", after=f"/{CURRENT}")),
    ):
        build(two, index)
    version = read_current(index).version
    assert version.startswith("0000000002")
    assert f"Version {version} is current, but a power loss could bring back" in caught.value.remedy
    assert build(two, index).published is False


def test_a_check_that_cannot_be_recorded_costs_the_date_alone(index: Path, tmp_path: Path) -> None:
    two = documents(tmp_path, "two")
    with (
        pytest.raises(StorageError) as caught,
        handled(index.parent, FailsAt("rename", f".{CHECKED}.{os.getpid()}.new")),
    ):
        build(two, index)
    assert caught.value.message == "Recording the check failed: Input/output error."
    assert caught.value.remedy.startswith("The index is up to date, but not the day of the check;")
    assert read_current(index).version.startswith("0000000002")


def test_a_file_in_the_making_does_not_blame_the_index(index: Path, tmp_path: Path) -> None:
    """It is read in parts, long after it was opened, by whatever learns from documents."""

    def handler(operation: Operation, perform: Perform) -> object:
        if operation.kind == "read" and "/.staging-" in operation.path and operation.path.endswith(".jsonl"):
            raise OSError(errno.EIO, os.strerror(errno.EIO), operation.path)
        return perform()

    two = documents(tmp_path, "two")
    with pytest.raises(StorageError) as caught, handled(index.parent, handler):
        build(two, index)
    assert caught.value.message.startswith("Reading back what was written failed: ")
    assert "untouched" in caught.value.remedy
    assert "verify" not in str(caught.value)
    assert verify_version(index, read_current(index)) == []


@contextmanager
def no_more_files() -> Iterator[None]:
    """Let this process open no further file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_too_many_open_files_are_no_damage(index: Path) -> None:
    pointer = read_current(index)
    (index / "feedback.jsonl").touch()
    looks: list[Callable[[], object]] = [
        lambda: open_current(index),
        lambda: verify_version(index, pointer),
        lambda: read_current(index),
        lambda: read_votes(index / "feedback.jsonl"),
    ]
    for look in looks:
        with no_more_files(), pytest.raises(StorageError) as caught:
            look()
        assert exit_code(caught.value) is ExitCode.BACKEND
        assert "too many" in caught.value.message.lower()
        assert "ulimit -n" in caught.value.remedy
    assert verify_version(index, pointer) == []


@pytest.mark.parametrize(
    ("error", "name", "published", "staged", "complaint"),
    [
        (
            StorageError("No.", remedy="All is untouched; make room."),
            "ENOSPC",
            True,
            False,
            "nothing was touched",
        ),
        (StorageError("No.", remedy="Version 2 is current; build."), "EIO", False, False, "the new one is"),
        (IndexCorruptError("No.", remedy="'rca-search verify'"), "EIO", False, True, "blames the index"),
        (IndexCorruptError("No.", remedy="Mind the limit."), "EMFILE", False, False, "too many open files"),
        (StorageError("No."), "EIO", False, False, "does not say what to do"),
        (StorageError("No.", remedy="Build again."), "ENOSPC", False, False, "does not say what to do"),
    ],
)
def test_what_is_not_true_is_noticed(
    error: StorageError, name: str, published: bool, staged: bool, complaint: str
) -> None:
    assert complaint in "; ".join(untrue(error, name, published=published, staged=staged))


def test_a_call_that_fails_is_noticed(index: Path, tmp_path: Path) -> None:
    """The sweeps do what they say: number N fails, and no other."""
    two = documents(tmp_path, "two")
    counting = Failing("EIO", 0)
    assert run(index, counting, lambda: build(two, index)).code is ExitCode.OK
    assert counting.count > 500
    write_corpus(two, random.Random(1))
    failing = Failing("ENOSPC", 5)
    outcome = run(index, failing, lambda: build(two, index))
    assert outcome.code is ExitCode.BACKEND, failing.hit
    assert failing.hit is not None
    assert "/.staging-" in failing.hit.path
