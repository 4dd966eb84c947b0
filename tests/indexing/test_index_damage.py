"""Any damage to a published version is noticed before a parser sees a byte of it."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexCorruptError, IndexUnavailableError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.snapshot import open_current
from rca_search.lexical.glossary import Glossary
from rca_search.models import Query
from rca_search.service import SearchService

Rebuild = Callable[..., BuildReport]


@contextmanager
def replaced(path: Path, content: bytes) -> Iterator[None]:
    """Give a file another content for a while."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def positions(size: int, most: int) -> list[int]:
    """Return positions all over a file: every one of a small file, ends and an even spread of a large."""
    step = max(1, size // most)
    return sorted({*range(min(size, 16)), *range(0, size, step), *range(max(0, size - 16), size)})


def flips(content: bytes, chance: random.Random, most: int) -> Iterable[bytes]:
    for position in positions(len(content), most):
        flipped = bytearray(content)
        flipped[position] ^= 1 << chance.randrange(8)
        yield bytes(flipped)


def refuses(index: Path, name: str) -> None:
    """See that the index is refused by its one error, which names the file."""
    with pytest.raises(IndexCorruptError) as caught:
        open_current(index)
    named = "manifest" if name == "manifest.json" else name
    assert named in caught.value.message
    assert caught.value.remedy


@pytest.fixture(params=["exact", "faiss"])
def version(request: pytest.FixtureRequest, rebuild: Rebuild, index: Path) -> Path:
    """The folder of a published version."""
    return index / "versions" / rebuild(store=request.param).version


def artefacts(version: Path) -> list[Path]:
    found = sorted(version.iterdir())
    assert len(found) > 12
    return found


def test_a_flipped_bit_anywhere_is_noticed(version: Path, index: Path) -> None:
    chance = random.Random(11)
    for path in artefacts(version):
        for damaged in flips(path.read_bytes(), chance, 24):
            with replaced(path, damaged):
                refuses(index, path.name)
    open_current(index)


@pytest.mark.full
def test_a_flipped_bit_in_every_byte_is_noticed(rebuild: Rebuild, index: Path) -> None:
    chance = random.Random(12)
    short = Glossary.parse("till = point of sale", "own.txt")
    for path in artefacts(index / "versions" / rebuild(glossary=short).version):
        for damaged in flips(path.read_bytes(), chance, 1 << 30):
            with replaced(path, damaged):
                refuses(index, path.name)


def test_a_cut_or_longer_file_is_noticed(version: Path, index: Path) -> None:
    for path in artefacts(version):
        content = path.read_bytes()
        cuts = [content[:length] for length in positions(len(content), 20)]
        for damaged in (*cuts, content + b"\0", content + content, content[1:] + b"\0", bytes(len(content))):
            with replaced(path, damaged):
                refuses(index, path.name)


def test_a_missing_file_is_noticed_and_a_folder_in_its_place(version: Path, index: Path) -> None:
    for path in artefacts(version):
        away = path.rename(index / "away")
        refuses(index, path.name)
        assert len(verify_version(index, read_current(index))) == 1
        path.mkdir()
        refuses(index, path.name)
        path.rmdir()
        away.rename(path)
    open_current(index)


def test_files_that_changed_places_are_noticed(version: Path, index: Path) -> None:
    files = artefacts(version)
    for one, other in itertools.pairwise(files):
        if one.read_bytes() != other.read_bytes():
            with replaced(one, other.read_bytes()):
                refuses(index, one.name)


def test_a_file_of_another_version_is_noticed(rebuild: Rebuild, index: Path, docs: Path) -> None:
    old = index / "versions" / rebuild().version
    pool = docs / "incidents" / "2024-03-12-pool.md"
    pool.write_text(pool.read_text(encoding="utf-8").replace("zebrafish", "crocodile"), encoding="utf-8")
    new = index / "versions" / rebuild().version
    differing = 0
    for path in artefacts(new):
        before = (old / path.name).read_bytes()
        if before != path.read_bytes():
            differing += 1
            with replaced(path, before):
                refuses(index, path.name)
    assert differing > 4


def test_an_edit_that_parses_and_has_the_same_size_is_noticed(version: Path, index: Path) -> None:
    catalogue = version / "catalogue.json"
    forged = catalogue.read_bytes().replace(b"runbooks/free-space", b"runbooks/free-spice")
    assert json.loads(forged)
    with replaced(catalogue, forged):
        refuses(index, "catalogue.json")


class Parsed(Exception):  # no error of the program
    """A parser was given a byte."""


@pytest.mark.parametrize("damage", ["flipped", "cut"])
def test_the_hash_is_looked_at_before_any_parser(
    version: Path, index: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """The parsers of others are what a damaged file would hurt: none of them is called."""
    import faiss
    import numpy as np

    def parse(*_arguments: object, **_options: object) -> None:
        raise Parsed

    for module, name in [
        (faiss, "deserialize_index"),
        (np, "load"),
        (np, "frombuffer"),
        (np.lib.format, "read_magic"),
    ]:
        monkeypatch.setattr(module, name, parse)
    with pytest.raises(Parsed):
        open_current(index)
    for path in artefacts(version):
        content = path.read_bytes()
        damaged = content[:-1] if damage == "cut" else content[:-1] + bytes([content[-1] ^ 1])
        with replaced(path, damaged):
            refuses(index, path.name)


def test_every_fault_is_named_and_every_file_that_does_not_belong(version: Path, index: Path) -> None:
    assert verify_version(index, read_current(index)) == []
    (version / "chunks.jsonl").write_bytes(b"x")
    (version / "links.json").unlink()
    (version / "extra.bin").write_bytes(b"x")
    (version / ".hidden").mkdir()
    faults = verify_version(index, read_current(index))
    assert len(faults) == 4
    for name, fault in zip(("chunks.jsonl", "links.json", ".hidden", "extra.bin"), faults, strict=True):
        assert name in fault
        assert version.name in fault


def test_a_version_that_went_away_is_a_fault_and_no_crash(version: Path, index: Path) -> None:
    pointer = read_current(index)
    shutil.rmtree(version)
    assert len(verify_version(index, pointer)) == 1
    with pytest.raises(IndexCorruptError):
        open_current(index)


def test_a_flipped_pointer_leads_to_the_same_version_or_to_none(version: Path, index: Path) -> None:
    chance = random.Random(13)
    manifest = open_current(index)[0].manifest
    current = index / "CURRENT"
    for damaged in (*flips(current.read_bytes(), chance, 1000), *flips(current.read_bytes(), chance, 1000)):
        with replaced(current, damaged):
            try:
                snapshot, pointer = open_current(index)
            except IndexUnavailableError:
                continue
            assert (snapshot.manifest, pointer.version) == (manifest, version.name)


def test_a_flipped_check_never_costs_an_answer(version: Path, index: Path) -> None:
    chance = random.Random(14)
    service = SearchService(index, NamedEncoder("test-hashing"))
    wanted = [hit.document.id for hit in service.search(Query("zebrafish deploy")).incidents]
    for damaged in flips((index / "CHECKED").read_bytes(), chance, 1000):
        with replaced(index / "CHECKED", damaged):
            found = service.search(Query("zebrafish deploy"))
            assert [hit.document.id for hit in found.incidents] == wanted
            assert found.freshness.checked_at is not None
            assert service.status().freshness.version == version.name


def test_a_running_service_does_not_reload_what_is_damaged(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild()
    service = SearchService(index, NamedEncoder("test-hashing"))
    before = service.version
    (docs / "new.md").write_text("# New\n\nA wombat.\n", encoding="utf-8")
    damaged = index / "versions" / rebuild().version / "catalogue.json"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(IndexCorruptError):
        service.reload()
    assert service.version == before
    assert service.search(Query("zebrafish deploy")).incidents
