"""A build holds one document at a time, and builds what it read, whatever happens to the folder meanwhile."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.embedding.hashing import HashingEncoder
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexCorruptError, InvalidRequestError
from rca_search.indexing import parse
from rca_search.indexing.build import BuildReport, BuildRequest, Tools, build
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.reuse import KnownVectors
from rca_search.indexing.snapshot import Snapshot, open_current
from rca_search.indexing.storage import FileDigest, NewFile, move_file, open_verified
from rca_search.protocols import Encoded, TextKind

Rebuild = Callable[..., BuildReport]


# Files written and read in parts


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_a_file_written_in_parts_has_the_digest_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("parts") / "file"
    with NewFile(path) as file:
        for part in parts:
            file.write(part)
        digest = file.finish()
    assert path.read_bytes() == b"".join(parts)
    assert digest == FileDigest.of(b"".join(parts))


def test_a_file_that_exists_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"published")
    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"published"


def test_a_moved_file_is_hashed_and_gone_from_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "scratch").write_bytes(b"content")
    assert move_file(tmp_path / "scratch", tmp_path / "file") == FileDigest.of(b"content")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def content() -> bytes:
    return bytes(np.random.default_rng(3).integers(0, 256, 3_000_001, dtype=np.uint8))


def test_parts_are_read_side_by_side_also_after_the_file_was_removed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    file = open_verified(path, FileDigest.of(content))
    path.unlink()
    starts = np.random.default_rng(4).integers(0, len(content) - 5000, 400).tolist()
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda start: file.read(start, start % 5000), starts))
    assert all(
        part == content[start : start + start % 5000] for start, part in zip(starts, parts, strict=True)
    )
    assert file.size == len(content)
    assert file.read(len(content), 0) == b""


@pytest.mark.parametrize("damage", ["flip", "shorter", "longer", "missing", "folder"])
def test_a_damaged_file_is_never_opened(tmp_path: Path, content: bytes, damage: str) -> None:
    path = tmp_path / "file"
    damaged = {
        "flip": content[:-1] + bytes([content[-1] ^ 1]),
        "shorter": content[:-1],
        "longer": content + b"\0",
    }
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes(damaged[damage])
    with pytest.raises(IndexCorruptError):
        open_verified(path, FileDigest.of(content))


def test_a_file_cut_while_it_is_open_is_an_error_and_never_a_short_answer(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    file = open_verified(path, FileDigest.of(content))
    os.truncate(path, 1000)
    for start, length in ((0, 1000), (0, 1001), (999, 2), (1000, 1), (2_000_000, 10)):
        with pytest.raises(IndexCorruptError, match="file"):
            file.read(start, length)


@given(st.data())
def test_bytes_that_change_under_an_open_file_are_never_served(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 100, 4095, 4096, 4097, 8192, 20_000]))
    content = random.Random(size).randbytes(size)
    place = data.draw(st.integers(0, size - 1))
    damage = data.draw(st.binary(min_size=1, max_size=min(6000, size - place)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        file = open_verified(path, FileDigest.of(content))
        with path.open("r+b") as stream:
            stream.seek(place)
            stream.write(damage)
        start = data.draw(st.integers(0, size))
        length = data.draw(st.integers(0, size - start))
        with suppress(IndexCorruptError):
            assert file.read(start, length) == content[start : start + length]
        if content[place : place + len(damage)] != damage:
            with pytest.raises(IndexCorruptError):
                file.read(place, len(damage))


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_an_opened_file_gives_its_descriptor_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    before = open_descriptors()
    files = [open_verified(tmp_path / "file", FileDigest.of(b"x")) for _ in range(20)]
    assert open_descriptors() == before + 20
    del files
    assert open_descriptors() == before


# Known vectors


def known(digests: list[bytes], fingerprint: str = "f") -> KnownVectors:
    array = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 32)
    manifest = SimpleNamespace(encoder=SimpleNamespace(fingerprint="f"))
    published = SimpleNamespace(manifest=manifest, text_digests=array)
    return KnownVectors(cast("Snapshot", published), fingerprint)


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 7), max_size=12))
def test_a_digest_is_found_also_among_others_that_begin_alike(stored: list[int], asked: list[int]) -> None:
    digests = [bytes(8) + hashlib.sha256(bytes([number])).digest()[:24] for number in stored]
    digests += [hashlib.sha256(bytes([number])).digest() for number in stored]
    vectors = known(digests)
    for number in asked:
        for digest in (
            bytes(8) + hashlib.sha256(bytes([number])).digest()[:24],
            hashlib.sha256(bytes([number])).digest(),
        ):
            row = vectors.row(digest)
            assert (row is not None) == (number in stored)
            assert row is None or digests[row] == digest


def test_vectors_of_another_encoder_are_unknown() -> None:
    digest = hashlib.sha256(b"text").digest()
    assert known([digest]).row(digest) == 0
    assert known([digest], "another").row(digest) is None
    assert KnownVectors(None, "f").row(digest) is None


# What changes while a build reads


def build_with(docs: Path, index: Path, at: str, change: Callable[[], None]) -> BuildReport:
    """Build, and make ``change`` once when stage ``at`` is first told of."""
    made: list[bool] = []

    def progress(stage: str, _done: int, _total: int) -> None:
        if stage == at and not made:
            made.append(True)
            change()

    request = BuildRequest((docs,), store="exact")
    report = build(request, index, Tools(NamedEncoder("test-hashing"), progress=progress))
    assert made
    return report


def holds(index: Path) -> dict[str, str]:
    snapshot, pointer = open_current(index)
    assert verify_version(index, pointer) == []
    return {document_id: snapshot.document(n).text for document_id, n in snapshot.ordinals.items()}


@pytest.mark.parametrize("at", ["read", "parse", "load model", "chunk", "embed"])
def test_an_edit_during_a_build_is_in_this_version_or_makes_the_next(
    docs: Path, index: Path, rebuild: Rebuild, at: str
) -> None:
    path = docs / "services" / "ledger.md"
    before, after = path.read_text(), "# ledger\n\nReplaced while it was read.\n"
    build_with(docs, index, at, lambda: path.write_text(after) and None)
    first = holds(index)["services/ledger"]
    assert first in (before, after)
    assert first == (after if at == "read" else before) or at == "parse"
    report = rebuild()
    assert report.published is (first == before)
    assert holds(index)["services/ledger"] == after
    assert rebuild().published is False


def test_a_file_that_goes_during_a_build_costs_itself_and_the_next_build_is_clean(
    docs: Path, index: Path, rebuild: Rebuild
) -> None:
    path = docs / "services" / "ledger.md"
    report = build_with(docs, index, "read", path.unlink)
    assert "services/ledger" not in holds(index)
    assert report.documents["incident"] == 3
    assert [problem.code for problem in rebuild().problems] == []


def test_a_file_that_comes_during_a_build_is_taken_or_left_for_the_next(
    docs: Path, index: Path, rebuild: Rebuild
) -> None:
    def add() -> None:
        (docs / "incidents" / "2025-new.md").write_text("# New\n\nIt broke.\n")

    build_with(docs, index, "read", add)
    rebuild()
    assert "incidents/2025-new" in holds(index)
    assert rebuild().published is False


def test_all_files_gone_during_a_build_leave_the_published_version(
    docs: Path, index: Path, rebuild: Rebuild
) -> None:
    rebuild()
    pointer = read_current(index)
    (docs / "services" / "ledger.md").write_text("# changed\n")

    def remove() -> None:
        for path in sorted(docs.rglob("*.md")):
            path.unlink()

    with pytest.raises(InvalidRequestError):
        build_with(docs, index, "read", remove)
    assert read_current(index) == pointer
    assert {entry.name for entry in index.iterdir() if entry.name.startswith(".staging")} == set()


# Memory and work


class Counting(HashingEncoder):
    """Counts the texts that it encodes and remembers the largest batch."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.batches: list[int] = []
        self.counted: list[str] = []

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        self.counted += texts
        return super().count_tokens(texts)

    def encode(self, texts: Any, /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        self.texts += texts
        self.batches.append(len(texts))
        return super().encode(texts, kind=kind, tokens=tokens)


class Given:
    """A source of one encoder."""

    def __init__(self, encoder: HashingEncoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        return self._encoder.name

    def files_digest(self) -> str:
        return self._encoder.name

    def load(self) -> HashingEncoder:
        return self._encoder


def peak(folder: Path, index: Path) -> int:
    """Return the most memory that Python held during a build, in bytes."""
    tracemalloc.start()
    try:
        build(BuildRequest((folder,)), index, Tools(NamedEncoder("test-hashing")))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.full
def test_memory_does_not_grow_with_the_text_of_the_corpus(tmp_path: Path) -> None:
    paragraph = "The pool of connections ran dry while the deploy went on and nobody saw it.\n\n"
    peaks = []
    for count in (2, 8):
        folder = tmp_path / f"docs{count}"
        folder.mkdir()
        for number in range(count):
            text = "".join(f"## Part {part}\n\n{paragraph * 25}" for part in range(40))
            (folder / f"incident-{number:02}.md").write_text(f"# Incident {number}\n\n{text}")
        peaks.append(peak(folder, tmp_path / f"index{count}"))
    size = sum(path.stat().st_size for path in (tmp_path / "docs8").iterdir())
    assert peaks[1] - peaks[0] < 0.35 * size, (peaks, size)


def test_equal_texts_are_encoded_once_however_far_apart(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number:03}.md").write_text(
            f"# Same title\n\n## Cause\n\nThe disk was full {number % 3}.\n"
        )
    encoder = Counting()
    report = build(BuildRequest((folder,)), tmp_path / "index", Tools(Given(encoder)))
    assert len(encoder.texts) == len(set(encoder.texts)) == 4
    assert report.chunks == 300
    assert max(encoder.batches) <= 64


def test_a_text_of_a_document_is_counted_once(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    sections = "".join(
        f"## Part {number}\n\nThe disk was full. {number}\n\nAgain.\n\n" for number in range(30)
    )
    (folder / "incident.md").write_text(f"# Title\n\n{sections}")
    encoder = Counting()
    build(BuildRequest((folder,)), tmp_path / "index", Tools(Given(encoder)))
    assert "Again." in encoder.counted
    assert len(encoder.counted) == len(set(encoder.counted))


def test_a_file_that_takes_long_is_named(
    rebuild: Callable[..., BuildReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(parse, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(parse._log, "warning", lambda text, *words: told.append(text % words))
    rebuild()
    assert any(line.startswith("incidents/2024-01-10-disk.md took 0 seconds") for line in told)
