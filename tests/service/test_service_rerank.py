"""A cross-encoder over a whole index: loaded for real, the same answer each time, no trace of the hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rca_search.bootstrap import open_service
from rca_search.config import Settings
from rca_search.embedding.cross_encoder import CrossEncoderReranker
from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import EncoderUnavailableError
from rca_search.models import Kind, Query
from rca_search.protocols import Reranker
from rca_search.service import SearchService

QUESTION = "HikariPool-1 timed out, no connection in the pool"
Make = Callable[..., SearchService]


@pytest.fixture(scope="module")
def index(documents: dict[str, str], make_service: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("rerank") / "index"
    make_service(documents, HashingEncoder(), index=place)
    return place


def test_answers_are_reranked_and_say_so(index: Path, cross_encoder: Path) -> None:
    plain = open_service(Settings(index=index))
    service = open_service(Settings(index=index, rerank=str(cross_encoder)))
    assert (plain.reranker, service.reranker) == (None, "tiny-cross-encoder")
    result = service.search(Query(QUESTION, limit=10))
    added = [hit.score.reranked for hit in result.incidents]
    assert sum(added) == pytest.approx(0.0, abs=1e-4)
    assert len(set(added)) > 1
    before = plain.search(Query(QUESTION, limit=10)).incidents
    fused = {hit.document.id: hit.score.total - hit.score.learned for hit in before}
    for hit in result.incidents:
        without_place = hit.score.total - hit.score.learned
        assert without_place == pytest.approx(fused[hit.document.id] + hit.score.reranked, abs=5e-6)
    assert [hit.score.total for hit in result.incidents] == sorted(
        (hit.score.total for hit in result.incidents), reverse=True
    )
    assert any(hit.score.reranked for hit in result.runbooks)
    again = open_service(Settings(index=index, rerank=str(cross_encoder))).search(Query(QUESTION, limit=10))
    assert again.incidents == result.incidents
    ranking = [name for name, _ in service.ranking(Query(QUESTION), Kind.INCIDENT, depth=10)]
    assert ranking == [hit.document.id for hit in result.incidents]


def test_what_is_hidden_leaves_no_trace(
    index: Path, documents: dict[str, str], make_service: Make, cross_encoder: Path
) -> None:
    hidden = "RCAs/2024-08-09-pool-again"
    kept = {path: text for path, text in documents.items() if path != f"{hidden}.md"}
    reranker = CrossEncoderReranker(str(cross_encoder))
    place = index.parent / "alone"
    make_service(kept, HashingEncoder(), index=place)
    alone = SearchService(place, reranker=reranker).search(Query(QUESTION, limit=10))
    view = SearchService(index, reranker=reranker).search(Query(QUESTION, limit=10, exclude=(hidden,)))
    assert [asdict(hit) for hit in view.incidents] == [asdict(hit) for hit in alone.incidents]
    assert [asdict(hit) for hit in view.runbooks] == [asdict(hit) for hit in alone.runbooks]


def test_a_missing_model_is_told_at_warming_and_at_the_question(index: Path) -> None:
    service = open_service(Settings(index=index, rerank="not-here"))
    with pytest.raises(EncoderUnavailableError, match="not-here"):
        service.warm()
    with pytest.raises(EncoderUnavailableError, match="not-here"):
        service.search(Query(QUESTION))


class Recorder:
    """Remembers what it was asked and has no opinion."""

    name = "recorder"

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def load(self) -> None: ...

    def score(self, pairs: Sequence[tuple[str, str]], /) -> NDArray[np.float32]:
        self.pairs.extend(pairs)
        return np.zeros(len(pairs), dtype=np.float32)


def test_it_reads_what_was_understood_beside_the_closest_passage(index: Path) -> None:
    recorder = Recorder()
    reranker: Reranker = recorder
    summary = "timed out waiting for a connection"
    alert = json.dumps({"labels": {"alertname": "PoolExhausted"}, "annotations": {"summary": summary}})
    SearchService(index, reranker=reranker).search(Query(alert))
    assert {question for question, _ in recorder.pairs} == {f"Pool Exhausted\n{summary}"}
    assert "Checkout pool exhausted\nHikariPool-1 timed out waiting for a connection." in {
        passage for _, passage in recorder.pairs
    }
