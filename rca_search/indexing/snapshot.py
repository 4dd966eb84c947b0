"""One version of an index, opened whole, verified and read-only; shared by threads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_search import stores
from rca_search.embedding.exported import ENCODER_FILES
from rca_search.errors import (
    DocumentNotFoundError,
    IndexCorruptError,
    IndexFormatError,
    IndexMissingError,
    IndexUnavailableError,
)
from rca_search.folders import Folders
from rca_search.indexing import artefacts
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.manifest import Manifest, read_manifest
from rca_search.indexing.passages import TITLES
from rca_search.indexing.pointer import VERSIONS, Pointer, read_current
from rca_search.indexing.records import (
    Lines,
    StoredStatement,
    by_source,
    decode_chunk,
    decode_document,
    decode_graph,
    decode_services,
    load_array,
)
from rca_search.indexing.storage import open_verified, read_verified
from rca_search.indexing.vote_counts import load_standings
from rca_search.lexical import sequences
from rca_search.lexical.bm25 import Bm25Index
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.ngram_index import NgramIndex
from rca_search.lexical.sequences import Sequences
from rca_search.lexical.tokens import fingerprint as token_fingerprint
from rca_search.models import Chunk, Document, Entity, Kind, Link, Problem, Role, Standing
from rca_search.protocols import Artefacts, VectorStore, VerifiedFile
from rca_search.sources.aliases import AliasTable
from rca_search.views import Mask, Ordinals, View


@dataclass(frozen=True, slots=True)
class Reference:
    """A link from one document to another; ``link`` is what was written.

    ``meanings`` are groups of ids it could mean, the likeliest first: where no document of a group exists
    for a reader, the next one counts. A group of several is ambiguous; no group at all dangles.
    """

    source_id: str
    meanings: tuple[tuple[str, ...], ...]
    link: Link

    @property
    def target_id(self) -> str | None:
        """The document that the link means where all documents exist, or None."""
        return self.meanings[0][0] if self.meanings and len(self.meanings[0]) == 1 else None


@dataclass(frozen=True, slots=True)
class BuildNotes:
    """Problems met in the sources, and for each kind how many documents were recognised in which way."""

    problems: tuple[Problem, ...]
    reasons: Mapping[str, Mapping[str, int]]


class Snapshot:
    """Documents, chunks, vectors and postings of one version; ordinals are positions in each."""

    def __init__(self, version: str, manifest: Manifest, files: Artefacts) -> None:
        """Open the verified ``files``; raises IndexCorruptError where they do not fit together."""
        self.version = version
        self.manifest = manifest
        whole = {name: content for name, content in files.items() if isinstance(content, bytes)}
        try:
            self.catalogue = Catalogue.from_bytes(whole[artefacts.CATALOGUE])
            self._documents = Lines(files[artefacts.DOCUMENTS], whole[artefacts.DOCUMENT_OFFSETS])
            self._chunks = Lines(files[artefacts.CHUNKS], whole[artefacts.CHUNK_OFFSETS])
            self.chunk_documents: Ordinals = load_array(whole[artefacts.CHUNK_DOCUMENTS], np.int32)
            self.folders = Folders(self.catalogue.paths)
            self.lexical = Bm25Index.open(whole, self.chunk_documents, self.folders)
            self.roles: NDArray[np.uint8] = load_array(whole[artefacts.CHUNK_ROLES], np.uint8)
            vocabulary = self.lexical.postings.vocabulary
            self.passage_terms = Sequences.open(files, sequences.PASSAGES, vocabulary)
            self.title_terms = Sequences.open(files, sequences.TITLES, vocabulary)
            self.ngrams = NgramIndex.open(whole, len(self.catalogue))
            self.titles = NgramIndex.open(whole, len(self.catalogue), TITLES)
            self._glossary: bytes = whole[artefacts.GLOSSARY]
            self.store: VectorStore = stores.open_store(manifest.store, files)
            self._text_digests: bytes = whole[artefacts.CHUNK_DIGESTS]
            self._links: bytes = whole[artefacts.LINKS]
            self._graph, self._services = whole[artefacts.GRAPH], whole[artefacts.SERVICES]
            self._report: bytes = whole[artefacts.REPORT]
            self.calibration: bytes | None = whole.get(artefacts.CALIBRATION)
            self._standings = whole.get(artefacts.FEEDBACK)
            self._learned = {name: files[name] for name in artefacts.LEARNED if name in files}
        except KeyError as error:
            raise IndexCorruptError(
                f"The version lacks the file {error}.", remedy="Build the index again."
            ) from error
        self._check()
        bounds = np.searchsorted(self.chunk_documents, np.arange(len(self.catalogue) + 1))
        self._bounds: list[int] = bounds.tolist()
        self.everything = View.everything(len(self.catalogue), self.chunk_documents)
        self.ordinals = {document_id: n for n, document_id in enumerate(self.catalogue.ids)}

    def document(self, ordinal: int) -> Document:
        """Decode the document at ``ordinal``."""
        return decode_document(self._documents[ordinal])

    def chunk(self, ordinal: int) -> Chunk:
        """Decode the chunk at ``ordinal``."""
        return decode_chunk(self._chunks[ordinal])

    def chunks_by_ordinal(self, document: int) -> dict[int, Chunk]:
        """Decode all chunks of the document at ordinal ``document``, read in one go."""
        rows = self.chunks_of(document)
        return dict(zip(rows, map(decode_chunk, self._chunks.part(rows)), strict=True))

    def chunk_lines(self, rows: range) -> list[bytes]:
        """Return the records of chunks as they are stored."""
        return self._chunks.raw(rows)

    def document_line(self, ordinal: int) -> bytes:
        """Return the record of a document as it is stored."""
        return self._documents.raw(range(ordinal, ordinal + 1))[0]

    def chunks_of(self, document: int) -> range:
        """Return the ordinals of the chunks of the document at ordinal ``document``."""
        return range(self._bounds[document], self._bounds[document + 1])

    def of_kind(self, kind: Kind) -> Mask:
        """Flag the documents of ``kind``."""
        return self._of_kind[kind]

    @cached_property
    def _of_kind(self) -> dict[Kind, Mask]:
        kinds = np.asarray([kind.value for kind in self.catalogue.kinds], dtype=object)
        return {kind: kinds == kind.value for kind in Kind}

    def ordinal(self, name: str, kind: Kind | None = None) -> int:
        """Return the document that ``name`` (an id, an alias or a file name) stands for.

        Raises DocumentNotFoundError, also where it is not of ``kind``, or AmbiguousIdError.
        """
        ordinal = self.ordinals[self.aliases.resolve(name)]
        if kind is not None and self.catalogue.kinds[ordinal] is not kind:
            raise DocumentNotFoundError(name, wanted=kind.value)
        return ordinal

    @cached_property
    def glossary(self) -> Glossary:
        """The expressions that mean the same."""
        return Glossary.from_bytes(self._glossary)

    @cached_property
    def aliases(self) -> AliasTable:
        """Every name that a document answers to."""
        columns = zip(self.catalogue.ids, self.catalogue.names, self.catalogue.titles, strict=True)
        return AliasTable.from_pairs((document, (names, (title,))) for document, names, title in columns)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """All links between documents."""
        return tuple(_reference(entry) for entry in json.loads(self._links))

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """Votes for and against documents, by id."""
        return load_standings(self._standings)

    @cached_property
    def statements(self) -> tuple[StoredStatement, ...]:
        """What documents say of each other, of services and of teams, dependencies of services included."""
        return (*decode_graph(self._graph), *self.service_catalogue[0])

    @cached_property
    def statements_of(self) -> Mapping[str, tuple[Link, ...]]:
        """The same by document, in the order of its lines."""
        return by_source(self.statements)

    @cached_property
    def service_catalogue(self) -> tuple[tuple[StoredStatement, ...], tuple[Entity, ...]]:
        """What notes say of dependencies between services, and the entities of service catalogues."""
        return decode_services(self._services)

    @cached_property
    def text_digests(self) -> NDArray[np.uint8]:
        """The sha256 of the text encoded for each chunk, (chunks, 32)."""
        digests: NDArray[np.uint8] = load_array(self._text_digests, np.uint8)
        if len(digests) != 32 * len(self._chunks):
            raise IndexCorruptError("The digests of texts do not fit.", remedy="Build the index again.")
        return digests.reshape(-1, 32)

    @cached_property
    def report(self) -> BuildNotes:
        """What the build said of the sources."""
        body = json.loads(self._report)
        return BuildNotes(tuple(Problem(**entry) for entry in body["problems"]), body["reasons"])

    def learned(self, name: str) -> bytes | None:
        """Return a file of ``artefacts.LEARNED``, or None in a version that was made without it."""
        content = self.learned_file(name)
        return content if content is None or isinstance(content, bytes) else content.read(0, content.size)

    def learned_file(self, name: str) -> bytes | VerifiedFile | None:
        """Return a file of ``artefacts.LEARNED`` to read parts of, or None where the version has none."""
        return self._learned.get(name)

    def _check(self) -> None:
        if self.manifest.tokens != token_fingerprint():
            raise IndexFormatError(
                "The index was made with other rules for words than this version of rca-search has.",
                remedy="Build the index again with this version.",
            )
        of_documents = {len(self._documents), len(self.title_terms)}
        of_chunks = {len(self._chunks), self.store.size, len(self.passage_terms), len(self.roles)}
        fits = (of_documents, of_chunks) == ({len(self.catalogue)}, {len(self.chunk_documents)})
        known = bool(np.all(self.roles < len(Role)))
        if not fits or not known or self.store.dimension != self.manifest.encoder.dimension:
            raise IndexCorruptError("The files of the version do not fit together.", remedy="Build again.")


def _reference(entry: dict[str, Any]) -> Reference:
    link = Link(**{name: entry[name] for name in ("target", "label", "section", "line", "style")})
    return Reference(entry["source_id"], tuple(tuple(group) for group in entry["meanings"]), link)


def open_artefacts(folder: Path, manifest: Manifest) -> Artefacts:
    """Read every file that ``manifest`` names, each verified before it is returned.

    Those that are read in parts are returned open. The files of the encoder are left to
    ``encoder.open_encoder``: not every use of a version needs them.
    """
    return {
        name: (open_verified if name in artefacts.READ_IN_PARTS else read_verified)(folder / name, digest)
        for name, digest in manifest.artefacts.items()
        if name not in ENCODER_FILES
    }


def open_version(index: Path, pointer: Pointer) -> Snapshot:
    """Open one version, every file verified before it is parsed."""
    manifest = read_manifest(index, pointer)
    return Snapshot(pointer.version, manifest, open_artefacts(index / VERSIONS / pointer.version, manifest))


def open_current(index: Path) -> tuple[Snapshot, Pointer]:
    """Open the current version; if it was replaced and removed meanwhile, the one that replaced it.

    Raises IndexMissingError, IndexCorruptError or IndexFormatError.
    """
    pointer = read_current(index)
    try:
        return open_version(index, pointer), pointer
    except IndexMissingError:
        raise
    except IndexUnavailableError:
        newer = read_current(index)
        if newer == pointer:
            raise
        return open_version(index, newer), newer
