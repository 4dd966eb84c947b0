"""Vector stores: the engines behind one interface, each loaded only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rca_search.errors import IndexFormatError
from rca_search.protocols import Artefacts, StoreWriter, VectorStore
from rca_search.stores.names import READ_IN_PARTS

__all__ = ["KINDS", "READ_IN_PARTS", "WRITER_KINDS", "open_store", "store_writer"]


def _open_exact(artefacts: Artefacts) -> VectorStore:
    from rca_search.stores.exact import ExactStore

    return ExactStore.open(artefacts)


def _open_faiss(artefacts: Artefacts) -> VectorStore:
    from rca_search.stores.faiss_store import FaissStore

    return FaissStore.open(artefacts)


def _open_ivf(artefacts: Artefacts) -> VectorStore:
    from rca_search.stores.ivf import IvfStore

    return IvfStore.open(artefacts)


def _write_exact(dimension: int, _: Path) -> StoreWriter:
    from rca_search.stores.exact import ExactStoreWriter

    return ExactStoreWriter(dimension)


def _write_faiss(dimension: int, _: Path) -> StoreWriter:
    from rca_search.stores.faiss_store import FaissStoreWriter

    return FaissStoreWriter(dimension)


def _write_ivf(dimension: int, scratch: Path) -> StoreWriter:
    from rca_search.stores.ivf import IvfStoreWriter

    return IvfStoreWriter.empty(dimension, scratch)


def _write_auto(dimension: int, scratch: Path) -> StoreWriter:
    from rca_search.stores.auto import AutoStoreWriter

    return AutoStoreWriter(dimension, scratch)


_OPENERS: dict[str, Callable[[Artefacts], VectorStore]] = {
    "exact": _open_exact,
    "faiss": _open_faiss,
    "ivf": _open_ivf,
}
_WRITERS: dict[str, Callable[[int, Path], StoreWriter]] = {
    "exact": _write_exact,
    "faiss": _write_faiss,
    "ivf": _write_ivf,
    "auto": _write_auto,
}

#: The names of all stores, as a version says which it uses.
KINDS = tuple(_OPENERS)
#: What a writer can be asked for: every store, and "auto" for the one that fits the number of rows.
WRITER_KINDS = tuple(_WRITERS)


def open_store(kind: str, artefacts: Artefacts) -> VectorStore:
    """Open the store that a writer of the same ``kind`` wrote.

    Raises IndexFormatError on an unknown kind, IndexCorruptError on damaged or missing artefacts.
    """
    if kind not in _OPENERS:
        raise _unknown(kind, KINDS)
    return _OPENERS[kind](artefacts)


def store_writer(kind: str, dimension: int, scratch: Path) -> StoreWriter:
    """Return an empty writer for vectors of length ``dimension``; raises IndexFormatError likewise.

    ``scratch`` is a folder for what is too large to hold; the caller removes it.
    """
    if kind not in _WRITERS:
        raise _unknown(kind, WRITER_KINDS)
    return _WRITERS[kind](dimension, scratch)


def _unknown(kind: str, known: tuple[str, ...]) -> IndexFormatError:
    return IndexFormatError(
        f"The index uses a vector store called {kind!r}, which this version does not know.",
        remedy=f"Known are {', '.join(known)}; upgrade, or build the index again.",
    )
