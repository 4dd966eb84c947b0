"""What every vector store promises, against brute force in double precision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from written_stores import finished, opened, reopened, written

from rca_search.errors import IndexCorruptError, InvalidRequestError
from rca_search.protocols import Neighbours, Vectors, VectorStore
from rca_search.stores import KINDS, READ_IN_PARTS, store_writer
from rca_search.views import Mask, View

kinds = pytest.mark.parametrize("kind", KINDS)


def everything(rows: int) -> View:
    return View.everything(rows, np.arange(rows, dtype=np.int32))


def brute(rows: Vectors, query: Vectors) -> NDArray[np.float64]:
    wide, vector = rows.astype(np.float64), query.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1) * np.linalg.norm(vector)
    return np.divide(wide @ vector, lengths, out=np.zeros(len(rows)), where=lengths > 0)


def random_rows(rows: int, dimension: int, seed: int = 0) -> Vectors:
    return np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)


def check(
    store: VectorStore, rows: Vectors, query: Vectors, k: int, view: View, within: Mask | None
) -> Neighbours:
    """Search once and compare with brute force; returns what was found."""
    allowed = np.flatnonzero(view.chunks if within is None else view.chunks & within)
    found = store.search(query, k=k, view=view, within=within)
    truth = brute(rows, query)
    assert found.rows.dtype == np.int32
    assert found.scores.dtype == np.float32
    assert len(found.rows) == len(found.scores) == len(set(found.rows.tolist())) == min(k, len(allowed))
    assert set(found.rows.tolist()) <= set(allowed.tolist())
    np.testing.assert_allclose(found.scores, truth[found.rows], atol=1e-5)
    assert store.score(query, found.rows).tolist() == found.scores.tolist()
    pairs = [(-score, row) for score, row in zip(found.scores.tolist(), found.rows.tolist(), strict=True)]
    assert pairs == sorted(pairs)
    own = store.score(query, allowed.astype(np.int32))
    order = np.lexsort((allowed, -own))[:k]
    assert found.rows.tolist() == allowed[order].tolist()
    return found


@kinds
@pytest.mark.parametrize("dimension", [1, 3, 7, 33, 384])
@pytest.mark.parametrize("k", [1, 5, 60, 200, 500])
def test_finds_what_brute_force_finds(kind: str, dimension: int, k: int) -> None:
    rows = random_rows(200, dimension) * np.float32(3)
    rows[7] = 0
    rng = np.random.default_rng(5)
    view = View.of(rng.random(200) < 0.7, np.arange(200, dtype=np.int32))
    store = opened(kind, rows)
    assert (store.size, store.dimension) == (200, dimension)
    for query in random_rows(4, dimension, seed=9) * np.float32(0.01):
        check(store, rows, query, k, everything(200), None)
        check(store, rows, query, k, view, None)
        check(store, rows, query, k, view, rng.random(200) < 0.5)


@kinds
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_small_values_with_many_ties(kind: str, data: st.DataObject) -> None:
    size, dimension = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 3))
    value = st.integers(-1, 1)
    flat = data.draw(st.lists(value, min_size=size * dimension, max_size=size * dimension))
    rows = np.array(flat, dtype=np.float32).reshape(size, dimension)
    query = np.array(data.draw(st.lists(value, min_size=dimension, max_size=dimension)), dtype=np.float32)
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    view = View.of(np.array(data.draw(flags), dtype=np.bool_), np.arange(size, dtype=np.int32))
    within = np.array(data.draw(flags), dtype=np.bool_)
    check(opened(kind, rows), rows, query, data.draw(st.integers(0, size + 2)), view, within)


@kinds
def test_equal_rows_come_by_row_even_where_a_better_one_comes_late(kind: str) -> None:
    rows = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (40, 1))
    rows[39] = [1, 0]
    found = opened(kind, rows).search(np.array([1, 0], dtype=np.float32), k=3, view=everything(40))
    assert found.rows.tolist() == [39, 0, 1]
    assert found.scores.tolist() == pytest.approx([1, 0.6, 0.6], abs=1e-6)


@kinds
def test_a_store_says_how_it_searches(kind: str) -> None:
    for rows in (0, 1, 50):
        method = opened(kind, random_rows(rows, 4)).method
        assert method.description.startswith("exact" if method.exact else "approximate")
        assert method.exact
        assert method.recall == 1.0


@kinds
def test_a_score_depends_on_its_row_alone(kind: str) -> None:
    rows = random_rows(97, 31)
    query = random_rows(1, 31, seed=3)[0]
    store = opened(kind, rows)
    together = store.score(query, np.arange(97, dtype=np.int32))
    for row in range(97):
        assert store.score(query, np.array([row], dtype=np.int32))[0] == together[row]
        alone = opened(kind, rows[row : row + 1])
        assert alone.score(query, np.zeros(1, dtype=np.int32))[0] == together[row]
    backwards = store.score(query, np.arange(96, -1, -1, dtype=np.int32))
    assert backwards[::-1].tolist() == together.tolist()


@kinds
def test_zero_is_similar_to_nothing(kind: str) -> None:
    rows = np.array([[0, 0], [1, 0], [-1, 0]], dtype=np.float32)
    store = opened(kind, rows)
    found = store.search(np.array([1, 0], dtype=np.float32), k=3, view=everything(3))
    assert (found.rows.tolist(), found.scores.tolist()) == ([1, 0, 2], [1, 0, -1])
    none = store.search(np.zeros(2, dtype=np.float32), k=2, view=everything(3))
    assert (none.rows.tolist(), none.scores.tolist()) == ([0, 1], [0, 0])


@kinds
def test_the_length_of_a_vector_does_not_matter(kind: str) -> None:
    rows = random_rows(5, 4)
    scaled = rows * np.array([[1e-30], [1e30], [1], [2], [1e-38]], dtype=np.float32)
    query = np.array([1e30, 2e30, -1e30, 3e30], dtype=np.float32)
    scores = opened(kind, scaled).score(query, np.arange(5, dtype=np.int32))
    np.testing.assert_allclose(scores, brute(rows, query / np.float32(1e30)), atol=1e-5)


@kinds
def test_nothing_allowed_gives_nothing(kind: str) -> None:
    rows = random_rows(50, 4)
    store, view = opened(kind, rows), everything(50)
    for found in (
        store.search(rows[0], k=5, view=view.without(*range(50))),
        store.search(rows[0], k=5, view=view, within=np.zeros(50, dtype=np.bool_)),
        store.search(rows[0], k=0, view=view),
        opened(kind, rows[:0]).search(rows[0], k=5, view=everything(0)),
    ):
        assert found.rows.tolist() == found.scores.tolist() == []
    assert store.score(rows[0], np.array([], dtype=np.int32)).tolist() == []


@kinds
@pytest.mark.parametrize(
    "vector",
    [
        np.ones(3, dtype=np.float32),
        np.ones(5, dtype=np.float32),
        np.ones((1, 4), dtype=np.float32),
        np.float32(1),
        np.array([1, 2, np.nan, 4], dtype=np.float32),
        np.array([1, 2, np.inf, 4], dtype=np.float32),
        np.array([1, 2, 1e300, 4]),
        np.array(["a", "b", "c", "d"]),
    ],
    ids=["short", "long", "matrix", "scalar", "nan", "inf", "overflow", "text"],
)
def test_senseless_questions_are_refused(kind: str, vector: Vectors) -> None:
    store = opened(kind, random_rows(50, 4))
    with pytest.raises(InvalidRequestError):
        store.search(vector, k=2, view=everything(50))
    with pytest.raises(InvalidRequestError):
        store.score(vector, np.array([0], dtype=np.int32))


@kinds
@pytest.mark.parametrize("row", [-1, 50])
def test_rows_that_do_not_exist_are_refused(kind: str, row: int) -> None:
    store = opened(kind, random_rows(50, 4))
    with pytest.raises(InvalidRequestError):
        store.score(np.ones(4, dtype=np.float32), np.array([0, row], dtype=np.int32))


@kinds
def test_masks_of_another_index_and_negative_counts_are_refused(kind: str) -> None:
    store = opened(kind, random_rows(50, 4))
    query = np.ones(4, dtype=np.float32)
    with pytest.raises(ValueError, match="not of the 50 rows"):
        store.search(query, k=2, view=everything(49))
    with pytest.raises(ValueError, match="not of the 50 rows"):
        store.search(query, k=2, view=everything(50), within=np.ones(49, dtype=np.bool_))
    with pytest.raises(InvalidRequestError):
        store.search(query, k=-1, view=everything(50))


@kinds
@pytest.mark.parametrize(
    "rows", [np.ones((2, 3)), np.ones(4), np.full((1, 4), np.nan), np.full((1, 4), np.inf)]
)
def test_a_writer_refuses_rows_that_could_never_be_found(kind: str, rows: Vectors, tmp_path: Path) -> None:
    writer = store_writer(kind, 4, tmp_path)
    writer.add(np.eye(4, dtype=np.float32))
    before = finished(writer)
    with pytest.raises(InvalidRequestError):
        writer.add(rows.astype(np.float32))
    assert finished(writer) == before


@kinds
def test_bytes_depend_on_the_rows_alone(kind: str, tmp_path: Path) -> None:
    rows = random_rows(23, 9)
    bits = store_writer(kind, 9, tmp_path)
    for start, end in ((0, 1), (1, 5), (5, 5), (5, 23)):
        bits.add(rows[start:end])
    assert bits.kind == kind
    assert finished(bits) == written(kind, rows)
    assert finished(bits) == finished(bits)


@kinds
def test_missing_and_cut_artefacts_are_noticed(kind: str) -> None:
    files = written(kind, random_rows(5, 4))
    with pytest.raises(IndexCorruptError):
        reopened(kind, {})
    for name, data in files.items():
        for length in range(len(data)):
            with pytest.raises(IndexCorruptError):
                reopened(kind, {**files, name: data[:length]})


@kinds
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_byte_gives_our_error_or_sane_answers(kind: str, data: st.DataObject) -> None:
    files = written(kind, random_rows(5, 4))
    name = data.draw(st.sampled_from(sorted(files)))
    changed = bytearray(files[name])
    # Nearly all that can go wrong goes wrong in the header.
    last = data.draw(st.sampled_from([min(128, len(changed)), len(changed)])) - 1
    changed[data.draw(st.integers(0, last))] ^= data.draw(st.integers(1, 255))
    try:
        store = reopened(kind, {**files, name: bytes(changed)})
    except IndexCorruptError:
        return
    query = np.ones(store.dimension, dtype=np.float32)
    try:
        found = store.search(query, k=5, view=everything(store.size))
    except IndexCorruptError:
        assert name in READ_IN_PARTS
        return
    assert np.all(np.abs(found.scores) < 1.01)


@kinds
def test_eight_threads_get_the_same_answers(kind: str) -> None:
    rows = random_rows(500, 24)
    queries = random_rows(64, 24, seed=2)
    store = opened(kind, rows)
    rng = np.random.default_rng(4)
    views = [View.of(rng.random(500) < 0.5, np.arange(500, dtype=np.int32)) for _ in queries]

    def ask(number: int) -> tuple[list[int], list[float]]:
        found = store.search(queries[number], k=7, view=views[number])
        return found.rows.tolist(), found.scores.tolist()

    alone = [ask(number) for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, list(range(64)) * 4)) == alone * 4
