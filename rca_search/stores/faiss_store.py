"""The store of most corpora: a flat FAISS index over unit vectors, filtered inside the search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Artefacts, Neighbours, Scores, SearchMethod, Vectors
from rca_search.stores.faiss_io import faiss_module, parsed_bytes, selector
from rca_search.stores.vectors import (
    are_unit_rows,
    best,
    candidates,
    checked_rows,
    unit_query,
    unit_rows,
)
from rca_search.views import Mask, Ordinals, View

_ARTEFACT = "vectors.faiss"
# The first bytes of a flat inner-product index. Whatever else FAISS could read is not for us to parse.
_MAGIC = b"IxFI"
# How many rows more than asked for a search takes, and by how much the last of these must fall behind
# the last that is returned. Single-precision sums of one row in two kernels differ by less than that.
_MARGIN_ROWS = 16
_MARGIN_SCORE = 1e-5


class _FlatIndex(Protocol):
    """What is used of ``faiss.IndexFlatIP``, which comes without types."""

    ntotal: int
    d: int

    def search(self, queries: Vectors, k: int, /, *, params: object) -> tuple[Scores, NDArray[np.int64]]:
        """Return the scores and rows (queries, k) of the best, -1 where there are fewer."""

    def compute_distance_subset(
        self, queries: int, vectors: object, rows: int, scores: object, labels: object, /
    ) -> None:
        """Write the dot product of each query and each row to ``scores``; the arrays are raw pointers."""

    def get_xb(self) -> object:
        """Return a pointer to the rows."""


class FaissStore:
    """All rows in one flat index; any number of threads may search at once."""

    def __init__(self, index: _FlatIndex) -> None:
        """Take a flat inner-product index whose rows are of unit length or zero."""
        self._index = index

    @classmethod
    def open(cls, artefacts: Artefacts) -> FaissStore:
        """Read what ``FaissStoreWriter`` gave; raises IndexCorruptError where that is damaged."""
        data = artefacts.get(_ARTEFACT, b"")
        if not isinstance(data, bytes) or not data.startswith(_MAGIC):
            raise IndexCorruptError("The index has no flat vectors.", remedy="Build it again.")
        index = _parsed(data)
        if not are_unit_rows(_matrix(index)):
            raise IndexCorruptError("The vectors make no sense.", remedy="Build the index again.")
        return cls(index)

    @property
    def method(self) -> SearchMethod:
        """Tell how it searches."""
        return SearchMethod(exact=True, description="exact: every row compared, in FAISS", recall=1.0)

    @property
    def size(self) -> int:
        """Count the rows."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, vector: Vectors, /, *, k: int, view: View, within: Mask | None = None) -> Neighbours:
        """Return the ``k`` most similar rows among the view's chunks, narrowed to ``within``.

        FAISS proposes and ``score`` decides: of equal rows FAISS drops the first as soon as a better
        one comes, and its search need not round as its scoring of single rows does.
        """
        allowed = candidates(view, within, k, self.size)
        query = unit_query(vector, self.dimension)
        count = int(np.count_nonzero(allowed))
        rows = np.flatnonzero(allowed) if count <= k + _MARGIN_ROWS else self._proposed(query, k, allowed)
        return best(rows, self._dots(query, rows), k)

    def score(self, vector: Vectors, rows: Ordinals, /) -> Scores:
        """Return the cosine of ``vector`` and each of ``rows``, each a function of its row alone."""
        return self._dots(unit_query(vector, self.dimension), checked_rows(rows, self.size))

    def vectors(self, rows: Ordinals, /) -> Vectors:
        """Return the stored vectors of ``rows``, as they were added."""
        stored: Vectors = _matrix(self._index)[checked_rows(rows, self.size)]
        return stored

    def _proposed(self, query: Vectors, k: int, allowed: Mask) -> NDArray[np.int64]:
        """Return rows among which the ``k`` best are: few, or all allowed where the last place is close."""
        chosen, _bits = selector(allowed)
        params = None if allowed.all() else faiss_module().SearchParameters(sel=chosen)
        scores, rows = self._index.search(query[np.newaxis], k + _MARGIN_ROWS, params=params)
        lead = scores[0, k - 1] - scores[0, -1] if k else np.inf
        # FAISS says -1 for "none"; as an ordinal that would be the last row.
        if rows.min() < 0 or lead <= _MARGIN_SCORE:
            return np.flatnonzero(allowed)
        found: NDArray[np.int64] = rows[0]
        return found

    def _dots(self, query: Vectors, rows: NDArray[np.int64]) -> Scores:
        """Return one dot product per row, each computed by itself."""
        faiss = faiss_module()
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        scores = np.empty(len(rows), dtype=np.float32)
        if len(rows):
            self._index.compute_distance_subset(
                1, faiss.swig_ptr(query), len(rows), faiss.swig_ptr(scores), faiss.swig_ptr(rows)
            )
        return scores


def _parsed(data: bytes) -> _FlatIndex:
    """Return the index in ``data``; raises IndexCorruptError where that is not a flat one."""
    faiss = faiss_module()
    index: Any = parsed_bytes(data)
    flat = isinstance(index, faiss.IndexFlatIP) and index.metric_type == faiss.METRIC_INNER_PRODUCT
    if not flat or index.d < 1 or index.codes.size() != 4 * index.ntotal * index.d:
        raise IndexCorruptError("The vectors are not in a flat index.", remedy="Build the index again.")
    found: _FlatIndex = index
    return found


def _matrix(index: _FlatIndex) -> Vectors:
    """Return the rows of ``index`` without a copy."""
    faiss = faiss_module()
    rows: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
    return rows.reshape(index.ntotal, index.d)


class FaissStoreWriter:
    """Takes rows in order, gives one serialised index."""

    def __init__(self, dimension: int) -> None:
        """Start with no row."""
        self._dimension = dimension
        self._index = faiss_module().IndexFlatIP(dimension)

    @property
    def kind(self) -> str:
        """Name of the store that opens what this writes."""
        return "faiss"

    def add(self, vectors: Vectors, /) -> None:
        """Append rows (n, dimension); raises InvalidRequestError on another shape or values not finite."""
        rows = unit_rows(vectors, self._dimension)
        if len(rows):
            self._index.add(rows)

    def artefacts(self) -> Mapping[str, bytes]:
        """Return the finished files by name; same rows, same bytes, however they were added."""
        return {_ARTEFACT: faiss_module().serialize_index(self._index).tobytes()}
