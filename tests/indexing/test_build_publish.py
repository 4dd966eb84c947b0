"""What a build publishes, when it publishes nothing, and what it leaves lying about."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import (
    BuildInProgressError,
    DocumentsRejectedError,
    IndexCorruptError,
    InvalidRequestError,
    StorageError,
)
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import Manifest, read_manifest, verify_version
from rca_search.indexing.pointer import Check, read_check, read_current, write_check
from rca_search.indexing.publish import exclusive, publish
from rca_search.indexing.reuse import Plan
from rca_search.indexing.snapshot import Snapshot, open_current
from rca_search.indexing.staged import staging
from rca_search.indexing.versions import version_names
from rca_search.lexical.glossary import Glossary
from rca_search.models import Kind, Query
from rca_search.protocols import Encoded, Encoder, TextKind
from rca_search.service import SearchService

Rebuild = Callable[..., BuildReport]
Read = Callable[[Path], dict[str, bytes]]
LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


class Turned(HashingEncoder):
    """Another model of the same dimension: every vector points the other way."""

    name = "turned"
    fingerprint = "turned/1"

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        return Encoded(-super().encode(texts, kind=kind).vectors)


class Source:
    """Says what it has been told to, and counts how often it was loaded."""

    def __init__(self, encoder: Encoder, digest: str = "1") -> None:
        self.name = encoder.name
        self.loads = 0
        self._encoder = encoder
        self._digest = digest

    def files_digest(self) -> str:
        return self._digest

    def load(self) -> Encoder:
        self.loads += 1
        return self._encoder


def append(path: Path, text: str = "\nMore.\n") -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def disk(docs: Path) -> Path:
    return docs / "incidents" / "2024-01-10-disk.md"


def test_a_first_build(rebuild: Rebuild, index: Path, docs: Path) -> None:
    report = rebuild()
    assert report.published
    assert report.version.startswith("0000000001-")
    assert report.documents == {"incident": 3, "runbook": 1, "service": 1}
    assert report.plan == Plan(
        (
            "incidents/2024-01-10-disk",
            "incidents/2024-02-11-certificate",
            "incidents/2024-03-12-pool",
            "runbooks/free-space",
            "services/ledger",
        ),
        (),
        (),
    )
    pointer = read_current(index)
    assert pointer.version == report.version
    assert verify_version(index, pointer) == []
    content = (index / "versions" / report.version / "manifest.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == pointer.manifest_sha256
    assert report.version.endswith(pointer.manifest_sha256[:12])
    assert Manifest.from_bytes(content).to_bytes() == content
    snapshot, _ = open_current(index)
    assert snapshot.document(0).text == disk(docs).read_text(encoding="utf-8")
    assert [(link.link.target, link.target_id) for link in snapshot.references] == [
        ("nowhere", None),
        ("runbooks/free-space", "runbooks/free-space"),
        ("services/edge", None),
    ]


def test_the_counter_grows_with_each_publish(rebuild: Rebuild, docs: Path) -> None:
    versions = []
    for _ in range(4):
        versions.append(rebuild().version)
        append(disk(docs))
    assert [version[:11] for version in versions] == [f"{n:010d}-" for n in range(1, 5)]
    assert len({version[11:] for version in versions}) == 4


def test_going_back_gives_the_old_digest_under_a_new_number(rebuild: Rebuild, docs: Path) -> None:
    text = disk(docs).read_text(encoding="utf-8")
    first = rebuild().version
    append(disk(docs))
    rebuild()
    disk(docs).write_text(text, encoding="utf-8")
    third = rebuild()
    assert third.published
    assert third.version == "0000000003-" + first[11:]


def test_equal_content_publishes_nothing_but_is_recorded(
    rebuild: Rebuild, index: Path, everything_under: Read
) -> None:
    first = rebuild(revision="r1")
    assert read_check(index, first.version).source_revision == "r1"
    before = everything_under(index)
    write_check(index, Check(LONG_AGO, "r1", first.version))
    second = rebuild(revision="r2")
    assert (second.published, second.version, second.plan.empty) == (False, first.version, True)
    assert (second.documents, second.chunks, second.reasons) == (first.documents, first.chunks, first.reasons)
    check = read_check(index, first.version)
    assert check.source_revision == "r2"
    assert dt.datetime.now(dt.UTC) - check.checked_at < dt.timedelta(minutes=1)
    after = everything_under(index)
    assert {name for name in after if after[name] != before.get(name)} == {"CHECKED"}
    assert set(after) == set(before)


def test_touching_a_file_changes_nothing(rebuild: Rebuild, docs: Path) -> None:
    rebuild()
    os.utime(disk(docs), (1, 1))
    assert not rebuild().published


def test_an_unchanged_build_loads_no_model(rebuild: Rebuild) -> None:
    source = Source(HashingEncoder())
    rebuild(encoder=source)
    rebuild(encoder=source)
    assert source.loads == 1


@pytest.mark.parametrize(
    "change",
    [
        {"max_file_bytes": 5 * 1024 * 1024},
        {"store": "faiss"},
        {"kinds": ((Kind.RUNBOOK, "incidents/*"),)},
        {"encoder": Source(Turned())},
        {"encoder": Source(HashingEncoder(), digest="other weights")},
        {"analysers": (lambda _staged, _before: {"more.json": b"{}"},)},
        {"glossary": Glossary.parse("till = point of sale", "own.txt")},
    ],
    ids=["limit", "store", "kinds", "model", "weights", "analyser", "glossary"],
)
def test_a_change_of_what_shapes_the_index_takes_effect(rebuild: Rebuild, change: dict[str, object]) -> None:
    first = rebuild()
    second = rebuild(**change)
    assert second.published
    assert second.version[11:] != first.version[11:]
    assert second.plan.empty
    assert not rebuild(**change).published
    back = rebuild()
    assert back.published
    assert back.version[11:] == first.version[11:]


def test_a_kind_override_shows_in_the_index(rebuild: Rebuild, index: Path) -> None:
    rebuild()
    report = rebuild(kinds=((Kind.RUNBOOK, "incidents/2024-03-*"),))
    assert report.documents == {"incident": 2, "runbook": 2, "service": 1}
    snapshot, _ = open_current(index)
    assert snapshot.document(snapshot.ordinal("2024-03-12-pool")).kind is Kind.RUNBOOK


def test_another_model_gives_other_vectors(rebuild: Rebuild, index: Path) -> None:
    one, other = rebuild(), rebuild(encoder=Source(Turned()))
    vectors = [
        np.load(index / "versions" / report.version / "vectors.npy", allow_pickle=False)
        for report in (one, other)
    ]
    np.testing.assert_array_equal(vectors[0], -vectors[1])


def test_a_source_folder_of_another_name_takes_effect(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild()
    moved = docs.rename(docs.with_name("archive"))
    assert rebuild(folders=[moved]).published
    snapshot, _ = open_current(index)
    assert {snapshot.document(n).source for n in range(5)} == {"archive"}


def test_another_ending_takes_effect(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild()
    disk(docs).rename(disk(docs).with_suffix(".markdown"))
    report = rebuild()
    assert report.published
    snapshot, _ = open_current(index)
    assert snapshot.document(0).path == "incidents/2024-01-10-disk.markdown"


def test_a_damaged_current_version_is_repaired(rebuild: Rebuild, index: Path, everything_under: Read) -> None:
    first = rebuild()
    intact = everything_under(index / "versions" / first.version)
    victim = index / "versions" / first.version / "chunks.jsonl"
    victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(IndexCorruptError):
        open_current(index)
    second = rebuild()
    assert second.published
    assert second.version == "0000000002-" + first.version[11:]
    assert everything_under(index / "versions" / second.version) == intact
    assert verify_version(index, read_current(index)) == []


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'{"version": "../../x"}', b"[" * 100_000])
def test_a_damaged_pointer_is_repaired(rebuild: Rebuild, index: Path, content: bytes) -> None:
    first = rebuild()
    (index / "CURRENT").write_bytes(content)
    second = rebuild()
    assert second.published
    assert second.version == "0000000002-" + first.version[11:]
    assert open_current(index)[0].version == second.version


def test_a_lost_pointer_is_repaired(rebuild: Rebuild, index: Path) -> None:
    rebuild()
    (index / "CURRENT").unlink()
    assert rebuild().version.startswith("0000000002-")


def test_lost_versions_do_not_turn_the_counter_back(rebuild: Rebuild, index: Path, docs: Path) -> None:
    for _ in range(3):
        rebuild()
        append(disk(docs))
    shutil.rmtree(index / "versions")
    assert rebuild().version.startswith("0000000004-")


def rewrite_manifest(index: Path, change: dict[str, object]) -> None:
    """Leave the index as another version of the program would have written it: hashes and all."""
    pointer = read_current(index)
    folder = index / "versions" / pointer.version
    content = json.dumps({**json.loads((folder / "manifest.json").read_bytes()), **change}).encode()
    (folder / "manifest.json").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    name = f"{pointer.version[:11]}{digest[:12]}"
    folder.rename(folder.with_name(name))
    body = {"version": name, "manifest_sha256": digest, "published_at": pointer.published_at.isoformat()}
    (index / "CURRENT").write_text(json.dumps(body), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 1},
        {"features": ["later"]},
        {"tokens": "other rules"},
        {"store": "later"},
        {"artefacts": {}},
    ],
    ids=["format", "feature", "tokens", "store", "artefacts"],
)
def test_an_index_of_another_version_is_built_again(
    rebuild: Rebuild, index: Path, change: dict[str, object]
) -> None:
    first = rebuild()
    rewrite_manifest(index, change)
    second = rebuild()
    assert second.published
    assert second.version == "0000000002-" + first.version[11:]
    assert open_current(index)[0].version == second.version


def test_three_versions_are_kept(rebuild: Rebuild, index: Path, docs: Path) -> None:
    versions = []
    for _ in range(6):
        versions.append(rebuild().version)
        append(disk(docs))
    assert version_names(index) == versions[-3:]


def test_what_is_not_ours_is_not_pruned(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild()
    (index / "README.md").write_text("mine", encoding="utf-8")
    (index / "versions" / "notes").mkdir()
    for _ in range(4):
        append(disk(docs))
        rebuild()
    assert (index / "README.md").read_text(encoding="utf-8") == "mine"
    assert (index / "versions" / "notes").is_dir()


def litter(index: Path) -> set[str]:
    ours = {"CURRENT", "CHECKED", ".lock", "versions"}
    return {entry.name for entry in index.iterdir()} - ours


def test_leftovers_of_a_crashed_build_are_removed(rebuild: Rebuild, index: Path) -> None:
    first = rebuild()
    (index / ".staging-1-abc" / "deep").mkdir(parents=True)
    (index / ".staging-1-abc" / "chunks.jsonl").write_bytes(b"torn")
    (index / ".CURRENT.77.new").write_bytes(b"torn")
    shutil.copytree(index / "versions" / first.version, index / "versions" / "0000000002-aaaaaaaaaaaa")
    (index / "versions" / "0000000003-bbbbbbbbbbbb").mkdir()
    second = rebuild()
    assert not second.published
    assert litter(index) == set()
    assert version_names(index) == [first.version]


def test_versions_that_never_were_current_do_not_push_out_those_that_were(
    rebuild: Rebuild, index: Path, docs: Path
) -> None:
    first = rebuild().version
    append(disk(docs))
    second = rebuild().version
    for counter in (3, 4, 5):
        (index / "versions" / f"{counter:010d}-aaaaaaaaaaaa").mkdir()
    append(disk(docs))
    third = rebuild().version
    assert version_names(index) == [first, second, third]


def test_a_pointer_that_went_wrong_costs_no_version(rebuild: Rebuild, index: Path, docs: Path) -> None:
    rebuild()
    append(disk(docs))
    second = rebuild().version
    append(disk(docs))
    body = json.loads((index / "CURRENT").read_bytes())
    wrong = {**body, "version": "0000000001" + body["version"][10:]}
    (index / "CURRENT").write_text(json.dumps(wrong), encoding="utf-8")
    third = rebuild().version
    assert version_names(index)[-2:] == [second, third]


def test_the_last_number_is_not_passed(rebuild: Rebuild, index: Path) -> None:
    (index / "versions" / "9999999999-aaaaaaaaaaaa").mkdir(parents=True)
    with pytest.raises(StorageError, match="9999999999"):
        rebuild()
    assert litter(index) == set()


def test_a_strict_build_publishes_nothing(
    rebuild: Rebuild, index: Path, docs: Path, everything_under: Read
) -> None:
    rebuild()
    before = everything_under(index)
    (docs / "broken.md").write_bytes(b"# x\n\0\0\0")
    append(disk(docs))
    with pytest.raises(DocumentsRejectedError) as caught:
        rebuild(strict=True)
    assert [problem.path for problem in caught.value.problems] == ["broken.md"]
    assert everything_under(index) == before


def test_a_strict_build_of_what_is_published_already_fails_as_well(
    rebuild: Rebuild, index: Path, docs: Path, everything_under: Read
) -> None:
    (docs / "broken.md").write_bytes(b"# x\n\0\0\0")
    report = rebuild()
    assert [problem.path for problem in report.problems if problem.fatal] == ["broken.md"]
    before = everything_under(index)
    with pytest.raises(DocumentsRejectedError, match="1 file"):
        rebuild(strict=True)
    assert everything_under(index) == before
    assert rebuild().problems == report.problems


def test_a_folder_without_documents_is_refused(
    rebuild: Rebuild, index: Path, tmp_path: Path, everything_under: Read
) -> None:
    rebuild()
    before = everything_under(index)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidRequestError, match="no readable Markdown file"):
        rebuild(folders=[tmp_path / "empty"])
    (tmp_path / "empty" / "only.md").write_bytes(b"\0\1\2")
    with pytest.raises(InvalidRequestError, match=r"only\.md"):
        rebuild(folders=[tmp_path / "empty"])
    with pytest.raises(InvalidRequestError):
        rebuild(folders=[tmp_path / "nowhere"])
    assert everything_under(index) == before


def test_an_index_holds_no_path_and_no_host(
    rebuild: Rebuild, index: Path, docs: Path, everything_under: Read
) -> None:
    (docs / "broken.md").write_bytes(b"# x\n\0\0\0")
    (docs / "loop.md").symlink_to("loop.md")
    rebuild(store="faiss")
    rebuild()
    told = {str(docs), str(index), str(docs.parent), str(Path.cwd()), str(Path.home()), socket.gethostname()}
    secrets = [text.encode() for text in told if len(text) > 2]
    for name, content in everything_under(index).items():
        for secret in secrets:
            assert secret not in content, name
            assert secret not in name.encode()
        assert re.search(rb"/(tmp|home|root|usr|work)/", content) is None, name


def shout(staged: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
    """Learn the titles, in capitals."""
    assert staged.version == "staged"
    return {"shout.txt": "\n".join(staged.catalogue.titles).upper().encode()}


def count_words(staged: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
    """Build on what the first analyser learned: the manifest names it already."""
    return {"seen.txt": str(sorted(staged.manifest.artefacts)).encode()}


def test_what_an_analyser_learns_is_part_of_the_version(rebuild: Rebuild, index: Path) -> None:
    report = rebuild(analysers=(shout, count_words))
    pointer = read_current(index)
    artefacts = read_manifest(index, pointer).artefacts
    folder = index / "versions" / report.version
    assert (folder / "shout.txt").read_bytes().startswith(b"LEDGER DISK FULL\nEXPIRED CERTIFICATE\n")
    assert "'shout.txt'" in (folder / "seen.txt").read_text(encoding="utf-8")
    assert artefacts["shout.txt"].size == (folder / "shout.txt").stat().st_size
    assert verify_version(index, pointer) == []
    (folder / "shout.txt").write_bytes((folder / "shout.txt").read_bytes().lower())
    assert len(verify_version(index, pointer)) == 1
    with pytest.raises(IndexCorruptError, match=r"shout\.txt"):
        open_current(index)


def fail(_staged: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
    """Learn nothing, loudly."""
    raise ZeroDivisionError


def overwrite(_staged: Snapshot, _before: Snapshot | None) -> Mapping[str, bytes]:
    """Try to replace what is there."""
    return {"catalogue.json": b"{}"}


@pytest.mark.parametrize(("analyser", "error"), [(fail, ZeroDivisionError), (overwrite, StorageError)])
def test_an_analyser_that_fails_publishes_nothing(
    rebuild: Rebuild,
    index: Path,
    everything_under: Read,
    analyser: Callable[[Snapshot], Mapping[str, bytes]],
    error: type[Exception],
) -> None:
    rebuild()
    before = everything_under(index)
    with pytest.raises(error):
        rebuild(analysers=(analyser,))
    assert everything_under(index) == before
    assert litter(index) == set()
    assert not rebuild().published


def test_one_build_at_a_time(rebuild: Rebuild, index: Path) -> None:
    first = rebuild()
    with exclusive(index), pytest.raises(BuildInProgressError, match="Another build"):
        rebuild()
    assert rebuild().version == first.version


def test_the_lock_goes_with_the_error(rebuild: Rebuild, index: Path) -> None:
    with pytest.raises(KeyboardInterrupt), exclusive(index):
        raise KeyboardInterrupt
    assert rebuild().published


@pytest.mark.parametrize("store", ["exact", "faiss"])
def test_a_reader_keeps_its_version_until_it_reloads(
    rebuild: Rebuild, index: Path, docs: Path, store: str
) -> None:
    rebuild(store=store)
    service = SearchService(index, NamedEncoder("test-hashing"))
    before = [hit.document.id for hit in service.search(Query("quokka retention")).incidents]
    for _ in range(5):
        append(disk(docs))
        rebuild(store=store)
    assert [hit.document.id for hit in service.search(Query("quokka retention")).incidents] == before
    assert service.version.startswith("0000000001")
    assert service.reload()
    assert service.version.startswith("0000000006")


@pytest.mark.timeout(20)
def test_a_version_that_is_replaced_and_removed_while_it_is_opened(
    rebuild: Rebuild, index: Path, docs: Path
) -> None:
    """The reader has read the pointer when the version it names goes: it takes the one that came."""
    rebuild()
    current = index / "CURRENT"
    stale = current.read_bytes()
    for _ in range(4):
        append(disk(docs))
        newest = rebuild().version
    current.rename(index / "aside")
    os.mkfifo(current)

    def publish_meanwhile() -> None:
        with current.open("wb") as stream:
            stream.write(stale)
            (index / "aside").replace(current)

    publisher = threading.Thread(target=publish_meanwhile)
    publisher.start()
    snapshot, pointer = open_current(index)
    publisher.join()
    assert (snapshot.version, pointer.version) == (newest, newest)


def test_publishing_what_is_current_and_intact_publishes_nothing(rebuild: Rebuild, index: Path) -> None:
    first = rebuild()
    pointer = read_current(index)
    manifest = read_manifest(index, pointer)
    contents = {name: (index / "versions" / first.version / name).read_bytes() for name in manifest.artefacts}
    with exclusive(index), staging(index) as staged:
        staged.put(contents)
        assert staged.digests == manifest.artefacts
        assert publish(index, staged.folder, manifest) == pointer
    assert version_names(index) == [first.version]
    (index / "versions" / first.version / "links.json").unlink()
    with exclusive(index), staging(index) as staged:
        staged.put(contents)
        assert publish(index, staged.folder, manifest).version == "0000000002" + first.version[10:]
    assert litter(index) == set()
