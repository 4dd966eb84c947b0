"""After a power loss the old index is there or the new one, whole; and each flush of a publish is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import quick_place
from faults.corpora import Corpora
from faults.power_loss import Explorer, Record, Recorder, power_loss, record, records, unnoticed

from rca_search.indexing.pointer import CURRENT

NOT_NEEDED = {
    "blobs": "a version holds the file itself; what the folder forgets is stored again",
    "CHECKED": "advice: an unreadable one costs a date",
}
"""What need not be flushed for an index to be whole, and why."""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with quick_place() as folder:
        yield folder


@pytest.fixture(scope="module")
def corpora(place: Path) -> Corpora:
    return Corpora(6, 5, place)


@pytest.fixture(scope="module")
def recorded(corpora: Corpora, place: Path) -> dict[str, Record]:
    return records(corpora, place)


@pytest.mark.parametrize(
    ("states", "seed"), [(2000, 1), pytest.param(10_000, 2, marks=pytest.mark.full)], ids=["short", "long"]
)
def test_no_power_loss_leads_to_a_bad_index(states: int, seed: int) -> None:
    found = power_loss(states, seed)
    assert found["states"] >= states
    assert found["operations"] > 300


def test_what_a_record_holds(recorded: dict[str, Record]) -> None:
    """A record that missed operations would prove nothing."""
    update = recorded["update"]
    kinds = [operation.kind for operation in update.operations[: update.commit]]
    files = sum(operation.path.endswith((".npy", ".json", ".jsonl")) for operation in update.operations)
    assert files > 100
    assert kinds.count("fsync") > 40
    assert update.commit < update.done < len(update.operations)
    assert update.allowed(0) == update.old != update.allowed(update.done) == {update.new}


@pytest.mark.parametrize(
    ("scene", "never_found"),
    [
        ("first", ["blobs", "CHECKED", "index"]),  # the index once more after CHECKED
        ("update", ["index", "CHECKED", "index"]),  # before CURRENT, only new folders need it
    ],
)
def test_leaving_out_any_flush_is_found(
    corpora: Corpora, recorded: dict[str, Record], place: Path, scene: str, never_found: list[str]
) -> None:
    assert unnoticed(recorded[scene], Explorer(corpora, place / f"{scene}-less")) == never_found
    assert {*never_found} <= {*NOT_NEEDED, "index"}


@pytest.mark.parametrize(
    ("scene", "never_found"),
    [
        # Until a first build has been said to be done, its folder may be gone as if never made.
        ("first", ["above", "above", "above", "blobs"]),
        ("update", ["index"]),
    ],
)
def test_flushing_only_after_the_commit_is_found(
    corpora: Corpora, recorded: dict[str, Record], place: Path, scene: str, never_found: list[str]
) -> None:
    explorer = Explorer(corpora, place / f"{scene}-late")
    assert unnoticed(recorded[scene], explorer, late=True) == never_found


@pytest.mark.parametrize("changes", [1, 2, 3])
@pytest.mark.parametrize("again", [True, False])
def test_a_version_that_a_kill_left_unflushed_is_flushed_before_it_counts(
    corpora: Corpora, place: Path, changes: int, again: bool
) -> None:
    root = place / f"killed-{changes}-{again}"
    root.mkdir()
    old, killed, other = corpora.versions[:3]
    end = Recorder(changes, since=CURRENT)
    scene = record(root, "index", [old], killed if again else other, killed=killed, by=end)
    explorer = Explorer(corpora, place / f"{root.name}-replay")
    assert list(explorer.single(scene, {scene.done, len(scene.operations)})) == []


def test_folders_that_a_killed_first_build_made_are_flushed_by_the_next(
    corpora: Corpora, place: Path
) -> None:
    for changes in range(1, 8):
        root = place / f"first-{changes}"
        root.mkdir()
        killed, new = corpora.versions[:2]
        scene = record(root, "index", [], new, killed=killed, by=Recorder(changes))
        explorer = Explorer(corpora, place / f"{root.name}-replay")
        assert list(explorer.single(scene, {scene.done, len(scene.operations)})) == []
