"""Versions under a running service: reload, mismatch, staleness."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import IndexCorruptError, IndexMismatchError, IndexMissingError
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.indexing.manifest import read_manifest
from rca_search.indexing.pointer import Check, read_current, write_check, write_current
from rca_search.models import Query
from rca_search.protocols import Encoded, Encoder, TextKind
from rca_search.service import SearchService

TEXT = "---\ntitle: {0}\ndate: 2025-01-01\n---\n# {0}\n\n## Symptoms\n\n{0} stood still.\n"


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Show nothing."""


def write(root: Path, *titles: str) -> None:
    """Make incidents with these titles all that there is."""
    folder = root / "docs" / "RCAs"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for title in titles:
        (folder / f"{title}.md").write_text(TEXT.format(title))


@dataclass
class Place:
    """A folder of documents and an index of it."""

    root: Path
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(index=self.root / "index", model="test-hashing")

    def build(self, *titles: str) -> str:
        write(self.root, *titles)
        return build_index(self.settings, [self.root / "docs"], progress=quiet).version


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def write_checked(place: Place, when: dt.datetime, revision: str | None = None) -> None:
    index = place.settings.index
    write_check(index, Check(when, revision, read_current(index).version))


def published_on(place: Place, when: dt.datetime) -> None:
    index = place.settings.index
    write_current(index, replace(read_current(index), published_at=when))


class OtherModel(HashingEncoder):
    @property
    def fingerprint(self) -> str:
        return "f" * 64

    @property
    def name(self) -> str:
        return "other"


@dataclass
class Source:
    """Counts how often an encoder is loaded."""

    encoder: Encoder
    loads: int = 0

    @property
    def name(self) -> str:
        return self.encoder.name

    def files_digest(self) -> str:
        return self.encoder.fingerprint

    def load(self) -> Encoder:
        self.loads += 1
        return self.encoder


def found(service: SearchService, text: str = "stood still") -> set[str]:
    return {hit.document.title for hit in service.search(Query(text, limit=100)).incidents}


def test_an_index_is_answered_from_only_with_its_own_model(place: Place) -> None:
    place.build("alpha")
    service = SearchService(place.settings.index, Source(OtherModel()))
    for act in (lambda: found(service), service.warm, lambda: service.search_like("alpha", Query(""))):
        with pytest.raises(IndexMismatchError) as caught:
            act()
        assert "'test-hashing'" in caught.value.message
        assert "'other'" in caught.value.message
        assert "Build the index again" in caught.value.remedy
    # What needs no vector is still there.
    assert service.get("alpha").title == "alpha"


def test_the_model_is_loaded_once_and_only_when_needed(place: Place) -> None:
    place.build("alpha")
    source = Source(HashingEncoder())
    service = SearchService(place.settings.index, source)
    service.get("alpha")
    service.status()
    assert source.loads == 0
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: found(service), range(16)))
    assert source.loads == 1


def test_reload_serves_the_new_version_and_results_at_hand_stay_whole(place: Place) -> None:
    first = place.build("alpha", "beta")
    service = open_service(place.settings)
    before = service.search(Query("alpha stood still"))
    assert service.reload() is False
    second = place.build("beta", "gamma")
    assert found(service) == {"alpha", "beta"}
    assert service.version == first
    assert service.reload() is True
    assert service.version == second != first
    assert found(service) == {"beta", "gamma"}
    assert before.freshness.version == first
    assert before.incidents[0].document.title == "alpha"
    assert before.incidents[0].passages[0].text == "alpha stood still."
    assert service.reload() is False


def test_a_rebuild_without_a_change_is_no_new_version(place: Place) -> None:
    first = place.build("alpha")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    published_on(place, now - dt.timedelta(days=9))
    write_checked(place, now - dt.timedelta(days=2))
    service = open_service(place.settings)
    assert service.freshness().checked_at == now - dt.timedelta(days=2)
    assert place.build("alpha") == first
    assert service.reload() is False
    checked = service.freshness().checked_at
    assert checked is not None
    assert checked >= now.replace(microsecond=0)


def test_a_version_that_cannot_be_opened_leaves_the_served_one(place: Place) -> None:
    place.build("alpha")
    service = open_service(place.settings)
    assert found(service) == {"alpha"}
    version = place.build("beta")
    artefact = place.settings.index / "versions" / version / "chunks.jsonl"
    artefact.chmod(0o644)
    artefact.write_bytes(artefact.read_bytes().replace(b"beta", b"bets"))
    with pytest.raises(IndexCorruptError):
        service.reload()
    assert found(service) == {"alpha"}


@dataclass
class Carried:
    """Gives the encoder that the current version was made with, as an index that carries its own does."""

    index: Path
    loads: int = 0

    name = "carried"

    def files_digest(self) -> str:
        return "carried"

    def load(self) -> Encoder:
        self.loads += 1
        made_with = read_manifest(self.index, read_current(self.index)).encoder
        return OtherModel() if made_with.name == "other" else HashingEncoder()


def build_with(encoder: Encoder, place: Place, *titles: str) -> str:
    """Build with ``encoder`` what ``place.build`` builds with the model for tests."""
    write(place.root, *titles)
    source = Source(encoder)
    return build(BuildRequest((place.root / "docs",)), place.settings.index, Tools(encoder=source)).version


def test_a_new_version_made_with_another_model_is_served_by_that_model(place: Place) -> None:
    place.build("alpha")
    source = Carried(place.settings.index)
    service = SearchService(place.settings.index, source)
    assert found(service) == {"alpha"}
    version = build_with(OtherModel(), place, "beta")
    # Until it is reloaded, the old version is served by the old model.
    assert found(service) == {"alpha"}
    assert service.status().encoder == "test-hashing"
    assert service.reload() is True
    assert (service.version, service.status().encoder) == (version, "other")
    assert found(service) == {"beta"}
    # The new model was loaded by the reload, not by the question; the next version needs it no second time.
    assert source.loads == 2
    build_with(OtherModel(), place, "gamma")
    assert service.reload() is True
    assert found(service) == {"gamma"}
    assert source.loads == 2


def test_a_reload_loads_no_model_where_none_was_needed_yet(place: Place) -> None:
    place.build("alpha")
    source = Carried(place.settings.index)
    service = SearchService(place.settings.index, source)
    build_with(OtherModel(), place, "beta")
    assert service.reload() is True
    assert source.loads == 0
    assert found(service) == {"beta"}
    assert source.loads == 1


def test_a_new_version_whose_model_is_not_at_hand_leaves_the_served_one(place: Place) -> None:
    first = place.build("alpha")
    service = SearchService(place.settings.index, Source(HashingEncoder()))
    service.warm()
    build_with(OtherModel(), place, "beta")
    for _ in range(2):
        with pytest.raises(IndexMismatchError):
            service.reload()
        assert service.version == first
        assert found(service) == {"alpha"}


class Paused(HashingEncoder):
    """Waits in the middle of a question."""

    def __init__(self) -> None:
        self.entered, self.go_on = threading.Semaphore(0), threading.Event()

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        if kind == "query":
            self.entered.release()
            assert self.go_on.wait(30)
        return super().encode(texts, kind=kind, tokens=tokens)


def test_questions_in_flight_are_answered_by_the_version_and_model_they_began_with(place: Place) -> None:
    first = place.build("alpha")
    paused = Paused()
    source = Source(paused)
    service = SearchService(place.settings.index, source)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(service.search, Query("stood still")) for _ in range(4)]
        for _ in asked:
            assert paused.entered.acquire(timeout=30)
        second = build_with(OtherModel(), place, "beta")
        source.encoder = OtherModel()
        assert service.reload() is True
        newer = service.search(Query("stood still"))
        assert not any(answer.done() for answer in asked)
        paused.go_on.set()
        answers = [answer.result(30) for answer in asked]
    assert newer.freshness.version == second
    assert [hit.document.title for hit in newer.incidents] == ["beta"]
    for answer in answers:
        assert answer.freshness.version == first
        assert [hit.document.title for hit in answer.incidents] == ["alpha"]


def test_answers_during_reloads_are_of_one_version(place: Place) -> None:
    place.build("v0", "w0")
    service = open_service(place.settings)
    service.warm()

    def ask(_: int) -> bool:
        result = service.search(Query("stood still", limit=10))
        titles = {hit.document.title for hit in result.incidents}
        return len(titles) == 2 and len({title[1:] for title in titles}) == 1

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, n) for n in range(40)]
        for turn in range(1, 6):
            place.build(f"v{turn}", f"w{turn}")
            service.reload()
            answers += [pool.submit(ask, n) for n in range(40)]
        assert all(answer.result() for answer in answers)


def test_no_index_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        SearchService(tmp_path / "nowhere", Source(HashingEncoder()))


def test_stale_is_told_from_when_the_sources_were_checked(place: Place) -> None:
    place.build("alpha")
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    strict = Settings(index=place.settings.index, model="test-hashing", stale_after=day)
    service = open_service(strict)
    assert service.freshness().stale is False
    published_on(place, now - 10 * day)
    service = open_service(strict)
    # Published long ago but checked just now: fresh.
    assert service.freshness().stale is False
    write_checked(place, now - 2 * day)
    assert service.freshness().stale is True
    assert service.freshness().checked_at == now - 2 * day
    assert service.search(Query("alpha")).freshness.stale is True
    assert open_service(place.settings).freshness().stale is False
    # Without the record, the day of publication counts.
    (place.settings.index / "CHECKED").unlink()
    assert service.freshness().checked_at == now - 10 * day
    assert service.freshness().stale is True
    assert service.freshness().source_revision is None


def test_status_counts_what_is_served(place: Place) -> None:
    version = place.build("alpha", "beta")
    (place.root / "docs" / "RCAs" / "broken.md").write_bytes(b"# x\n\0\0\0")
    version = build_index(place.settings, [place.root / "docs"], progress=quiet).version
    status = open_service(place.settings).status()
    assert status.freshness.version == version
    assert status.documents == {"incident": 2}
    assert (status.encoder, status.store, status.rejected) == ("test-hashing", "faiss", 1)
    assert status.chunks == 4
