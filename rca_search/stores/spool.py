"""Rows on their way into a large store: appended to a scratch file, read back in parts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Vectors
from rca_search.stores.row_file import RowFile
from rca_search.stores.vectors import unit_rows

_BLOCK_ROWS = 16_384


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
                for start in range(0, max(len(given), 1), _BLOCK_ROWS):
                    block = unit_rows(given[start : start + _BLOCK_ROWS], self.dimension)
                    file.write(block.astype("<f4").tobytes())
        except BaseException:
            os.truncate(self.path, before)
            raise
        self.rows += len(given)

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yield all rows in order, in parts of bounded size, each with the number of its first row."""
        width = 4 * self.dimension
        with self.path.open("rb") as file:
            for start in range(0, self.rows, _BLOCK_ROWS):
                data = file.read(_BLOCK_ROWS * width)
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
