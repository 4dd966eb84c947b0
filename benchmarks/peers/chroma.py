"""Chroma: a persistent client and one collection, cosine distance, embeddings by sentence-transformers."""

from __future__ import annotations

from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.peers import Corpus, Hits, best_documents

COLLECTION = "chunks"


def _client(folder: Path) -> chromadb.ClientAPI:
    return chromadb.PersistentClient(path=str(folder / "db"), settings=Settings(anonymized_telemetry=False))


def _embedding(model: Path) -> SentenceTransformerEmbeddingFunction:
    return SentenceTransformerEmbeddingFunction(model_name=str(model), device="cpu")


class Adaptor:
    """A Chroma database."""

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:
        """Add the chunks with their documents as metadata, as many at a time as Chroma takes."""
        client = _client(folder)
        collection = client.create_collection(
            COLLECTION,
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=_embedding(model),
        )
        rows = list(zip(map(str, range(len(corpus.ids))), corpus.texts, corpus.ids, strict=True))
        size = client.get_max_batch_size()
        for start in range(0, len(rows), size):
            ids, texts, owners = zip(*rows[start : start + size], strict=True)
            metadatas = [{"document": owner} for owner in owners]
            collection.add(ids=list(ids), documents=list(texts), metadatas=metadatas)

    def open(self, folder: Path, model: Path) -> None:
        """Open the collection."""
        self._collection = _client(folder).get_collection(COLLECTION, embedding_function=_embedding(model))
        found = self._collection.get(include=["metadatas"])
        owners = zip(found["ids"], found["metadatas"], strict=True)
        by_position = {int(position): str(fields["document"]) for position, fields in owners}
        self._owners = [by_position[position] for position in range(len(by_position))]

    def search(self, text: str, k: int) -> Hits:
        """Query by text."""

        def nearest(depth: int) -> list[tuple[int, float]]:
            found = self._collection.query(query_texts=[text], n_results=depth, include=["distances"])
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            return [(int(position), 1.0 - distance) for position, distance in pairs]

        return best_documents(nearest, self._owners, k)
