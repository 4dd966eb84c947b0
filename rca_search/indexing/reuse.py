"""What a build can take over from the published version: documents and vectors that have not changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Chunk, Document, SourceFile
from rca_search.protocols import Vectors

DIGESTS = "chunks.texts.npy"
"""Name of the artefact that holds the sha256 of the text encoded for each chunk."""


def text_digests(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return the sha256 of each text, (texts, 32)."""
    joined = b"".join(hashlib.sha256(text.encode()).digest() for text in texts)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), 32)


class KnownDocuments:
    """Documents and their chunks as a published version holds them, by the file they were read from.

    Reading a file again by the same rules gives the same document, so nothing is lost by not reading it.
    """

    def __init__(self, published: Snapshot | None, *, same_rules: bool) -> None:
        """Take the version; it knows nothing where other code, settings or another encoder made it."""
        self._published = published
        self._ordinals = dict(published.ordinals) if published is not None and same_rules else {}
        self._odd = (
            {problem.path for problem in published.report.problems} if published is not None else set()
        )
        self._taken: set[str] = set()

    def document(self, file: SourceFile) -> Document | None:
        """Return the document of ``file``, or None where it has to be read: it changed, or has warnings."""
        ordinal = self._ordinals.get(file.id)
        if ordinal is None or self._published is None or file.path in self._odd:
            return None
        if self._published.catalogue.sha256[ordinal] != file.sha256:
            return None
        document = self._published.document(ordinal)
        if (document.source, document.path) != (file.source, file.path):
            return None
        self._taken.add(file.id)
        return document

    def chunks(self, document: Document) -> list[Chunk] | None:
        """Return the chunks of a document that was taken from here, or None."""
        if document.id not in self._taken or self._published is None:
            return None
        rows = self._published.chunks_of(self._ordinals[document.id])
        return [self._published.chunk(row) for row in rows]


class KnownVectors:
    """The vectors of a published version by the text they were made of."""

    def __init__(self, published: Snapshot | None, encoder_fingerprint: str) -> None:
        """Take the version; it knows nothing where another encoder made it."""
        self._published = published
        self._rows: dict[bytes, int] = {}
        if published is not None and published.manifest.encoder.fingerprint == encoder_fingerprint:
            digests = published.text_digests
            self._rows = {digest.tobytes(): row for row, digest in enumerate(digests)}

    def take(self, texts: Sequence[str]) -> tuple[dict[str, Vectors], list[str]]:
        """Return the vectors of the texts that are known, and the texts that are not, in order."""
        known: dict[str, int] = {}
        unknown: list[str] = []
        for text in texts:
            row = self._rows.get(hashlib.sha256(text.encode()).digest())
            if row is None:
                unknown.append(text)
            else:
                known[text] = row
        if self._published is None or not known:
            return {}, unknown
        vectors = self._published.store.vectors(np.asarray(list(known.values()), dtype=np.int32))
        return dict(zip(known, vectors, strict=True)), unknown
