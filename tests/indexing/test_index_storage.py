"""Writing and reading the bytes of an index."""

from __future__ import annotations

import errno
import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rca_search.errors import IndexCorruptError, IndexMissingError, StorageError
from rca_search.indexing.storage import (
    FileDigest,
    read_pointer,
    read_verified,
    replace_file,
    sha256,
    storage_errors,
    write_file,
)

CONTENT = b"forty-two bytes of something that matters.\n"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    digest = write_file(tmp_path / "a", CONTENT)
    assert digest == FileDigest(len(CONTENT), sha256(CONTENT))
    assert read_verified(tmp_path / "a", digest) == CONTENT


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    write_file(tmp_path / "a", CONTENT)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a", b"other")
    assert (tmp_path / "a").read_bytes() == CONTENT


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "has 0 bytes instead of 43"),
        (lambda path: path.write_bytes(CONTENT[:-1]), "has 42 bytes instead of 43"),
        (lambda path: path.write_bytes(CONTENT + b"\0"), "has 44 bytes instead of 43"),
        (lambda path: path.write_bytes(b"F" + CONTENT[1:]), "sha256 differs"),
        (lambda path: path.write_bytes(bytes(43)), "sha256 differs"),
        (lambda path: os.truncate(path, 1 << 40), "has 1099511627776 bytes"),
        (lambda path: (path.unlink(), path.mkdir()), "a"),
        (lambda path: (path.unlink(), path.symlink_to("a")), "cannot be read"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "has 0 bytes"),
    ],
    ids=["missing", "empty", "short", "long", "flipped", "zeroed", "huge", "folder", "loop", "pipe"],
)
@pytest.mark.timeout(10)
def test_a_damaged_file_is_corrupt(tmp_path: Path, damage: Damage, complaint: str) -> None:
    digest = write_file(tmp_path / "a", CONTENT)
    damage(tmp_path / "a")
    with pytest.raises(IndexCorruptError, match=complaint) as caught:
        read_verified(tmp_path / "a", digest)
    assert caught.value.remedy


def test_a_file_is_replaced_whole_under_the_eyes_of_readers(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    contents = {bytes([letter]) * 4096 for letter in b"abc"}
    replace_file(path, b"a" * 4096)
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(50):
            for content in sorted(contents):
                replace_file(path, content)
    finally:
        done.set()
        reader.join()
    assert seen <= contents
    assert [entry.name for entry in tmp_path.iterdir()] == ["CURRENT"]


@pytest.mark.parametrize("room", [0, 1, 42])
def test_a_replacement_that_does_not_fit_leaves_the_old_file(tmp_path: Path, room: int) -> None:
    replace_file(tmp_path / "CURRENT", b"old")
    with largest_file(room), pytest.raises(OSError, match="File too large"):
        replace_file(tmp_path / "CURRENT", CONTENT)
    assert (tmp_path / "CURRENT").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["CURRENT"]


def test_a_leftover_of_the_same_process_number_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".CURRENT.{os.getpid()}.new").write_bytes(b"torn")
    replace_file(tmp_path / "CURRENT", b"new")
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"CURRENT": b"new"}


def test_a_pointer_that_is_not_there_is_a_missing_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError) as caught:
        read_pointer(tmp_path / "nowhere" / "CURRENT")
    assert "rca-search build" in caught.value.remedy
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IndexMissingError):
        read_pointer(tmp_path / "file" / "CURRENT")
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(IndexCorruptError):
        read_pointer(tmp_path / "CURRENT")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EIO, "Input/output error"),
        (errno.EROFS, "Read-only file system"),
    ],
)
def test_errors_of_the_system_say_what_was_being_done(number: int, words: str) -> None:
    with pytest.raises(StorageError, match=f"Trying failed: {words}") as caught, storage_errors("Trying"):
        raise OSError(number, os.strerror(number))
    assert isinstance(caught.value.__cause__, OSError)


def test_errors_of_the_program_are_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), storage_errors("Trying"):
        raise ZeroDivisionError
