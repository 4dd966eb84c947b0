"""Stores written and opened in tests as an index does it, without an index."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import IndexCorruptError
from rca_search.protocols import StoreWriter, Vectors, VectorStore
from rca_search.stores import READ_IN_PARTS, open_store, store_writer


@dataclass(frozen=True)
class Part:
    """A file that is read in parts, held whole."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, start: int, length: int, /) -> bytes:
        if not 0 <= start <= start + length <= len(self.data):
            raise IndexCorruptError("The file ends early.")
        return self.data[start : start + length]


def finished(writer: StoreWriter) -> dict[str, bytes]:
    """The content of every file that the writer gives."""
    files = writer.artefacts()
    return {name: file.read_bytes() if isinstance(file, Path) else file for name, file in files.items()}


def written(kind: str, rows: Vectors, *, parts: Iterable[Vectors] | None = None) -> dict[str, bytes]:
    """The files of a store of ``rows``, added at once or as ``parts``."""
    with tempfile.TemporaryDirectory() as folder:
        writer = store_writer(kind, rows.shape[1], Path(folder))
        for part in [rows] if parts is None else parts:
            writer.add(part)
        return finished(writer)


def reopened(kind: str, files: Mapping[str, bytes]) -> VectorStore:
    """The store in ``files``."""
    return open_store(
        kind, {name: Part(data) if name in READ_IN_PARTS else data for name, data in files.items()}
    )


def opened(kind: str, rows: Vectors) -> VectorStore:
    """A store of ``rows``."""
    return reopened(kind, written(kind, rows))
