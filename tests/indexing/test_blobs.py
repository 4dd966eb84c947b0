"""Large files that versions share: one copy on the disk, repaired where damaged, removed where unused."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import StorageError
from rca_search.indexing import blobs
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.publish import KEEP_VERSIONS
from rca_search.indexing.storage import FileDigest, sha256
from rca_search.indexing.versions import version_names
from rca_search.protocols import Encoder

Rebuild = Callable[..., BuildReport]
MODEL = b"weights" * 1000


class Carried(HashingEncoder):
    """Gives an index files to carry, small ones in place of a model."""

    def __init__(self, model: bytes | Path = MODEL) -> None:
        self.model = model

    def files(self) -> dict[str, bytes | Path]:
        return {"model.onnx": self.model, "tokenizer.json": b"{}", "encoder.json": b"[]"}


class Source:
    """An encoder as a source of itself, told apart by its model."""

    name = "carried"

    def __init__(self, model: bytes = MODEL) -> None:
        self.model = model

    def files_digest(self) -> str:
        return sha256(self.model)

    def load(self) -> Encoder:
        return Carried(self.model)


@pytest.fixture
def place(index: Path) -> Path:
    """A folder of an index to place files in."""
    (index / "one").mkdir(parents=True)
    (index / "two").mkdir()
    return index


def append(docs: Path, text: str = "\nMore.\n") -> None:
    path = docs / "incidents" / "2024-03-12-pool.md"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def blob_names(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "blobs").iterdir())


def test_equal_content_is_stored_once(place: Path) -> None:
    digests = [blobs.place(place, MODEL, place / name / "m") for name in ("one", "two")]
    assert digests == [FileDigest(len(MODEL), sha256(MODEL))] * 2
    assert blob_names(place) == [sha256(MODEL)]
    assert (place / "one" / "m").stat().st_ino == (place / "two" / "m").stat().st_ino
    assert (place / "one" / "m").stat().st_nlink == 3
    assert (place / "two" / "m").read_bytes() == MODEL


def test_content_may_be_a_file_that_holds_it(place: Path) -> None:
    blobs.place(place, MODEL, place / "one" / "m")
    assert blobs.place(place, place / "one" / "m", place / "two" / "m") == FileDigest.of(MODEL)
    assert (place / "two" / "m").stat().st_nlink == 3
    # Where its blob has gone, as in a copy of an index, it is stored again.
    shutil.rmtree(place / "blobs")
    (place / "two" / "m").unlink()
    assert blobs.place(place, place / "one" / "m", place / "two" / "m") == FileDigest.of(MODEL)
    assert (place / "two" / "m").read_bytes() == MODEL
    assert blob_names(place) == [sha256(MODEL)]


@pytest.mark.parametrize("damaged", [b"", MODEL[:-1], b"W" + MODEL[1:], MODEL + b"\0"])
def test_a_damaged_blob_is_never_shared(place: Path, damaged: bytes) -> None:
    blobs.place(place, MODEL, place / "one" / "m")
    (place / "blobs" / sha256(MODEL)).write_bytes(damaged)
    assert blobs.place(place, MODEL, place / "two" / "m") == FileDigest.of(MODEL)
    assert (place / "two" / "m").read_bytes() == MODEL
    assert (place / "blobs" / sha256(MODEL)).read_bytes() == MODEL


@pytest.mark.parametrize("reason", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP])
def test_without_hard_links_each_version_has_a_copy(
    rebuild: Rebuild, index: Path, docs: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(blobs.os, "link", refuse)
    names = [rebuild(encoder=Source()).version]
    append(docs)
    names.append(rebuild(encoder=Source()).version)
    copies = [index / "versions" / name / "model.onnx" for name in names]
    assert [copy.read_bytes() for copy in copies] == [MODEL, MODEL]
    assert [copy.stat().st_nlink for copy in copies] == [1, 1]
    # The blob that nothing links to would be one copy too many.
    assert blob_names(index) == []
    assert verify_version(index, read_current(index)) == []


def test_versions_share_one_model(rebuild: Rebuild, index: Path, docs: Path) -> None:
    for count in range(1, KEEP_VERSIONS + 3):
        version = rebuild(encoder=Source()).version
        model = index / "versions" / version / "model.onnx"
        assert model.stat().st_nlink == min(count, KEEP_VERSIONS) + 1
        assert (index / "versions" / version / "encoder.json").stat().st_nlink == 1
        append(docs)
    assert blob_names(index) == [sha256(MODEL)]
    assert verify_version(index, read_current(index)) == []


def test_a_model_goes_with_the_last_version_that_has_it(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild(encoder=Source(b"old"))
    kept = []
    for count in range(1, KEEP_VERSIONS + 1):
        append(docs)
        rebuild(encoder=Source(b"new"))
        kept.append(sha256(b"old") in blob_names(index))
        assert len(version_names(index)) == min(count + 1, KEEP_VERSIONS)
    assert kept == [True] * (KEEP_VERSIONS - 1) + [False]
    assert blob_names(index) == [sha256(b"new")]


def test_what_a_crash_left_is_removed_by_the_next_build(rebuild: Rebuild, index: Path) -> None:
    rebuild(encoder=Source())
    (index / "blobs" / ".partial-0123").write_bytes(MODEL[:100])
    (index / "blobs" / sha256(b"never published")).write_bytes(b"never published")
    assert not rebuild(encoder=Source()).published
    assert blob_names(index) == [sha256(MODEL)]


def test_a_failed_build_leaves_no_model_behind_for_long(
    rebuild: Rebuild, index: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(encoder=Source())
    append(docs)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "sync_folder", full)
        with pytest.raises(StorageError, match="The disk is full"):
            rebuild(encoder=Source(b"new"))
    assert verify_version(index, read_current(index)) == []
    rebuild(encoder=Source())
    assert blob_names(index) == [sha256(MODEL)]


@pytest.mark.parametrize("damaged", [MODEL[:-1], b"W" + MODEL[1:]])
def test_a_build_over_a_damaged_model_repairs_it(rebuild: Rebuild, index: Path, damaged: bytes) -> None:
    first = rebuild(encoder=Source()).version
    (index / "blobs" / sha256(MODEL)).write_bytes(damaged)
    assert (index / "versions" / first / "model.onnx").read_bytes() == damaged
    assert len(verify_version(index, read_current(index))) == 1
    second = rebuild(encoder=Source())
    assert second.published
    assert second.version[11:] == first[11:]
    assert verify_version(index, read_current(index)) == []
    assert (index / "versions" / second.version / "model.onnx").read_bytes() == MODEL
    assert (index / "blobs" / sha256(MODEL)).read_bytes() == MODEL
    assert not rebuild(encoder=Source()).published


@pytest.mark.parametrize("name", ["tokenizer.json", "encoder.json"])
def test_a_build_over_a_damaged_small_file_repairs_it(rebuild: Rebuild, index: Path, name: str) -> None:
    first = rebuild(encoder=Source()).version
    (index / "versions" / first / name).write_bytes(b"{]")
    assert rebuild(encoder=Source()).published
    assert verify_version(index, read_current(index)) == []
    (index / "versions" / read_current(index).version / name).unlink()
    assert rebuild(encoder=Source()).published
    assert verify_version(index, read_current(index)) == []
