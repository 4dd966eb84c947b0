"""Other ways to search the same documents, each used as its documentation says.

These modules run in the peers' virtual environment and import nothing of rca-search.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

PEERS: Mapping[str, str] = {
    "txtai": "txtai, hybrid (sparse and dense), saved index",
    "chroma": "Chroma, persistent client, the same model's embeddings",
    "st-faiss": "sentence-transformers and a flat FAISS index, by hand",
    "bm25": "BM25 alone (bm25s with stemming), whole documents",
    "tfidf": "TF-IDF with bonuses for service and tags (scikit-learn), whole documents",
}
"""The peers by name, and what they are."""

Hits = list[tuple[str, float]]

CHUNKS_PER_DOCUMENT = 5
"""Chunks asked for per document wanted, as several of the best are often of one document."""


@dataclass(frozen=True)
class Corpus:
    """The chunks that rca-search has, as it encodes them, with the document of each.

    ``labels`` holds the services and the tags of each document.
    """

    texts: Sequence[str]
    ids: Sequence[str]
    labels: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def documents(self) -> dict[str, str]:
        """Return the whole text of each document, its chunks joined."""
        parts: dict[str, list[str]] = {}
        for text, document in zip(self.texts, self.ids, strict=True):
            parts.setdefault(document, []).append(text)
        return {document: "\n".join(chunks) for document, chunks in parts.items()}


class Peer(Protocol):
    """What each peer can do; ``model`` is a folder of sentence-transformers."""

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:
        """Index ``corpus`` in the empty ``folder``."""

    def open(self, folder: Path, model: Path) -> None:
        """Open what ``build`` left in ``folder``."""

    def search(self, text: str, k: int) -> Hits:
        """Return the best ``k`` documents with their scores, best first."""


def load(name: str) -> Peer:
    """Return the peer called ``name``; its library is imported here."""
    peer: Peer = importlib.import_module(f"benchmarks.peers.{name.replace('-', '_')}").Adaptor()
    return peer


def best_documents(
    nearest: Callable[[int], Sequence[tuple[int, float]]], owners: Sequence[str], k: int
) -> Hits:
    """Return the best ``k`` documents, each with the score of its best chunk.

    ``nearest`` gives that many best chunks, as positions with scores, best first; it is asked for more where
    those are of too few documents.
    """
    depth = min(len(owners), CHUNKS_PER_DOCUMENT * k)
    while True:
        best: dict[str, float] = {}
        for position, score in nearest(depth):
            best.setdefault(owners[position], score)
        if len(best) >= k or depth >= len(owners):
            return list(best.items())[:k]
        depth = min(len(owners), 4 * depth)
