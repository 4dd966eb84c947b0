"""A version published anew with another calibration."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from rca_search.embedding.source import NamedEncoder
from rca_search.errors import BuildInProgressError, IndexCorruptError, IndexMissingError
from rca_search.indexing.artefacts import CALIBRATION
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.indexing.publish import amend
from rca_search.indexing.snapshot import open_current


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "docs"
    place.mkdir()
    (place / "a.md").write_text("# Disk full\n\n## Summary\n\nno space left\n")
    return place


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Path:
    _build(folder, tmp_path / "index")
    return tmp_path / "index"


def _build(folder: Path, index: Path) -> bool:
    tools = Tools(encoder=NamedEncoder("test-hashing"))
    return build(BuildRequest((folder,)), index, tools).published


def test_a_file_is_added_replaced_and_taken_away(index: Path) -> None:
    first = read_current(index)
    added = amend(index, first, CALIBRATION, b"{}")
    assert (added.version == first.version, verify_version(index, added)) == (False, [])
    assert open_current(index)[0].calibration == b"{}"
    assert amend(index, added, CALIBRATION, b"{}").version == added.version
    replaced = amend(index, added, CALIBRATION, b"[]")
    assert open_current(index)[0].calibration == b"[]"
    taken = amend(index, replaced, CALIBRATION, None)
    assert open_current(index)[0].calibration is None
    assert taken.manifest_sha256 == first.manifest_sha256
    assert amend(index, taken, CALIBRATION, None).version == taken.version


def test_a_build_keeps_it(index: Path, folder: Path) -> None:
    amend(index, read_current(index), CALIBRATION, b"{}")
    assert not _build(folder, index)
    (folder / "b.md").write_text("# Pool\n\n## Summary\n\nconnections held\n")
    assert _build(folder, index)
    snapshot, _ = open_current(index)
    assert (len(snapshot.catalogue), snapshot.calibration) == (2, b"{}")


def test_another_version_published_meanwhile_is_told(index: Path, folder: Path) -> None:
    before = read_current(index)
    (folder / "b.md").write_text("# Pool\n\n## Summary\n\nconnections held\n")
    _build(folder, index)
    with pytest.raises(IndexCorruptError, match="published meanwhile"):
        amend(index, before, CALIBRATION, b"{}")


def test_damage_is_not_published_anew(index: Path) -> None:
    before = read_current(index)
    path = index / VERSIONS / before.version / "report.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IndexCorruptError, match="not what was published"):
        amend(index, before, CALIBRATION, b"{}")
    assert read_current(index) == before


def test_a_running_build_is_waited_for_by_the_caller(index: Path) -> None:
    with FileLock(index / ".lock"), pytest.raises(BuildInProgressError):
        amend(index, read_current(index), CALIBRATION, b"{}")


def test_without_an_index_there_is_nothing_to_amend(index: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        amend(tmp_path / "none", read_current(index), CALIBRATION, b"{}")
