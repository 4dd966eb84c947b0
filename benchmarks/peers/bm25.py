"""BM25 alone, by bm25s as its quick start has it: stop words, stems, Lucene's form; whole documents."""

from __future__ import annotations

import json
from pathlib import Path

import bm25s
import Stemmer

from benchmarks.peers import Corpus, Hits


class Adaptor:
    """A saved bm25s index."""

    def __init__(self) -> None:
        """Load the stemmer."""
        self._stemmer = Stemmer.Stemmer("english")

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:  # noqa: ARG002 - needs no model
        """Index whole documents."""
        documents = corpus.documents()
        retriever = bm25s.BM25()
        retriever.index(self._tokens(list(documents.values())), show_progress=False)
        retriever.save(str(folder / "index"))
        (folder / "ids.json").write_text(json.dumps(list(documents)), encoding="utf-8")

    def open(self, folder: Path, model: Path) -> None:  # noqa: ARG002 - needs no model
        """Load the saved index."""
        self._retriever = bm25s.BM25.load(str(folder / "index"))
        self._ids: list[str] = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def search(self, text: str, k: int) -> Hits:
        """Return the documents that score at all."""
        found, scores = self._retriever.retrieve(
            self._tokens([text]), k=min(k, len(self._ids)), show_progress=False
        )
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [(self._ids[position], score) for position, score in pairs if score > 0]

    def _tokens(self, texts: list[str]) -> object:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
