"""Single-precision rows in a file that is read in parts: what large stores decide scores with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Scores, Vectors, VerifiedFile
from rca_search.stores.vectors import are_unit_rows

_BLOCK_ROWS = 4096
_ELEMENT = np.dtype("<f4")
# Reading a row that is not wanted takes a fraction of the time of starting another read.
_DENSE = 4
# No writer leaves a row whose cosine with a unit vector is further out than rounding takes it.
_HIGHEST_SCORE = 1.001


class RowFile:
    """Rows one after the other, little-endian, without a header; any number of threads may read at once.

    Memory held by a call is bounded by its result and one block of rows, however many rows are asked for.
    """

    def __init__(self, file: VerifiedFile, dimension: int) -> None:
        """Take the open file; raises IndexCorruptError where it does not end with a row."""
        self._file = file
        self._dimension = dimension
        self._width = _ELEMENT.itemsize * dimension
        self.size = file.size // self._width
        if file.size % self._width:
            raise IndexCorruptError("The file of vectors ends within a row.", remedy="Build it again.")

    def dots(self, query: Vectors, rows: NDArray[np.int64]) -> Scores:
        """Return one dot product per row, each computed by itself.

        Raises IndexCorruptError where a row holds what no writer leaves.
        """
        scores = np.empty(len(rows), dtype=np.float32)
        for block in _blocks(len(rows)):
            # Damaged rows may hold anything; an overflow is noticed below.
            with np.errstate(over="ignore", invalid="ignore"):
                # One dot product per row: a matrix product would let a row's last digits depend on its
                # neighbours.
                scores[block] = np.vecdot(self._read(rows[block]), query)
        if not np.all(np.abs(scores) <= _HIGHEST_SCORE):
            raise _senseless()
        return scores

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the rows (n, dimension) as they were written; raises IndexCorruptError likewise."""
        taken = np.empty((len(rows), self._dimension), dtype=np.float32)
        for block in _blocks(len(rows)):
            taken[block] = self._read(rows[block])
            if not are_unit_rows(taken[block]):
                raise _senseless()
        return taken

    def _read(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the rows: all between the first and the last where most are wanted, else run by run."""
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        first, last = int(rows.min()), int(rows.max())
        if len(breaks) and last - first < _DENSE * len(rows):
            data = self._file.read(first * self._width, (last + 1 - first) * self._width)
            between: Vectors = self._decoded(data)[rows - first]
            return between
        bounds = [0, *breaks.tolist(), len(rows)]
        starts, lengths = rows[bounds[:-1]].tolist(), np.diff(bounds).tolist()
        read, width = self._file.read, self._width
        runs = [read(start * width, length * width) for start, length in zip(starts, lengths, strict=True)]
        return self._decoded(runs[0] if len(runs) == 1 else b"".join(runs))

    def _decoded(self, data: bytes) -> Vectors:
        rows: Vectors = np.frombuffer(data, dtype=_ELEMENT).reshape(-1, self._dimension)
        return rows


def _blocks(rows: int) -> Iterator[slice]:
    """Yield the parts in which ``rows`` rows are read."""
    return (slice(start, min(start + _BLOCK_ROWS, rows)) for start in range(0, rows, _BLOCK_ROWS))


def _senseless() -> IndexCorruptError:
    return IndexCorruptError("The vectors make no sense.", remedy="Build the index again.")
