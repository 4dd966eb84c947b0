"""Third stage of a build: every new text encoded once, and one vector for each chunk handed to the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from rca_search.indexing.chunk import PassageTexts
from rca_search.indexing.reuse import KnownVectors
from rca_search.indexing.staged import StagedVersion
from rca_search.indexing.storage import storage_errors
from rca_search.protocols import Encoder, Vectors
from rca_search.stores import store_writer

BATCH = 64
"""Texts handed to the encoder at a time; only the progress display and the memory depend on it."""

_ROWS = 4096


def embed(
    staged: StagedVersion,
    texts: PassageTexts,
    encoder: Encoder,
    known: KnownVectors,
    store: str,
    progress: Callable[[int, int], None],
) -> str:
    """Write the store of a version and return its kind; ``store`` may leave the choice to the size.

    ``progress`` is told how many new texts are encoded and how many there are. Raises StorageError.
    """
    place = staged.scratch / "new-vectors.f32"
    _encode(texts, encoder, place, progress)
    writer = store_writer(store, encoder.dimension, staged.scratch)
    with storage_errors("Writing the index"):
        fresh = _opened(place, len(texts.new), encoder.dimension)
        for start in range(0, len(texts.rows), _ROWS):
            writer.add(_gathered(texts.rows[start : start + _ROWS], fresh, known))
        artefacts = writer.artefacts()
    staged.put(artefacts)
    return writer.kind


def _encode(texts: PassageTexts, encoder: Encoder, place: Path, progress: Callable[[int, int], None]) -> None:
    """Write the vectors of the new texts to a scratch file, in order."""
    count = len(texts.new)
    with storage_errors("Writing the index"), place.open("wb") as stream:
        for start in range(0, count, BATCH):
            batch = [str(texts.new[number]["text"]) for number in range(start, min(start + BATCH, count))]
            stream.write(encoder.encode(batch, kind="passage").vectors.tobytes())
            progress(start + len(batch), count)


def _opened(place: Path, count: int, dimension: int) -> Vectors:
    if not count:
        return np.empty((0, dimension), dtype=np.float32)
    return np.memmap(place, dtype=np.float32, mode="r", shape=(count, dimension))


def _gathered(rows: np.ndarray, fresh: Vectors, known: KnownVectors) -> Vectors:
    """Return the vectors of ``rows``, each a known row or a new text."""
    vectors = np.empty((len(rows), fresh.shape[1]), dtype=np.float32)
    new = rows < 0
    vectors[new] = fresh[-1 - rows[new]]
    if not new.all():
        vectors[~new] = known.vectors(rows[~new])
    return vectors
