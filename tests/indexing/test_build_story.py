"""An index through the life of a folder: documents come, change, move, go and come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rca_search.indexing.build import BuildReport
from rca_search.indexing.reuse import Plan
from rca_search.indexing.snapshot import open_current

Rebuild = Callable[..., BuildReport]
Ask = Callable[..., dict[str, str]]

POOL = "incidents/2024-03-12-pool"
DISK = "incidents/2024-01-10-disk"
NEW = "incidents/2024-04-13-dns"
MOVED = "incidents/archive/pool"


def test_a_folder_over_time(rebuild: Rebuild, answers: Ask, docs: Path, index: Path, tmp_path: Path) -> None:
    rebuild()
    assert "zebrafish" in answers("zebrafish deploy")[POOL]

    (docs / f"{NEW}.md").write_text(
        "# DNS outage\n\n## Root cause\n\nA wombat chewed the resolver.\n", encoding="utf-8"
    )
    added = rebuild()
    assert (added.published, added.plan) == (True, Plan((NEW,), (), ()))
    assert added.documents["incident"] == 4
    assert next(iter(answers("wombat resolver"))) == NEW

    text = (docs / f"{POOL}.md").read_text(encoding="utf-8")
    (docs / f"{POOL}.md").write_text(text.replace("zebrafish", "narwhal"), encoding="utf-8")
    edited = rebuild()
    assert (edited.published, edited.plan) == (True, Plan((), (POOL,), ()))
    found = answers("zebrafish narwhal deploy leaked connections")
    assert "narwhal" in found[POOL]
    assert not any("zebrafish" in passage for passage in found.values())

    (docs / MOVED).parent.mkdir()
    (docs / f"{POOL}.md").rename(docs / f"{MOVED}.md")
    renamed = rebuild()
    assert (renamed.published, renamed.plan) == (True, Plan((MOVED,), (), (POOL,)))
    found = answers("narwhal deploy leaked connections")
    assert MOVED in found
    assert POOL not in found

    (docs / f"{MOVED}.md").unlink()
    (docs / f"{DISK}.md").unlink()
    deleted = rebuild()
    assert (deleted.published, deleted.plan) == (True, Plan((), (), (DISK, MOVED)))
    for question in ("narwhal deploy leaked connections", "quokka retention ledger audit segments"):
        assert set(answers(question)) & {POOL, MOVED, DISK} == set()

    (docs / f"{POOL}.md").write_text(text, encoding="utf-8")
    back = rebuild()
    assert (back.published, back.plan) == (True, Plan((POOL,), (), ()))
    found = answers("zebrafish deploy leaked connections")
    assert "zebrafish" in found[POOL]
    assert not any("narwhal" in passage for passage in found.values())

    unchanged = rebuild()
    assert (unchanged.published, unchanged.plan) == (False, Plan((), (), ()))

    fresh = tmp_path / "fresh"
    at_once = rebuild(into=fresh)
    assert at_once.version[11:] == back.version[11:]
    assert open_current(fresh)[0].manifest.to_bytes() == open_current(index)[0].manifest.to_bytes()


def test_a_file_that_breaks_leaves_and_one_that_is_mended_returns(
    rebuild: Rebuild, answers: Ask, docs: Path
) -> None:
    good = (docs / f"{POOL}.md").read_bytes()
    rebuild()
    (docs / f"{POOL}.md").write_bytes(b"# zebrafish deploy\n\0\0\0")
    broken = rebuild()
    assert broken.plan == Plan((), (), (POOL,))
    assert [(p.path, p.fatal) for p in broken.problems if p.fatal] == [(f"{POOL}.md", True)]
    assert POOL not in answers("zebrafish deploy")

    (docs / f"{DISK}.md").write_text("# Disk\n\nThe volume filled up.\n", encoding="utf-8")
    assert rebuild().plan == Plan((), (DISK,), ())
    again = rebuild()
    assert (again.published, again.plan.empty) == (False, True)
    assert [p.path for p in again.problems if p.fatal] == [f"{POOL}.md"]

    (docs / f"{POOL}.md").write_bytes(good)
    mended = rebuild()
    assert mended.plan == Plan((POOL,), (), ())
    assert "zebrafish" in answers("zebrafish deploy")[POOL]


def test_the_plan_of_a_rebuild_without_an_old_version_adds_everything(rebuild: Rebuild, index: Path) -> None:
    first = rebuild()
    (index / "CURRENT").write_bytes(b"")
    assert rebuild().plan == first.plan


def test_two_folders_with_one_id_are_kept_apart(
    rebuild: Rebuild, answers: Ask, docs: Path, tmp_path: Path
) -> None:
    other = tmp_path / "team"
    (other / "incidents").mkdir(parents=True)
    (other / f"{POOL}.md").write_text("# Pool\n\n## Summary\n\nAn axolotl pool.\n", encoding="utf-8")
    rebuild()
    both = rebuild(folders=[docs, other])
    assert both.plan == Plan((f"team/{POOL}", f"vault/{POOL}"), (), (POOL,))
    assert "axolotl" in answers("axolotl pool")[f"team/{POOL}"]
    alone = rebuild(folders=[other])
    assert alone.plan.added == (POOL,)
    assert set(answers("axolotl pool zebrafish")) == {POOL}
