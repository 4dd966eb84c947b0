"""The replaceable parts: what an encoder, a lexical index and a vector store must do.

Each protocol has one contract suite under ``tests/contracts`` that every implementation passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rca_search.views import Mask, Ordinals, View

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]
TextKind = Literal["query", "passage"]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Vectors of the tokens of one text, special tokens left out.

    ``vectors`` is (tokens, dimension), each row of unit length; ``offsets`` is (tokens, 2), the
    character range of each token in the text.
    """

    vectors: Vectors
    offsets: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pooled vectors (texts, dimension) of unit length and, where asked for, token vectors."""

    vectors: Vectors
    tokens: tuple[TokenVectors, ...] = ()


class Encoder(Protocol):
    """Turns text into vectors. A vector is a function of its text alone."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    @property
    def fingerprint(self) -> str:
        """Digest of all that shapes a vector: weights, tokenizer, pooling, precision."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """The longest text, in tokens without the special ones, that is encoded whole."""

    def files(self) -> Mapping[str, bytes | Path]:
        """Return the files that an index carries so that questions can be encoded wherever it lies."""

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Count the tokens of each text, special ones left out, without any cut."""

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        """Encode each text by itself; with ``tokens`` the same pass also gives token vectors."""


class EncoderSource(Protocol):
    """An encoder that is identified before, and loaded only when, it is needed."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    def files_digest(self) -> str:
        """Digest of the model's files, without loading it."""

    def load(self) -> Encoder:
        """Load it; raises EncoderUnavailableError where it is missing or damaged."""


class Reranker(Protocol):
    """Judges how well a passage fits a question, both read together."""

    @property
    def name(self) -> str:
        """What a person calls the model."""

    def load(self) -> None:
        """Load it; raises EncoderUnavailableError where it is missing or damaged."""

    def score(self, pairs: Sequence[tuple[str, str]], /) -> Scores:
        """Return one score per pair of question and passage; higher fits better, the scale is its own."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Rows and their cosine similarities, best first, equal scores by row."""

    rows: Ordinals
    scores: Scores


class VerifiedFile(Protocol):
    """A file of a version that is too large to hold: verified, open, and read in parts by any thread."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def read(self, start: int, length: int, /) -> bytes:
        """Return ``length`` bytes from ``start`` on; raises IndexCorruptError where the file ends before."""


Artefacts = Mapping[str, "bytes | VerifiedFile"]
"""The files of a version by name: content, or the open file of those that are read in parts."""


@dataclass(frozen=True, slots=True)
class SearchMethod:
    """How a store searches where the whole corpus is visible; restricted views are always searched exactly.

    ``recall`` is the share of the true ten nearest that a search finds, measured on the version's own
    vectors when it was built; 1.0 where the search is exact.
    """

    exact: bool
    description: str
    recall: float


class VectorStore(Protocol):
    """The read side of the vectors of one published version; row ``i`` belongs to chunk ``i``.

    Similarity is the cosine: higher is better, a zero vector is similar to nothing (0).
    """

    @property
    def method(self) -> SearchMethod:
        """Tell how it searches."""

    @property
    def size(self) -> int:
        """Count the rows."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def search(self, vector: Vectors, /, *, k: int, view: View, within: Mask | None = None) -> Neighbours:
        """Return the ``k`` most similar rows among the view's chunks, narrowed to ``within``.

        ``vector`` has shape (dimension,); ``within`` flags chunks. Raises InvalidRequestError on a
        wrong dimension or a value that is not finite.
        """

    def score(self, vector: Vectors, rows: Ordinals, /) -> Scores:
        """Return the similarity of ``vector`` to each of ``rows``, each a function of its row alone."""

    def vectors(self, rows: Ordinals, /) -> Vectors:
        """Return the stored vectors of ``rows`` (rows, dimension), at unit length."""


class StoreWriter(Protocol):
    """The write side: takes rows in order, gives the artefacts of a version."""

    @property
    def kind(self) -> str:
        """Name of the store that opens what ``artefacts`` gives; settled once that has been called."""

    def add(self, vectors: Vectors, /) -> None:
        """Append rows (n, dimension)."""

    def artefacts(self) -> Mapping[str, bytes | Path]:
        """Return the finished files by name: content, or a scratch file that holds it."""


class LexicalIndex(Protocol):
    """Scores documents and chunks by the terms they share with a question, within a view."""

    def score_documents(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per document ordinal (0 where nothing matches or nothing is visible)."""

    def score_chunks(self, terms: Mapping[str, float], /, *, view: View) -> NDArray[np.float64]:
        """Return one score per chunk ordinal, likewise."""

    def best_chunks(self, scores: NDArray[np.float64], documents: int, /) -> NDArray[np.float64]:
        """Return the highest of the ``scores`` of each document's chunks (0 where it has none)."""

    def present(self, terms: Sequence[str], chunks: Ordinals, /) -> Mask:
        """Return whether each of ``terms`` stands in each of ``chunks``, (terms, chunks)."""

    def inverse_document_frequency(self, term: str, /, *, view: View) -> float:
        """Return how rare ``term`` is among the view's documents (0 where it does not occur)."""

    def numbers(self, terms: Iterable[str], /) -> NDArray[np.int64]:
        """Return the place of each of ``terms`` in the vocabulary, -1 where it is not there."""

    def rarities(self, numbers: NDArray[np.integer], /, *, view: View) -> NDArray[np.float64]:
        """Return ``inverse_document_frequency`` of terms as ``numbers`` gives them."""
