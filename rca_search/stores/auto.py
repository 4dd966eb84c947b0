"""The store that fits the corpus: chosen when all rows are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rca_search.protocols import StoreWriter, Vectors
from rca_search.stores.faiss_store import FaissStoreWriter
from rca_search.stores.ivf import IvfStoreWriter
from rca_search.stores.names import ROWS
from rca_search.stores.row_file import Spool

LARGE = 75_000
"""From so many rows on lists are worth their approximation, see docs/decisions/0006."""


class AutoStoreWriter:
    """Keeps rows in a file and writes them as a flat index or, where there are many, as inverted lists."""

    def __init__(self, dimension: int, scratch: Path) -> None:
        """Start with no row."""
        self._spool = Spool(scratch / ROWS, dimension)

    @property
    def kind(self) -> str:
        """Name of the store that opens what this writes, as far as rows have been added."""
        return "ivf" if self._spool.rows >= LARGE else "faiss"

    def add(self, vectors: Vectors, /) -> None:
        """Append rows (n, dimension); raises InvalidRequestError on another shape or values not finite."""
        self._spool.add(vectors)

    def artefacts(self) -> Mapping[str, bytes | Path]:
        """Return the finished files of the store that ``kind`` names."""
        if self.kind == "ivf":
            return IvfStoreWriter(self._spool).artefacts()
        writer: StoreWriter = FaissStoreWriter(self._spool.dimension)
        for _, block in self._spool.blocks():
            writer.add(block)
        return writer.artefacts()
