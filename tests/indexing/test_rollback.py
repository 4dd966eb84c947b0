"""An earlier version is current again at once; every version is looked at by ``verify_index``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.errors import BuildInProgressError, IndexCorruptError, IndexMissingError, InvalidRequestError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.pointer import read_current
from rca_search.indexing.publish import exclusive, roll_back
from rca_search.indexing.versions import open_intact, verify_index, version_names

Rebuild = Callable[..., BuildReport]


@pytest.fixture
def three(rebuild: Rebuild, docs: Path) -> list[str]:
    """Three versions, of which each has a document more than the one before."""
    names = [rebuild().version]
    for number in (1, 2):
        (docs / f"more-{number}.md").write_text(f"# More {number}\n\nOf {number}.\n", encoding="utf-8")
        names.append(rebuild().version)
    return names


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_version_before_is_current_again_and_back(index: Path, three: list[str], docs: Path) -> None:
    published = open_intact(index).pointer.published_at
    pointer, before = roll_back(index)
    assert (pointer.version, before) == (three[1], three[2])
    assert read_current(index) == pointer
    assert pointer.published_at <= published
    assert "more-2" not in open_intact(index).snapshot.ordinals
    assert version_names(index) == three
    assert roll_back(index)[0].version == three[0]
    assert roll_back(index, three[2])[0].version == three[2]
    assert "more-2" in open_intact(index).snapshot.ordinals
    assert docs.is_dir()


def test_the_next_build_publishes_what_the_folders_hold(
    index: Path, three: list[str], rebuild: Rebuild
) -> None:
    roll_back(index)
    report = rebuild()
    assert report.published
    assert report.plan.added == ("more-2",)
    assert "more-2" in open_intact(index).snapshot.ordinals
    assert version_names(index) == [*three[:2], report.version]


def test_a_damaged_version_is_passed_over_and_refused_by_name(index: Path, three: list[str]) -> None:
    flip(index / "versions" / three[1] / "catalogue.json")
    with pytest.raises(IndexCorruptError, match=r"catalogue\.json"):
        roll_back(index, three[1])
    assert roll_back(index)[0].version == three[0]


def test_a_damaged_pointer_is_mended_by_it(index: Path, three: list[str]) -> None:
    (index / "CURRENT").write_bytes(b"{}")
    assert roll_back(index) == (read_current(index), "")
    assert read_current(index).version == three[2]


def test_what_there_is_not(index: Path, three: list[str], tmp_path: Path) -> None:
    for name in ("0000000009-0123456789ab", "../versions", ""):
        if name:
            with pytest.raises(InvalidRequestError, match="no version"):
                roll_back(index, name)
    roll_back(index, three[0])
    with pytest.raises(InvalidRequestError, match="no intact version before"):
        roll_back(index)
    with pytest.raises(IndexMissingError):
        roll_back(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_no_rollback_while_a_build_publishes(index: Path, three: list[str]) -> None:
    failed: list[BaseException] = []

    def attempt() -> None:
        try:
            roll_back(index)
        except BuildInProgressError as error:
            failed.append(error)

    with exclusive(index):
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
    assert len(failed) == 1
    assert read_current(index).version == three[2]


def test_every_version_and_file_is_verified(index: Path, three: list[str]) -> None:
    found = verify_index(index)
    assert [kept.pointer.version for kept in found.versions] == three[::-1]
    assert (found.all_faults, found.current is found.versions[0]) == ((), True)
    flip(index / "versions" / three[0] / "links.json")
    flip(index / "versions" / three[1] / "manifest.json")
    flip(index / "CHECKED")
    found = verify_index(index)
    assert [bool(kept.faults) for kept in found.versions] == [False, True, True]
    assert f"{three[0]}/links.json" in found.versions[2].faults[0]
    assert found.faults == ("File CHECKED is damaged; the next build writes it anew.",)
    (index / "CURRENT").write_bytes(b"x")
    assert verify_index(index).current is None
