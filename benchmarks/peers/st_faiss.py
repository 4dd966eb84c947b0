"""The script that everybody writes first: encode with sentence-transformers, search a flat FAISS index."""

from __future__ import annotations

import json
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.peers import Corpus, Hits, best_documents


class Adaptor:
    """Vectors of unit length in an IndexFlatIP, so that inner products are cosines."""

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:
        """Encode all chunks in one call."""
        vectors = SentenceTransformer(str(model), device="cpu").encode(
            list(corpus.texts), normalize_embeddings=True
        )
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        (folder / "owners.json").write_text(json.dumps(list(corpus.ids)), encoding="utf-8")

    def open(self, folder: Path, model: Path) -> None:
        """Load the model and the index."""
        self._model = SentenceTransformer(str(model), device="cpu")
        self._index = faiss.read_index(str(folder / "vectors.faiss"))
        self._owners: list[str] = json.loads((folder / "owners.json").read_text(encoding="utf-8"))

    def search(self, text: str, k: int) -> Hits:
        """Encode the question, cut where the model cuts it, and search."""
        vector = self._model.encode([text], normalize_embeddings=True)

        def nearest(depth: int) -> list[tuple[int, float]]:
            scores, rows = self._index.search(vector, depth)
            return list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))

        return best_documents(nearest, self._owners, k)
