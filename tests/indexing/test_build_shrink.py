"""A build asks before it takes out of an index what a missing folder would take out."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rca_search.errors import IndexShrinksError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.pointer import read_current

Rebuild = Callable[..., BuildReport]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A folder with ten incidents, three runbooks and three notes."""
    for number in range(10):
        put(tmp_path / f"large/RCAs/2025-01-{number + 10}-queue.md", f"Queue {number} full")
    for number in range(3):
        put(tmp_path / f"large/Runbooks/empty-{number}.md", f"Empty queue {number}")
        put(tmp_path / f"large/Notes/note-{number}.md", f"Note {number}")
    return tmp_path / "large"


def put(path: Path, title: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {title}\n\n## Summary\n\n{title}, of {path.stem}.\n", encoding="utf-8")


def refused(rebuild: Rebuild, index: Path, folder: Path) -> IndexShrinksError:
    """See that a build is refused and leaves the index as it was."""
    before = read_current(index)
    with pytest.raises(IndexShrinksError) as caught:
        rebuild(folders=[folder], allow_shrink=False)
    assert read_current(index) == before
    assert "--allow-shrink" in caught.value.remedy
    return caught.value


def test_over_a_fifth_is_asked_about_and_less_is_not(rebuild: Rebuild, index: Path, large: Path) -> None:
    rebuild(folders=[large])
    for number in (10, 11, 12):
        (large / f"RCAs/2025-01-{number}-queue.md").unlink()
    report = rebuild(folders=[large], allow_shrink=False)  # 3 of 16
    assert len(report.plan.removed) == 3
    for number in (13, 14, 15):
        (large / f"RCAs/2025-01-{number}-queue.md").unlink()
    error = refused(rebuild, index, large)  # 3 of 13
    assert "3 of 13 documents would go: that is over 20%." in error.message
    assert error.lost == tuple(f"RCAs/2025-01-{number}-queue" for number in (13, 14, 15))
    assert len(rebuild(folders=[large], allow_shrink=True).plan.removed) == 3
    assert rebuild(folders=[large], allow_shrink=False).plan.empty


@pytest.mark.parametrize(("folder", "why"), [("Runbooks", "the kind runbook"), ("Notes", "the kind other")])
def test_a_folder_that_is_not_mounted(
    rebuild: Rebuild, index: Path, large: Path, folder: str, why: str
) -> None:
    rebuild(folders=[large])
    shutil.rmtree(large / folder)
    (large / folder).mkdir()
    assert why in refused(rebuild, index, large).message


def test_a_folder_named_on_its_own_that_was_left_out(rebuild: Rebuild, index: Path, large: Path) -> None:
    rebuild(folders=[large / "RCAs", large / "Notes"])
    assert len(refused(rebuild, index, large / "RCAs").lost) == 3


def test_two_may_always_go_and_what_was_moved_is_there(rebuild: Rebuild, large: Path, tmp_path: Path) -> None:
    put(tmp_path / "small/a.md", "Alpha")
    put(tmp_path / "small/b.md", "Beta")
    put(tmp_path / "small/c.md", "Gamma")
    rebuild(folders=[tmp_path / "small"])
    (tmp_path / "small/a.md").unlink()
    (tmp_path / "small/b.md").unlink()
    assert len(rebuild(folders=[tmp_path / "small"], allow_shrink=False).plan.removed) == 2

    rebuild(folders=[large])
    (large / "RCAs").rename(large / "Incidents")
    report = rebuild(folders=[large], allow_shrink=False)
    assert (len(report.plan.removed), len(report.plan.added)) == (10, 10)


def test_a_folder_that_cannot_be_read_loses_not_even_one(
    rebuild: Rebuild, index: Path, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the system call is made to fail."""
    put(large / "Deep/inner/one.md", "One alone")
    rebuild(folders=[large])
    real = os.scandir

    def scandir(path: Path | int) -> Iterator[os.DirEntry[str]]:
        if isinstance(path, Path) and path.name == "inner":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    error = refused(rebuild, index, large)
    assert "1 of 17 documents would go: Deep/inner cannot be read." in error.message
    assert error.lost == ("Deep/inner/one",)
    assert rebuild(folders=[large], allow_shrink=True).plan.removed == error.lost


def test_a_file_that_cannot_be_read_costs_itself_alone(
    rebuild: Rebuild, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(folders=[large])
    real = os.open

    def opened(path: str, *arguments: int, **more: int) -> int:
        if str(path).endswith("note-1.md"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *arguments, **more)

    monkeypatch.setattr(os, "open", opened)
    report = rebuild(folders=[large], allow_shrink=False)
    assert report.plan.removed == ("Notes/note-1",)
    assert [problem.path for problem in report.problems if problem.fatal] == ["Notes/note-1.md"]
