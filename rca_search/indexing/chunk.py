"""Second stage of a build: the parsed documents cut into chunks, one document at a time.

Words are counted and texts digested on the way. A text whose vector is not known yet goes to a scratch
file, once however many chunks have it.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.chunking import TokenCounter, chunk_document
from rca_search.indexing.artefacts import (
    CHUNK_DIGESTS,
    CHUNK_DOCUMENTS,
    CHUNK_OFFSETS,
    CHUNK_ROLES,
    CHUNKS,
    DOCUMENT_OFFSETS,
    DOCUMENTS,
)
from rca_search.indexing.passages import TITLES, added_text, chunk_limit, encoded_text, named_text
from rca_search.indexing.records import (
    Lines,
    LineWriter,
    decode_document,
    dump_array,
    encode_chunk,
    role_number,
)
from rca_search.indexing.reuse import KnownChunk, KnownDocuments, KnownVectors
from rca_search.indexing.staged import StagedVersion, reading_back
from rca_search.indexing.storage import NewFile, open_verified, storage_errors
from rca_search.lexical import sequences
from rca_search.lexical.bm25 import PostingsWriter
from rca_search.lexical.ngram_index import NgramWriter
from rca_search.lexical.sequences import SequenceWriter
from rca_search.lexical.tokens import tokenize
from rca_search.lexical.vocabulary import Numbering
from rca_search.models import Document, Role
from rca_search.protocols import Encoder

_TEXTS = "texts.jsonl"


@dataclass(frozen=True, slots=True)
class PassageTexts:
    """Where the vector of each chunk comes from.

    ``rows`` has one entry per chunk: a row of the known vectors, or ``-1 - n`` for text ``n`` of ``new``,
    whose records hold one ``text`` each.
    """

    rows: NDArray[np.int64]
    new: Lines


class _Ledger:
    """Notes the text of chunk after chunk: its digest, and what its vector will be taken from."""

    def __init__(self, known: KnownVectors, lines: LineWriter) -> None:
        self._known = known
        self._lines = lines
        self._numbers: dict[bytes, int] = {}
        self._rows = array("q")
        self._digests = bytearray()

    def add(self, text: str) -> None:
        self._note(hashlib.sha256(text.encode()).digest(), text)

    def knows(self, digest: bytes) -> bool:
        """Return whether the vector of the text with that digest is known."""
        return self._known.row(digest) is not None

    def take(self, digest: bytes) -> None:
        """Note a text whose vector is known, by its digest alone."""
        self._note(digest, "")

    def _note(self, digest: bytes, text: str) -> None:
        self._digests += digest
        row = self._known.row(digest)
        if row is None:
            if digest not in self._numbers:
                self._numbers[digest] = len(self._numbers)
                self._lines.add({"text": text})
            row = -1 - self._numbers[digest]
        self._rows.append(row)

    def rows(self) -> NDArray[np.int64]:
        return np.frombuffer(self._rows, dtype=np.int64)

    def digests(self) -> bytes:
        return dump_array(np.frombuffer(bytes(self._digests), dtype=np.uint8))


class _Counter:
    """Counts the tokens of the texts of one document, each text once."""

    def __init__(self, count: TokenCounter) -> None:
        self._count = count
        self._known: dict[str, int] = {}

    def __call__(self, texts: Sequence[str]) -> list[int]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._count(new), strict=True))
        return [self._known[text] for text in texts]


class _Chunker:
    """Writes the chunks, their terms and the ledger of document after document."""

    def __init__(self, encoder: Encoder, known: KnownDocuments, chunks: LineWriter, ledger: _Ledger) -> None:
        self._encoder = encoder
        self._limit = chunk_limit(encoder.max_tokens)
        self._known = known
        self._chunks = chunks
        self._ledger = ledger
        self._owners = array("i")
        self._roles = array("B")
        numbering = Numbering()
        self._postings = PostingsWriter(numbering)
        self._passage_terms = SequenceWriter(sequences.PASSAGES, numbering)
        self._title_terms = SequenceWriter(sequences.TITLES, numbering)
        self._ngrams = NgramWriter()
        self._titles = NgramWriter(TITLES)

    def add(self, document: Document, ordinal: int) -> None:
        """Take over the chunks of a document that is known, or cut it."""
        known = self._known.chunks(document.id)
        if known is not None and all(self._ledger.knows(chunk.digest) for chunk in known):
            texts = [self._taken(chunk) for chunk in known]
        else:
            texts = self._cut(document)
        self._owners.extend([ordinal] * len(texts))
        self._ngrams.add("\n".join(texts))
        self._titles.add(named_text(document))
        self._title_terms.add(tokenize(document.title))

    def _taken(self, chunk: KnownChunk) -> str:
        """Write a known chunk and return its text."""
        self._chunks.take(chunk.line)
        terms = self._known.terms
        self._postings.take(terms, chunk.row)
        self._passage_terms.take(self._known.passage_terms, terms.vocabulary, chunk.row)
        self._ledger.take(chunk.digest)
        record = json.loads(chunk.line)
        self._roles.append(role_number(Role(record["role"])))
        text: str = record["text"]
        return text

    def _cut(self, document: Document) -> list[str]:
        """Cut a document, write its chunks and return their texts."""
        count = _Counter(self._encoder.count_tokens)
        chunks = chunk_document(document, limit=self._limit, count=count)
        for chunk in chunks:
            self._chunks.add(encode_chunk(chunk))
            terms = tokenize(chunk.text)
            self._postings.add([*terms, *tokenize(added_text(chunk, document))])
            self._passage_terms.add(terms)
            self._roles.append(role_number(chunk.role))
            self._ledger.add(encoded_text(chunk, document.title, count))
        return [chunk.text for chunk in chunks]

    def artefacts(self) -> dict[str, bytes]:
        owners = np.frombuffer(self._owners, dtype=np.int32)
        return {
            **self._postings.artefacts(owners),
            **self._passage_terms.artefacts(),
            **self._title_terms.artefacts(),
            **self._ngrams.artefacts(),
            **self._titles.artefacts(),
            CHUNK_DOCUMENTS: dump_array(owners),
            CHUNK_ROLES: dump_array(np.frombuffer(self._roles, dtype=np.uint8)),
            CHUNK_OFFSETS: self._chunks.offsets(),
            CHUNK_DIGESTS: self._ledger.digests(),
        }


def chunk(
    staged: StagedVersion,
    documents: KnownDocuments,
    vectors: KnownVectors,
    encoder: Encoder,
    progress: Callable[[int, int], None],
) -> PassageTexts:
    """Cut the staged documents into chunks that fit the encoder's window with their context.

    ``progress`` is told how many documents are done and how many there are. Raises StorageError.
    """
    parsed = Lines(staged.open(DOCUMENTS), staged.read(DOCUMENT_OFFSETS))
    place = staged.scratch / _TEXTS
    with storage_errors("Writing the index"), NewFile(place) as texts, staged.writing(CHUNKS) as stream:
        spool = LineWriter(texts)
        ledger = _Ledger(vectors, spool)
        chunker = _Chunker(encoder, documents, LineWriter(stream), ledger)
        for ordinal in range(len(parsed)):
            chunker.add(decode_document(parsed[ordinal]), ordinal)
            progress(ordinal + 1, len(parsed))
        digest = texts.finish()
    staged.put(chunker.artefacts())
    with reading_back():
        written = open_verified(place, digest)
    return PassageTexts(ledger.rows(), Lines(written, spool.offsets()))
