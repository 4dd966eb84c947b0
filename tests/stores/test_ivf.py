"""Inverted lists: what is exact is, what is approximate reaches its recall, damage is told."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from written_stores import Part, finished, opened, reopened, written

from rca_search.errors import IndexCorruptError, StorageError
from rca_search.protocols import Neighbours, Vectors, VectorStore
from rca_search.stores import READ_IN_PARTS, auto, ivf, open_store, store_writer
from rca_search.stores.ivf import FEW_ROWS, Tuning
from rca_search.stores.names import LISTS, ROWS, TUNING
from rca_search.views import View

SIZE, DIMENSION = 12_000, 24


def drawn(count: int, seed: int) -> Vectors:
    """Rows around two hundred centres; another seed gives rows of the same kind."""
    centres = np.random.default_rng(0).standard_normal((200, DIMENSION))
    random = np.random.default_rng(seed)
    noise = random.standard_normal((count, DIMENSION))
    rows: Vectors = (centres[random.integers(0, 200, count)] + 0.6 * noise).astype(np.float32)
    return rows


@cache
def large() -> tuple[Vectors, dict[str, bytes]]:
    rows = drawn(SIZE, 1)
    rows[[17, 4000]] = 0
    return rows, written("ivf", rows)


@pytest.fixture(scope="module")
def store() -> VectorStore:
    return reopened("ivf", large()[1])


@pytest.fixture(scope="module")
def oracle() -> VectorStore:
    return opened("exact", large()[0])


def everything(rows: int = SIZE) -> View:
    return View.everything(rows, np.arange(rows, dtype=np.int32))


def recall(found: Neighbours, exact: Neighbours, *, tolerance: float = 1e-6) -> float:
    """Share of the exact neighbours that were found; one as near, but for ``tolerance``, counts."""
    return float(np.mean(found.scores >= exact.scores[-1] - tolerance))


def check(store: VectorStore, found: Neighbours, query: Vectors, allowed: NDArray[np.bool_], k: int) -> None:
    assert len(found.rows) == len(set(found.rows.tolist())) == min(k, np.count_nonzero(allowed))
    assert allowed[found.rows].all()
    assert found.scores.tolist() == store.score(query, found.rows).tolist()
    pairs = list(zip((-found.scores).tolist(), found.rows.tolist(), strict=True))
    assert pairs == sorted(pairs)


def test_new_questions_find_what_the_measurement_promises(store: VectorStore, oracle: VectorStore) -> None:
    assert not store.method.exact
    assert store.method.recall >= 0.995
    tuning = Tuning.from_bytes(large()[1][TUNING])
    assert tuning.probes < tuning.lists / 4
    assert (
        f"{tuning.lists} inverted lists, 8-bit rows, at least {tuning.probes} probed"
        in store.method.description
    )
    shares = []
    for query in drawn(150, 2):
        found = store.search(query, k=10, view=everything())
        check(store, found, query, np.ones(SIZE, dtype=np.bool_), 10)
        shares.append(recall(found, oracle.search(query, k=10, view=everything())))
    assert np.mean(shares) >= 0.98


@pytest.mark.parametrize("k", [1, 10, 384, 3000])
def test_probing_every_list_is_exact(oracle: VectorStore, k: int) -> None:
    files = large()[1]
    tuning = json.loads(files[TUNING])
    every = json.dumps({**tuning, "probes": tuning["lists"]}).encode()
    store = reopened("ivf", {**files, TUNING: every})
    for query in drawn(8, 3):
        found, exact = (each.search(query, k=k, view=everything()) for each in (store, oracle))
        assert found.rows.tolist() == exact.rows.tolist()
        np.testing.assert_allclose(found.scores, exact.scores, atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9])
def test_a_restricted_view_equals_a_store_of_what_is_visible(store: VectorStore, share: float) -> None:
    visible = np.random.default_rng(5).random(SIZE) < share
    numbers = np.flatnonzero(visible)
    alone = opened("exact", large()[0][visible])
    view = View.of(visible, np.arange(SIZE, dtype=np.int32))
    for query in drawn(4, 6):
        found, exact = (
            store.search(query, k=50, view=view),
            alone.search(query, k=50, view=everything(len(numbers))),
        )
        assert found.rows.tolist() == numbers[exact.rows].tolist()
        assert found.scores.tolist() == exact.scores.tolist()


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1), k=st.integers(0, 600), seed=st.integers(0, 1000))
def test_filters_of_any_width_give_as_many_rows_as_there_are(
    store: VectorStore, share: float, k: int, seed: int
) -> None:
    within = np.random.default_rng(seed).random(SIZE) < share
    query = drawn(1, seed)[0]
    found = store.search(query, k=k, view=everything(), within=within)
    check(store, found, query, within, k)


@pytest.mark.parametrize("all_looked_at", [FEW_ROWS, 100_000])
@pytest.mark.parametrize("share", [0.999, 0.5, 0.25, 0.1])
def test_filtered_searches_find_as_well(
    store: VectorStore, oracle: VectorStore, monkeypatch: pytest.MonkeyPatch, share: float, all_looked_at: int
) -> None:
    monkeypatch.setattr(ivf, "_ALL_LOOKED_AT", all_looked_at)
    within = np.random.default_rng(9).random(SIZE) < share
    view = everything()
    pairs = [[s.search(q, k=10, view=view, within=within) for s in (store, oracle)] for q in drawn(20, 8)]
    assert np.mean([recall(found, exact) for found, exact in pairs]) >= 0.98


@pytest.mark.parametrize(("all_looked_at", "least"), [(FEW_ROWS, 0.8), (100_000, 1.0)])
@pytest.mark.parametrize("left", [0.3, 0.7])
def test_a_filter_that_leaves_out_all_that_is_near(
    store: VectorStore,
    oracle: VectorStore,
    monkeypatch: pytest.MonkeyPatch,
    all_looked_at: int,
    least: float,
    left: float,
) -> None:
    monkeypatch.setattr(ivf, "_ALL_LOOKED_AT", all_looked_at)
    shares = []
    for query in drawn(10, 10):
        scores = store.score(query, np.arange(SIZE, dtype=np.int32))
        within = scores < np.quantile(scores, left)
        for k in (10, 400):
            found, exact = (s.search(query, k=k, view=everything(), within=within) for s in (store, oracle))
            check(store, found, query, within, k)
            # A cut through the middle leaves many rows nearly as far: 8 bits do not tell those apart.
            shares.append(recall(found, exact, tolerance=0.002))
    assert np.mean(shares) >= least


def test_a_zero_question_finds_the_first_rows(store: VectorStore) -> None:
    found = store.search(np.zeros(DIMENSION, dtype=np.float32), k=3, view=everything())
    assert (found.rows.tolist(), found.scores.tolist()) == ([0, 1, 2], [0, 0, 0])


@pytest.mark.parametrize("rows", [0, 1, 2, 5, FEW_ROWS])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_tiny_and_uniform_corpora(rows: int, value: float) -> None:
    store = opened("ivf", np.full((rows, 3), value, dtype=np.float32))
    found = store.search(np.ones(3, dtype=np.float32), k=4, view=everything(rows))
    assert found.rows.tolist() == list(range(min(4, rows)))
    assert found.scores.tolist() == pytest.approx([value] * min(4, rows))
    assert store.method.exact
    assert store.method.recall == 1.0


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_large_uniform_corpora(value: float) -> None:
    store = opened("ivf", np.full((3000, 3), value, dtype=np.float32))
    found = store.search(np.ones(3, dtype=np.float32), k=400, view=everything(3000))
    assert len(set(found.rows.tolist())) == 400
    assert found.scores.tolist() == pytest.approx([value] * 400)


def test_stored_vectors_are_those_added(store: VectorStore, oracle: VectorStore) -> None:
    rows = np.array([4000, 3, 3, 11_999, 0, 1, 2], dtype=np.int32)
    assert store.vectors(rows).tobytes() == oracle.vectors(rows).tobytes()
    given = store.vectors(np.arange(SIZE, dtype=np.int32))
    assert written("ivf", given) == large()[1]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=6))
def test_bytes_do_not_depend_on_how_rows_were_added(cuts: list[int]) -> None:
    rows = drawn(3000, 11)
    parts = np.split(rows, sorted(cuts))
    assert written("ivf", rows, parts=parts) == once()


@cache
def once() -> dict[str, bytes]:
    return written("ivf", drawn(3000, 11))


def test_large_blocks_are_written_in_parts(tmp_path: Path) -> None:
    rows = np.repeat(np.eye(2, dtype=np.float32), 20_000, axis=0)
    writer = store_writer("ivf", 2, tmp_path)
    writer.add(rows)
    assert (tmp_path / ROWS).read_bytes() == rows.tobytes()


@pytest.mark.parametrize(("threshold", "kind"), [(3000, "ivf"), (3001, "faiss")])
def test_the_number_of_rows_chooses_the_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threshold: int, kind: str
) -> None:
    monkeypatch.setattr(auto, "LARGE", threshold)
    writer = store_writer("auto", DIMENSION, tmp_path)
    for part in np.split(drawn(3000, 11), [7, 2500]):
        writer.add(part)
    files = finished(writer)
    assert writer.kind == kind
    assert files == written(kind, drawn(3000, 11))
    assert finished(writer) == files


def test_what_is_read_in_parts_is_a_file(tmp_path: Path) -> None:
    writer = store_writer("ivf", 2, tmp_path)
    files = writer.artefacts()
    assert {name for name, file in files.items() if isinstance(file, Path)} == READ_IN_PARTS
    assert all(file.parent == tmp_path for file in files.values() if isinstance(file, Path))


class Counting(Part):
    """Notes what is read."""

    reads: list[tuple[int, int]] = []  # noqa: RUF012 (set per test)

    def read(self, start: int, length: int, /) -> bytes:
        self.reads.append((start, length))
        return super().read(start, length)


def test_rows_side_by_side_or_close_are_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    files = large()[1]
    rows = Counting(files[ROWS])
    store = open_store("ivf", {**files, LISTS: Part(files[LISTS]), ROWS: rows})
    monkeypatch.setattr(Counting, "reads", [])
    store.score(drawn(1, 1)[0], np.array([5, 6, 7, 100, 3, 4], dtype=np.int32))
    width = 4 * DIMENSION
    assert rows.reads == [(5 * width, 3 * width), (100 * width, width), (3 * width, 2 * width)]
    rows.reads.clear()
    store.score(drawn(1, 1)[0], np.array([9, 20, 12, 12, 13], dtype=np.int32))
    assert rows.reads == [(9 * width, 12 * width)]


def test_memory_does_not_grow_with_the_rows_asked_for(store: VectorStore) -> None:
    view = View.everything(SIZE, np.arange(SIZE, dtype=np.int32)).without(3)
    many = np.tile(np.arange(SIZE, dtype=np.int32), 20)
    query = drawn(1, 1)[0]
    store.search(query, k=5, view=view)
    tracemalloc.start()
    try:
        store.score(query, many)
        # The rows themselves are 23 MB; ordinals and scores are 3 MB.
        assert tracemalloc.get_traced_memory()[1] < 6e6
        tracemalloc.reset_peak()
        store.search(query, k=5, view=view)
        assert tracemalloc.get_traced_memory()[1] < 6e6
    finally:
        tracemalloc.stop()


def test_threads_get_the_same_answers(store: VectorStore) -> None:
    queries = drawn(32, 12)
    within = np.random.default_rng(13).random(SIZE) < 0.4
    half = View.of(within, np.arange(SIZE, dtype=np.int32))

    def ask(number: int) -> tuple[list[int], list[float]]:
        view, narrowed = ((everything(), None), (everything(), within), (half, None))[number % 3]
        found = store.search(queries[number], k=30, view=view, within=narrowed)
        return found.rows.tolist(), found.scores.tolist()

    alone = [ask(number) for number in range(32)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, list(range(32)) * 3)) == alone * 3


def changed(part: str, offset: int, value: bytes) -> dict[str, bytes]:
    files = written("ivf", drawn(40, 1))
    data = bytearray(files[part])
    data[offset : offset + len(value)] = value
    return {**files, part: bytes(data)}


def index_of(
    description: str = "IVF3,SQ8", metric: int = faiss.METRIC_INNER_PRODUCT, **settings: Any
) -> Callable[[], Any]:
    def made() -> Any:
        index = faiss.index_factory(DIMENSION, description, metric)
        if "SQ8" in description and "," in description:
            lists = faiss.extract_index_ivf(index)
            lists.cp.min_points_per_centroid = 1
            lists.by_residual = True
        for name, value in settings.items():
            setattr(index, name, value)
        rows = drawn(40, 1)
        index.train(rows)
        index.add(rows)
        return index

    return made


def with_ids(ids: list[int]) -> Callable[[], Any]:
    def made() -> Any:
        index = index_of()()
        index.reset()
        index.add_with_ids(drawn(len(ids), 1), np.array(ids, dtype=np.int64))
        return index

    return made


def with_direct_map() -> Any:
    index = index_of()()
    index.make_direct_map()
    return index


FOREIGN = {
    "flat": index_of("Flat"),
    "graph": index_of("HNSW8"),
    "lists of whole rows": index_of("IVF3,Flat"),
    "4 bits": index_of("IVF3,SQ4"),
    "half precision": index_of("IVF3,SQfp16"),
    "distances": index_of(metric=faiss.METRIC_L2),
    "no residuals": index_of(by_residual=False),
    "centres in a graph": index_of("IVF3_HNSW8,SQ8"),
    "direct map": with_direct_map,
    "a row twice": with_ids([*range(39), 0]),
    "a row too far": with_ids([*range(39), 40]),
    "a row too few": with_ids(list(range(39))),
    "a negative row": with_ids([*range(39), -1]),
    "rotated": index_of("L2norm,IVF3,SQ8"),
}


def lists_of(index: Any) -> bytes:
    return bytes(faiss.serialize_index(index).tobytes())


def test_lists_as_the_writer_makes_them_would_be_taken() -> None:
    """So that the refusals below are of what they say."""
    files = written("ivf", drawn(40, 1))
    tuning = Tuning(lists=3, probes=1, recall=1.0, questions=0).to_bytes()
    assert reopened("ivf", {**files, LISTS: lists_of(index_of()()), TUNING: tuning}).size == 40


@pytest.mark.parametrize("name", FOREIGN)
def test_lists_of_another_make_are_refused(name: str) -> None:
    files = written("ivf", drawn(40, 1))
    tuning = Tuning(lists=3, probes=1, recall=1.0, questions=0).to_bytes()
    before = faiss.get_deserialization_vector_byte_limit()
    with pytest.raises(IndexCorruptError):
        reopened("ivf", {**files, LISTS: lists_of(FOREIGN[name]()), TUNING: tuning})
    assert faiss.get_deserialization_vector_byte_limit() == before


def test_centres_that_are_no_numbers_are_refused() -> None:
    index = index_of()()
    faiss.rev_swig_ptr(faiss.downcast_index(index.quantizer).get_xb(), DIMENSION)[:] = np.nan
    tuning = Tuning(lists=3, probes=1, recall=1.0, questions=0).to_bytes()
    with pytest.raises(IndexCorruptError):
        reopened("ivf", {**written("ivf", drawn(40, 1)), LISTS: lists_of(index), TUNING: tuning})


@pytest.mark.parametrize(
    "tuning",
    [
        b"",
        b"nonsense",
        b"[]",
        b"7",
        b"null",
        b"\xff",
        b'"' + b"[" * 100_000,
        b"[" * 100_000,
        b"{}",
        *(
            json.dumps({"lists": 25, "probes": 25, "recall": 1.0, "questions": 0, **change}).encode()
            for change in (
                {"probes": 0},
                {"probes": 26},
                {"probes": True},
                {"probes": 2.0},
                {"probes": "2"},
                {"lists": 24, "probes": 1},
                {"recall": 1.01},
                {"recall": float("nan")},
                {"recall": None},
                {"questions": None},
                {"more": 1},
            )
        ),
    ],
)
def test_tuning_that_makes_no_sense_is_refused(tuning: bytes) -> None:
    files = written("ivf", drawn(40, 1))
    assert json.loads(files[TUNING])["lists"] == 25
    with pytest.raises(IndexCorruptError):
        reopened("ivf", {**files, TUNING: tuning})


@pytest.mark.parametrize("name", [LISTS, ROWS, TUNING])
def test_a_missing_part_or_one_of_the_wrong_sort_is_refused(name: str) -> None:
    files = written("ivf", drawn(40, 1))
    with pytest.raises(IndexCorruptError):
        reopened("ivf", {other: data for other, data in files.items() if other != name})
    as_given = {other: Part(data) if other in READ_IN_PARTS else data for other, data in files.items()}
    swapped = files[name] if name in READ_IN_PARTS else Part(files[name])
    with pytest.raises(IndexCorruptError):
        open_store("ivf", {**as_given, name: swapped})


@pytest.mark.parametrize("extra", [b"\0", b"\0" * 4 * DIMENSION, b"\0" * 4096])
@pytest.mark.parametrize("name", [LISTS, ROWS])
def test_files_that_are_too_long_are_refused(name: str, extra: bytes) -> None:
    files = written("ivf", drawn(40, 1))
    with pytest.raises(IndexCorruptError):
        reopened("ivf", {**files, name: files[name] + extra})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, 5.0])
def test_rows_that_no_writer_leaves_are_noticed_when_read(value: float) -> None:
    store = reopened("ivf", changed(ROWS, 4 * 7 * DIMENSION, np.float32(value).tobytes()))
    first = np.zeros(DIMENSION, dtype=np.float32)
    first[0] = 1
    for use in (
        lambda: store.search(first, k=3, view=everything(40)),
        lambda: store.score(first, np.array([7], dtype=np.int32)),
        lambda: store.vectors(np.array([7], dtype=np.int32)),
    ):
        with pytest.raises(IndexCorruptError):
            use()
    assert len(store.score(first, np.array([6], dtype=np.int32))) == 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_changed_byte_of_searched_lists_gives_our_error_or_rows_that_exist(data: st.DataObject) -> None:
    files = once()
    last = data.draw(st.sampled_from([256, len(files[LISTS])])) - 1
    lists = bytearray(files[LISTS])
    lists[data.draw(st.integers(0, last))] ^= data.draw(st.integers(1, 255))
    try:
        store = reopened("ivf", {**files, LISTS: bytes(lists)})
    except IndexCorruptError:
        return
    query = drawn(1, 2)[0]
    within = np.arange(3000) % 4 > 0
    for k in (10, 400):
        check(store, store.search(query, k=k, view=everything(3000)), query, np.ones(3000, dtype=np.bool_), k)
        check(store, store.search(query, k=k, view=everything(3000), within=within), query, within, k)


class Failing(Part):
    """A disk that fails."""

    def read(self, start: int, length: int, /) -> bytes:
        if start > 100:
            raise StorageError("The disk fails.")
        return super().read(start, length)


@pytest.mark.parametrize("name", [LISTS, ROWS])
def test_what_the_file_says_reaches_the_caller(name: str) -> None:
    files = written("ivf", drawn(40, 1))
    parts = {other: Part(data) if other in READ_IN_PARTS else data for other, data in files.items()}

    def use() -> None:
        store = open_store("ivf", {**parts, name: Failing(files[name])})
        store.score(drawn(1, 1)[0], np.array([30], dtype=np.int32))

    with pytest.raises(StorageError, match="The disk fails"):
        use()
