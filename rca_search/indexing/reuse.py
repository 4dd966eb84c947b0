"""What a build can take over from the published version: documents and vectors that have not changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rca_search.indexing.snapshot import Snapshot
from rca_search.lexical.postings import ChunkTerms
from rca_search.lexical.sequences import Sequences
from rca_search.models import Document, Link, SourceFile
from rca_search.protocols import Vectors
from rca_search.sources.template_text import candidates


@dataclass(frozen=True, slots=True)
class Plan:
    """Document ids by what happened to them since the published version, each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Return whether no document differs."""
        return not (self.added or self.changed or self.removed)


def compare(published: Mapping[str, str], sources: Mapping[str, str]) -> Plan:
    """Compare two maps of document id to sha256 of the file."""
    return Plan(
        added=tuple(sorted(sources.keys() - published.keys())),
        changed=tuple(sorted(i for i in sources.keys() & published.keys() if sources[i] != published[i])),
        removed=tuple(sorted(published.keys() - sources.keys())),
    )


"""Name of the artefact that holds the sha256 of the text encoded for each chunk."""

_NONE: NDArray[np.uint8] = np.zeros((0, 32), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class KnownChunk:
    """A chunk of a published version: its row, its record as stored, and the sha256 of the text encoded."""

    row: int
    line: bytes
    digest: bytes


class KnownDocuments:
    """Documents and their chunks as a published version holds them, by the file they were read from.

    Reading a file again by the same rules gives the same document, so nothing is lost by not reading it.
    """

    def __init__(
        self, published: Snapshot | None, *, same_rules: bool, of_template: frozenset[str] = frozenset()
    ) -> None:
        """Take the version; it knows nothing where other code, settings or another encoder made it.

        ``of_template`` are the digests of paragraphs that are a template's now: a file with one that was
        none, or with one that is none any more, has to be read again.
        """
        self._published = published
        self._ordinals = dict(published.ordinals) if published is not None and same_rules else {}
        self._odd = (
            {problem.path for problem in published.report.problems} if published is not None else set()
        )
        self._taken: set[str] = set()
        self._in_doubt = of_template ^ (
            published.manifest.of_template if published is not None else of_template
        )

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
        if self._in_doubt and not self._in_doubt.isdisjoint(candidates(file.content)):
            return None
        self._taken.add(file.id)
        return document

    def line(self, document: Document) -> bytes | None:
        """Return the record of a document that was taken from here as it is stored, or None."""
        if document.id not in self._taken or self._published is None:
            return None
        return self._published.document_line(self._ordinals[document.id])

    def statements(self, document: Document) -> tuple[Link, ...]:
        """Return what a document that was taken from here says of others; raises ValueError for any other."""
        if document.id not in self._taken or self._published is None:
            raise ValueError(f"{document.id} was not taken from a version")
        return self._published.statements_of.get(document.id, ())

    def chunks(self, document_id: str) -> list[KnownChunk] | None:
        """Return the chunks of a document that was taken from here, or None."""
        if document_id not in self._taken or self._published is None:
            return None
        rows = self._published.chunks_of(self._ordinals[document_id])
        lines, digests = self._published.chunk_lines(rows), self._published.text_digests
        return [KnownChunk(row, line, digests[row].tobytes()) for row, line in zip(rows, lines, strict=True)]

    @cached_property
    def terms(self) -> ChunkTerms:
        """The terms of all chunks of the version; raises ValueError where there is none."""
        if self._published is None:
            raise ValueError("no version is known")
        return self._published.lexical.chunk_terms()

    @property
    def passage_terms(self) -> Sequences:
        """The terms of the text of all chunks of the version in order; raises ValueError likewise."""
        if self._published is None:
            raise ValueError("no version is known")
        return self._published.passage_terms


class KnownVectors:
    """The vectors of a published version by the digest of the text they were made of."""

    def __init__(self, published: Snapshot | None, encoder_fingerprint: str) -> None:
        """Take the version; it knows nothing where another encoder made it."""
        same = published is not None and published.manifest.encoder.fingerprint == encoder_fingerprint
        self._published = published if same else None
        self._digests = published.text_digests if published is not None and same else _NONE
        # Sorted by the first eight bytes: a dictionary of a million digests would take a tenth of a gigabyte.
        keys = self._digests[:, :8].copy().view(">u8").ravel().astype(np.uint64)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def row(self, digest: bytes) -> int | None:
        """Return the row of the vector of the text with that sha256, or None."""
        key = np.uint64(int.from_bytes(digest[:8], "big"))
        first, end = (int(np.searchsorted(self._keys, key, side)) for side in ("left", "right"))
        rows = self._order[first:end].tolist()
        return next((row for row in rows if self._digests[row].tobytes() == digest), None)

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors of ``rows`` (rows, dimension) as they were published."""
        if self._published is None:
            raise ValueError("no vector is known")
        return self._published.store.vectors(rows.astype(np.int32))
