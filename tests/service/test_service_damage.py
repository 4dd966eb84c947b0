"""A damaged version gives way to an intact one: at the start, under a question, and while it is served."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rca_search.bootstrap import build_index, open_for_question, open_service
from rca_search.config import Settings
from rca_search.errors import IndexCorruptError, IndexMissingError
from rca_search.indexing.pointer import read_current
from rca_search.models import Query
from rca_search.service import SearchService

TEXT = "# {0}\n\n## Summary\n\n{0} stood still on 2025-01-0{1}.\n\n## Cause\n\nA belt tore.\n"
QUESTION = Query("the conveyor stood still")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index=tmp_path / "index", model="test-hashing")


@pytest.fixture
def build(settings: Settings, tmp_path: Path) -> Callable[[int], str]:
    """Publish a version with so many incidents and return its name."""

    def run(count: int) -> str:
        folder = tmp_path / "docs" / "RCAs"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, count + 1):
            text = TEXT.format(f"Conveyor {number}", number)
            (folder / f"2025-01-0{number}-conveyor.md").write_text(text, encoding="utf-8")
        return build_index(settings, [folder.parent], progress=lambda *_: None).version

    return run


@pytest.fixture
def versions(build: Callable[[int], str]) -> tuple[str, str]:
    return build(2), build(3)


def folder_of(settings: Settings, version: str) -> Path:
    return settings.index / "versions" / version


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte of a file where it lies, as a failing disk would."""
    content = path.read_bytes()
    place = len(content) // 2 if place is None else place
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(bytes([content[place] ^ 0x10]))


def titles(service: SearchService) -> set[str]:
    return {hit.document.title for hit in service.search(QUESTION).incidents}


OLD = {"Conveyor 1", "Conveyor 2"}
NEW = {*OLD, "Conveyor 3"}


@pytest.mark.parametrize("opened", [open_service, open_for_question])
@pytest.mark.parametrize("name", ["documents.jsonl", "catalogue.json", "manifest.json", "families.json"])
def test_the_newest_intact_version_answers_from_the_start(
    settings: Settings,
    versions: tuple[str, str],
    name: str,
    opened: Callable[[Settings], SearchService],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr("rca_search.serving._log.warning", lambda text, *words: told.append(text % words))
    flip(folder_of(settings, versions[1]) / name)
    service = opened(settings)
    assert (service.version, titles(service)) == (versions[0], OLD)
    assert service.freshness().damaged_version == versions[1]
    assert service.damage is not None
    assert name.split(".")[0] in service.damage.message
    assert [line for line in told if f"Version {versions[1]} is damaged" in line and versions[0] in line]


@pytest.mark.parametrize("content", [b"", b"{}", b"\0" * 200, b'{"version": "0000000009-0123456789ab"}'])
def test_a_damaged_pointer_costs_no_answer(
    settings: Settings, versions: tuple[str, str], content: bytes
) -> None:
    (settings.index / "CURRENT").write_bytes(content)
    service = open_service(settings)
    assert (service.version, titles(service)) == (versions[1], NEW)
    assert service.freshness().damaged_version == "CURRENT"


def test_what_was_never_published_is_no_index(settings: Settings, versions: tuple[str, str]) -> None:
    (settings.index / "CURRENT").unlink()
    with pytest.raises(IndexMissingError):
        open_service(settings)
    assert len(versions) == 2


def test_a_lone_damaged_version_is_an_error_that_names_the_file(
    settings: Settings, build: Callable[[int], str]
) -> None:
    version = build(2)
    service = open_service(settings)
    flip(folder_of(settings, version) / "documents.jsonl")
    with pytest.raises(IndexCorruptError, match=r"documents\.jsonl has changed since it was opened"):
        service.search(QUESTION)
    with pytest.raises(IndexCorruptError, match=r"documents\.jsonl is not what was published"):
        service.reload()
    with pytest.raises(IndexCorruptError, match=r"documents\.jsonl is not what was published"):
        open_service(settings)


@pytest.mark.parametrize("name", ["documents.jsonl", "chunks.jsonl", "facts.jsonl", "families.json"])
@pytest.mark.parametrize("damage", ["letter", "random", "cut", "empty"])
def test_a_question_meets_damage_and_is_answered_from_the_version_before(
    settings: Settings, versions: tuple[str, str], name: str, damage: str
) -> None:
    """Letters changed in place read well and would be quoted; only their sums tell."""
    service = open_service(settings)
    path = folder_of(settings, versions[1]) / name
    content = path.read_bytes()
    if damage == "cut":
        os.truncate(path, len(content) // 3)
    elif damage == "empty":
        os.truncate(path, 0)
    else:
        with path.open("r+b") as stream:
            stream.write(
                content.swapcase() if damage == "letter" else random.Random(7).randbytes(len(content))
            )
    result = service.search(QUESTION)
    assert {hit.document.title for hit in result.incidents} == OLD
    assert result.freshness.version == versions[0]
    assert result.freshness.damaged_version == versions[1]
    assert "STOOD STILL" not in str(result)


def test_a_damaged_encoder_is_left_too(settings: Settings, versions: tuple[str, str]) -> None:
    service = open_service(settings)
    # The test encoder has no files, so its place is taken by one that is read when it is needed.
    service._serving.served.encoder._load = lambda: (_ for _ in ()).throw(IndexCorruptError("weights.bin"))
    assert titles(service) == OLD
    assert service.freshness().damaged_version == versions[1]


def test_a_reload_leaves_a_version_whose_files_changed_before_anybody_asks(
    settings: Settings, versions: tuple[str, str]
) -> None:
    service = open_service(settings)
    assert service.reload() is False
    flip(folder_of(settings, versions[1]) / "catalogue.json")
    assert service.reload() is True
    assert (service.version, titles(service)) == (versions[0], OLD)
    assert service.damage is not None
    assert "catalogue.json is not what was published" in service.damage.message
    with pytest.raises(IndexCorruptError):
        service.reload()
    assert titles(service) == OLD


def test_files_that_were_only_touched_are_no_damage(settings: Settings, versions: tuple[str, str]) -> None:
    service = open_service(settings)
    os.utime(folder_of(settings, versions[1]) / "catalogue.json")
    assert service.reload() is False
    assert (service.version, service.damage) == (versions[1], None)


def test_a_version_that_was_mended_is_served_again(settings: Settings, versions: tuple[str, str]) -> None:
    path = folder_of(settings, versions[1]) / "documents.jsonl"
    whole = path.read_bytes()
    service = open_service(settings)
    flip(path)
    assert titles(service) == OLD
    path.write_bytes(whole)
    assert service.reload() is True
    assert (service.version, service.damage, titles(service)) == (versions[1], None, NEW)


def test_a_new_build_mends_what_is_served(
    settings: Settings, versions: tuple[str, str], build: Callable[[int], str]
) -> None:
    service = open_service(settings)
    flip(folder_of(settings, versions[1]) / "documents.jsonl")
    assert titles(service) == OLD
    assert build(3) == read_current(settings.index).version
    assert service.reload() is True
    assert (service.damage, titles(service)) == (None, NEW)


def test_the_folder_of_the_served_version_may_vanish(settings: Settings, versions: tuple[str, str]) -> None:
    service = open_service(settings)
    shutil.rmtree(folder_of(settings, versions[1]))
    assert titles(service) == NEW  # what is open stays readable
    assert service.reload() is True
    assert titles(service) == OLD


def test_many_threads_meet_the_damage_at_once(settings: Settings, versions: tuple[str, str]) -> None:
    service = open_service(settings)
    flip(folder_of(settings, versions[1]) / "documents.jsonl", 40)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: frozenset(titles(service)), range(64)))
    assert set(found) <= {frozenset(OLD), frozenset(NEW)}
    assert found[-1] == frozenset(OLD)
