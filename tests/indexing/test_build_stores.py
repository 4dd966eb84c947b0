"""Every kind of store through a whole build: the same answers, taken over by the next build, verified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.embedding.source import NamedEncoder
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import read_manifest, verify_version
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.models import Query, SearchResult
from rca_search.service import SearchService
from rca_search.stores import WRITER_KINDS, auto

Rebuild = Callable[..., BuildReport]
kinds = pytest.mark.parametrize("store", WRITER_KINDS)


def ask(index: Path) -> list[tuple[str, float]]:
    service = SearchService(index, NamedEncoder("test-hashing"))
    found: SearchResult = service.search(Query("expired certificate, pool exhausted", limit=100))
    return [(hit.document.id, round(hit.score.total, 4)) for hit in (*found.incidents, *found.runbooks)]


@kinds
def test_answers_are_those_of_the_exact_store(
    rebuild: Rebuild, index: Path, tmp_path: Path, store: str
) -> None:
    rebuild(store=store)
    rebuild(store="exact", into=tmp_path / "exact")
    assert ask(index) == ask(tmp_path / "exact")
    assert verify_version(index, read_current(index)) == []


@kinds
def test_an_incremental_build_is_the_full_one(
    rebuild: Rebuild, index: Path, docs: Path, tmp_path: Path, store: str
) -> None:
    rebuild(store=store)
    (docs / "services" / "ledger.md").write_text("# ledger\n\nKeeps the books of the zebrafish.\n")
    assert rebuild(store=store).published
    rebuild(store=store, into=tmp_path / "fresh")
    manifests = [read_manifest(place, read_current(place)) for place in (index, tmp_path / "fresh")]
    assert manifests[0] == manifests[1]
    assert not rebuild(store=store).published


def test_a_corpus_that_grows_past_the_limit_gets_lists_and_says_so(
    rebuild: Rebuild, index: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(store="auto")
    service = SearchService(index, NamedEncoder("test-hashing"))
    assert (service.status().store, service.status().search.exact) == ("faiss", True)
    before = ask(index)
    monkeypatch.setattr(auto, "LARGE", 8)
    (docs / "incidents" / "2024-04-13-queue.md").write_text("# Queue stuck\n\nNobody drained it.\n")
    rebuild(store="auto")
    assert service.reload()
    status = service.status()
    assert status.store == "ivf"
    assert status.search.description == "exact: every row compared, from a file"  # so few are not worth lists
    assert {document for document, _ in before} < {document for document, _ in ask(index)}
    folder = index / VERSIONS / read_current(index).version
    names = {path.name for path in folder.iterdir()}
    assert {"vectors.ivf", "vectors.ivf.json", "vectors.f32"} <= names
    assert names == {*read_manifest(index, read_current(index)).artefacts, "manifest.json"}
