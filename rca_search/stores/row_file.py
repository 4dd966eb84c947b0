"""Single-precision rows in a file that is read in parts: what large stores decide scores with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Scores, Vectors, VerifiedFile
from rca_search.stores.vectors import are_unit_rows, unit_rows

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


_SPOOLED_ROWS = 16_384


class Spool:
    """A growing file of rows at unit length; what it holds depends on the rows, not on how they came."""

    def __init__(self, path: Path, dimension: int) -> None:
        """Begin an empty file at ``path``."""
        path.write_bytes(b"")
        self.path = path
        self.dimension = dimension
        self.rows = 0

    def add(self, vectors: Vectors) -> None:
        """Append rows (n, dimension), all or none of them.

        Raises InvalidRequestError on another shape or values that are not finite.
        """
        given = np.atleast_1d(np.asarray(vectors))
        before = self.path.stat().st_size
        try:
            with self.path.open("ab") as file:
                # Once at least, so that the shape of an empty array is looked at too.
                for start in range(0, max(len(given), 1), _SPOOLED_ROWS):
                    block = unit_rows(given[start : start + _SPOOLED_ROWS], self.dimension)
                    file.write(block.astype("<f4").tobytes())
        except BaseException:
            os.truncate(self.path, before)
            raise
        self.rows += len(given)

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yield all rows in order, in parts of bounded size, each with the number of its first row."""
        width = 4 * self.dimension
        with self.path.open("rb") as file:
            for start in range(0, self.rows, _SPOOLED_ROWS):
                data = file.read(_SPOOLED_ROWS * width)
                yield start, np.frombuffer(data, dtype="<f4").reshape(-1, self.dimension)

    def sample(self, count: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return at most ``count`` rows, evenly spread over all, and their numbers."""
        numbers = np.arange(self.rows)
        if count < self.rows:
            numbers = np.linspace(0, self.rows - 1, count).astype(np.int64)
        return numbers, self.take(numbers)

    def take(self, numbers: NDArray[np.int64]) -> Vectors:
        """Return the rows at ``numbers``."""
        with ScratchFile(self.path) as file:
            return RowFile(file, self.dimension).take(numbers)


class ScratchFile:
    """A file of this process's own making, read in parts as a verified one is."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; ``with`` closes it."""
        self._file = path.open("rb")
        self.size = path.stat().st_size

    def __enter__(self) -> ScratchFile:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def read(self, start: int, length: int, /) -> bytes:
        """Return ``length`` bytes from ``start`` on; raises IndexCorruptError where the file ends before."""
        data = os.pread(self._file.fileno(), length, start)
        if len(data) != length:
            raise IndexCorruptError(f"{self._file.name} ends early.", remedy="Build the index again.")
        return data
