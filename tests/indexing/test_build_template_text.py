"""A build learns from all files what their template says, whichever of them it has to read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rca_search.indexing.build import BuildReport
from rca_search.indexing.pointer import VERSIONS, read_current

ASIDE = "*The story in five sentences, newest last.*"


def test_a_build_learns_it_and_an_incremental_one_ends_up_the_same(
    tmp_path: Path, rebuild: Callable[..., BuildReport]
) -> None:
    docs, index, fresh = tmp_path / "docs", tmp_path / "index", tmp_path / "fresh"
    docs.mkdir()
    for day in (1, 2):
        write(docs, day)
    rebuild(folders=[docs], into=index)
    assert b"newest last" in read_version(index)["chunks.jsonl"]
    write(docs, 3)
    report = rebuild(folders=[docs], into=index)
    assert (len(report.plan.added), report.plan.changed) == (1, ())
    version = read_version(index)
    assert b"newest last" not in version["chunks.jsonl"]
    rebuild(folders=[docs], into=fresh)
    assert version == read_version(fresh)
    (docs / "2024-01-01.md").unlink()
    rebuild(folders=[docs], into=index)
    assert b"newest last" in read_version(index)["chunks.jsonl"]


def write(docs: Path, day: int) -> None:
    text = f"# Queue {day} full\n\n## Summary\n\n{ASIDE}\n\nThe queue of part {day} was full.\n"
    (docs / f"2024-01-0{day}.md").write_text(text, encoding="utf-8")


def read_version(index: Path) -> dict[str, bytes]:
    folder = index / VERSIONS / read_current(index).version
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
