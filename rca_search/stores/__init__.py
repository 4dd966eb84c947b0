"""Vector stores: the engines behind one interface, each loaded only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from rca_search.errors import IndexFormatError
from rca_search.protocols import Artefacts, StoreWriter, VectorStore

__all__ = ["KINDS", "open_store", "store_writer"]

T = TypeVar("T")


def _open_exact(artefacts: Artefacts) -> VectorStore:
    from rca_search.stores.exact import ExactStore

    return ExactStore.open(artefacts)


def _open_faiss(artefacts: Artefacts) -> VectorStore:
    from rca_search.stores.faiss_store import FaissStore

    return FaissStore.open(artefacts)


def _write_exact(dimension: int, _: Path) -> StoreWriter:
    from rca_search.stores.exact import ExactStoreWriter

    return ExactStoreWriter(dimension)


def _write_faiss(dimension: int, _: Path) -> StoreWriter:
    from rca_search.stores.faiss_store import FaissStoreWriter

    return FaissStoreWriter(dimension)


_OPENERS: dict[str, Callable[[Artefacts], VectorStore]] = {
    "exact": _open_exact,
    "faiss": _open_faiss,
}
_WRITERS: dict[str, Callable[[int, Path], StoreWriter]] = {
    "exact": _write_exact,
    "faiss": _write_faiss,
}

#: The names of all stores.
KINDS = tuple(_OPENERS)


def open_store(kind: str, artefacts: Artefacts) -> VectorStore:
    """Open the store that a writer of the same ``kind`` wrote.

    Raises IndexFormatError on an unknown kind, IndexCorruptError on damaged or missing artefacts.
    """
    return _known(_OPENERS, kind)(artefacts)


def store_writer(kind: str, dimension: int, scratch: Path) -> StoreWriter:
    """Return an empty writer for vectors of length ``dimension``; raises IndexFormatError likewise.

    ``scratch`` is a folder for what is too large to hold; the caller removes it.
    """
    return _known(_WRITERS, kind)(dimension, scratch)


def _known(table: Mapping[str, T], kind: str) -> T:
    if kind not in table:
        raise IndexFormatError(
            f"The index uses a vector store called {kind!r}, which this version does not know.",
            remedy=f"Known are {', '.join(KINDS)}; upgrade, or build the index again.",
        )
    return table[kind]
