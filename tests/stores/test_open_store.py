"""Choosing a store by name, and what is loaded when."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from written_stores import reopened, written

from rca_search.errors import IndexCorruptError, IndexFormatError
from rca_search.stores import KINDS, WRITER_KINDS, open_store, store_writer


def test_the_known_kinds() -> None:
    assert KINDS == ("exact", "faiss", "ivf")
    assert (*KINDS, "auto") == WRITER_KINDS


@pytest.mark.parametrize("kind", ["", "FAISS", "hnsw"])
def test_an_unknown_kind_names_the_known_ones(kind: str, tmp_path: Path) -> None:
    with pytest.raises(IndexFormatError, match="exact, faiss, ivf"):
        open_store(kind, {})
    with pytest.raises(IndexFormatError, match="exact, faiss, ivf"):
        store_writer(kind, 3, tmp_path)


@pytest.mark.parametrize(("kind", "other"), list(itertools.permutations(KINDS, 2)))
def test_one_kind_does_not_open_the_other(kind: str, other: str) -> None:
    with pytest.raises(IndexCorruptError):
        reopened(other, written(kind, np.eye(2, dtype=np.float32)))


def test_faiss_is_not_imported_before_it_is_used() -> None:
    code = (
        "import sys, pathlib, numpy as np; from rca_search.stores import *;"
        "import rca_search.stores.faiss_store, rca_search.stores.ivf, rca_search.stores.auto;"
        "w = store_writer('exact', 2, pathlib.Path());"
        "w.add(np.eye(2, dtype=np.float32)); open_store('exact', w.artefacts());"
        "print('faiss' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def artefact(rows: list[list[float]]) -> bytes:
    import faiss

    index = faiss.IndexFlatIP(len(rows[0]))
    index.add(np.array(rows, dtype=np.float32))
    return bytes(faiss.serialize_index(index).tobytes())


@pytest.mark.parametrize("row", [[float("nan"), 0.0], [float("inf"), 0.0], [3.0, 4.0]])
def test_rows_that_no_writer_leaves_are_refused(row: list[float]) -> None:
    with pytest.raises(IndexCorruptError):
        open_store("faiss", {"vectors.faiss": artefact([[1.0, 0.0], row])})


def test_other_kinds_of_faiss_index_are_refused() -> None:
    import faiss

    for description, metric in (("Flat", faiss.METRIC_L2), ("HNSW8", faiss.METRIC_INNER_PRODUCT)):
        index = faiss.index_factory(2, description, metric)
        index.add(np.eye(2, dtype=np.float32))
        with pytest.raises(IndexCorruptError):
            open_store("faiss", {"vectors.faiss": faiss.serialize_index(index).tobytes()})


def test_the_byte_limit_of_the_process_is_put_back() -> None:
    import faiss

    before = faiss.get_deserialization_vector_byte_limit()
    open_store("faiss", {"vectors.faiss": artefact([[1.0, 0.0]])})
    with pytest.raises(IndexCorruptError):
        open_store("faiss", {"vectors.faiss": artefact([[1.0, 0.0]])[:20]})
    assert faiss.get_deserialization_vector_byte_limit() == before


def test_searching_threads_start_no_pool_of_their_own() -> None:
    import faiss

    from rca_search.views import View

    store = open_store("faiss", {"vectors.faiss": artefact([[1.0, 0.0]])})
    seen: list[int] = []

    def search() -> None:
        view = View.everything(1, np.zeros(1, dtype=np.int32))
        store.search(np.array([1, 0], dtype=np.float32), k=1, view=view)
        seen.append(faiss.omp_get_max_threads())

    thread = threading.Thread(target=search)
    thread.start()
    thread.join()
    assert seen == [1]
