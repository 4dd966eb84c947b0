"""Exact search in NumPy: the oracle that every other store is compared with."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping

import numpy as np

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Artefacts, Neighbours, Scores, SearchMethod, Vectors
from rca_search.stores.vectors import (
    are_unit_rows,
    best,
    candidates,
    checked_rows,
    unit_query,
    unit_rows,
)
from rca_search.views import Mask, Ordinals, View

_ARTEFACT = "vectors.npy"
_BLOCK_ROWS = 16_384


class ExactStore:
    """All rows in one matrix; a search compares the question with every candidate."""

    def __init__(self, matrix: Vectors) -> None:
        """Take the matrix (rows, dimension), each row of unit length or zero."""
        self._matrix = matrix

    @classmethod
    def open(cls, artefacts: Artefacts) -> ExactStore:
        """Read what ``ExactStoreWriter`` gave; raises IndexCorruptError where that is damaged."""
        try:
            content = artefacts[_ARTEFACT]
            matrix = np.load(io.BytesIO(content if isinstance(content, bytes) else b""), allow_pickle=False)
        except KeyError as error:
            raise IndexCorruptError("The index has no vectors.", remedy="Build it again.") from error
        except (ValueError, TypeError, SyntaxError, EOFError, OSError, tokenize.TokenError) as error:
            raise IndexCorruptError(f"Vectors: {error}.", remedy="Build the index again.") from error
        fits = isinstance(matrix, np.ndarray) and matrix.ndim == 2 and matrix.dtype == np.float32
        if not fits or not matrix.flags.c_contiguous or not are_unit_rows(matrix):
            raise IndexCorruptError("The vectors make no sense.", remedy="Build the index again.")
        return cls(matrix)

    @property
    def method(self) -> SearchMethod:
        """Tell how it searches."""
        return SearchMethod(exact=True, description="exact: every row compared, in NumPy", recall=1.0)

    @property
    def size(self) -> int:
        """Count the rows."""
        return int(self._matrix.shape[0])

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._matrix.shape[1])

    def search(self, vector: Vectors, /, *, k: int, view: View, within: Mask | None = None) -> Neighbours:
        """Return the ``k`` most similar rows among the view's chunks, narrowed to ``within``."""
        allowed = candidates(view, within, k, self.size)
        rows = np.flatnonzero(allowed)
        return best(rows, self.score(vector, rows.astype(np.int32)), k)

    def score(self, vector: Vectors, rows: Ordinals, /) -> Scores:
        """Return the cosine of ``vector`` and each of ``rows``, each a function of its row alone."""
        query = unit_query(vector, self.dimension)
        wanted = checked_rows(rows, self.size)
        scores = np.empty(len(wanted), dtype=np.float32)
        for start in range(0, len(wanted), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            # vecdot takes one dot product per row. A matrix product would work on tiles of rows, and a
            # row's last digits would depend on its neighbours.
            scores[block] = np.vecdot(self._matrix[wanted[block]], query)
        return scores

    def vectors(self, rows: Ordinals, /) -> Vectors:
        """Return the stored vectors of ``rows``, as they were added."""
        stored: Vectors = self._matrix[checked_rows(rows, self.size)]
        return stored


class ExactStoreWriter:
    """Takes rows in order, gives one ``.npy`` file."""

    def __init__(self, dimension: int) -> None:
        """Start with no row."""
        self._dimension = dimension
        self._blocks: list[Vectors] = []

    @property
    def kind(self) -> str:
        """Name of the store that opens what this writes."""
        return "exact"

    def add(self, vectors: Vectors, /) -> None:
        """Append rows (n, dimension); raises InvalidRequestError on another shape or values not finite."""
        self._blocks.append(unit_rows(vectors, self._dimension))

    def artefacts(self) -> Mapping[str, bytes]:
        """Return the finished files by name; same rows, same bytes, however they were added."""
        empty = np.empty((0, self._dimension), dtype=np.float32)
        buffer = io.BytesIO()
        np.save(buffer, np.concatenate([empty, *self._blocks]), allow_pickle=False)
        return {_ARTEFACT: buffer.getvalue()}
