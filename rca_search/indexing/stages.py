"""The stages of a build between the sources and the files of a version."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from rca_search.chunking import chunk_document
from rca_search.errors import DocumentRejectedError
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.passages import chunk_limit, encoded_text, matched_text
from rca_search.indexing.records import dump_array, encode_chunk, encode_document, write_lines
from rca_search.indexing.reuse import DIGESTS, KnownDocuments, KnownVectors, text_digests
from rca_search.lexical.bm25 import PostingsWriter
from rca_search.lexical.tokens import tokenize
from rca_search.models import Chunk, Document, Kind, Problem, SourceFile
from rca_search.protocols import Encoder
from rca_search.sources.aliases import names_of
from rca_search.sources.documents import parse_document
from rca_search.sources.redact import Redactor
from rca_search.sources.resolve import LinkTable
from rca_search.stores import store_writer

EMBED_BATCH = 64
"""Texts handed to the encoder at a time; only the progress display depends on it."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, steps done and steps in all."""


def parse(
    files: Sequence[SourceFile],
    known: KnownDocuments,
    *,
    kinds: Sequence[tuple[Kind, str]],
    redact: Redactor,
    progress: Progress,
) -> tuple[list[Document], list[Problem]]:
    """Redact and parse the ``files`` that are not known; one that cannot be used becomes a fatal problem."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for done, file in enumerate(files, start=1):
        try:
            document = known.document(file)
            if document is None:
                document, odd = parse_document(file, redact=redact, overrides=kinds)
                problems.extend(odd)
            documents.append(document)
        except DocumentRejectedError as error:
            problems.append(
                Problem(file.path, error.line, error.code, error.message, error.remedy, fatal=True)
            )
        progress("parse", done, len(files))
    return documents, problems


def chunk(
    documents: Sequence[Document], known: KnownDocuments, encoder: Encoder, progress: Progress
) -> list[Chunk]:
    """Cut the documents that are not known into chunks that fit the encoder's window with their context."""
    limit = chunk_limit(encoder.max_tokens)
    chunks: list[Chunk] = []
    for done, document in enumerate(documents, start=1):
        cut = known.chunks(document)
        chunks.extend(cut or chunk_document(document, limit=limit, count=encoder.count_tokens))
        progress("chunk", done, len(documents))
    return chunks


def embed(
    documents: Sequence[Document],
    chunks: Sequence[Chunk],
    encoder: Encoder,
    store: str,
    known: KnownVectors,
    progress: Progress,
) -> Mapping[str, bytes]:
    """Encode each distinct new text once and hand the vectors to the store in chunk order."""
    titles = {document.id: document.title for document in documents}
    texts = [encoded_text(chunk, titles[chunk.document_id], encoder.count_tokens) for chunk in chunks]
    vectors, unknown = known.take(list(dict.fromkeys(texts)))
    for start in range(0, len(unknown), EMBED_BATCH):
        batch = unknown[start : start + EMBED_BATCH]
        vectors.update(zip(batch, encoder.encode(batch, kind="passage").vectors, strict=True))
        progress("embed", start + len(batch), len(unknown))
    writer = store_writer(store, encoder.dimension, scratch)
    writer.add(np.asarray([vectors[text] for text in texts], dtype=np.float32))
    return {**writer.artefacts(), DIGESTS: dump_array(text_digests(texts).ravel())}


def describe(
    documents: Sequence[Document], chunks: Sequence[Chunk], problems: Sequence[Problem]
) -> dict[str, bytes]:
    """Return every file of a version but the vectors."""
    ordinals = {document.id: number for number, document in enumerate(documents)}
    owners = np.asarray([ordinals[chunk.document_id] for chunk in chunks], dtype=np.int32)
    postings = PostingsWriter()
    for chunk, owner in zip(chunks, owners.tolist(), strict=True):
        postings.add(tokenize(matched_text(chunk, documents[owner])))
    document_lines, document_offsets = write_lines(encode_document(document) for document in documents)
    chunk_lines, chunk_offsets = write_lines(encode_chunk(chunk) for chunk in chunks)
    report = {"problems": [asdict(problem) for problem in problems], "reasons": reasons(documents)}
    return {
        **postings.artefacts(owners),
        "catalogue.json": Catalogue.of(
            documents, [names_of(document)[0] for document in documents]
        ).to_bytes(),
        "chunks.documents.npy": dump_array(owners),
        "chunks.jsonl": chunk_lines,
        "chunks.offsets.npy": chunk_offsets,
        "documents.jsonl": document_lines,
        "documents.offsets.npy": document_offsets,
        "links.json": _json(references(documents)),
        "report.json": _json(report),
    }


def reasons(documents: Iterable[Document]) -> dict[str, dict[str, int]]:
    """Count, for each kind, how its documents were recognised."""
    found: dict[str, Counter[str]] = {}
    for document in documents:
        found.setdefault(document.kind.value, Counter())[document.kind_reason] += 1
    return {kind: dict(sorted(counter.items())) for kind, counter in sorted(found.items())}


def references(documents: Sequence[Document]) -> list[dict[str, object]]:
    """Return every link between documents, resolved or dangling, as JSON values of ``snapshot.Reference``."""
    table = LinkTable.of(documents)
    return [
        {"source_id": document.id, "meanings": table.meanings(document.id, link.target), **asdict(link)}
        for document in documents
        for link in sorted(document.links, key=lambda link: (link.line, link.target))
    ]


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
