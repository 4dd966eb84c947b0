"""txtai: one call indexes sparse and dense, saved to a folder, content left out.

``hybrid`` adds a BM25 index to the vectors. Content storage is what its documentation calls an option, for
SQL and for returning texts; without it a search gives ids and scores, which is all that is compared here.
"""

from __future__ import annotations

import json
from pathlib import Path

from txtai import Embeddings

from benchmarks.peers import Corpus, Hits, best_documents


class Adaptor:
    """A saved txtai index."""

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:
        """Index the chunks under their positions."""
        embeddings = Embeddings(path=str(model), hybrid=True)
        embeddings.index(list(enumerate(corpus.texts)))
        embeddings.save(str(folder / "index"))
        (folder / "owners.json").write_text(json.dumps(list(corpus.ids)), encoding="utf-8")

    def open(self, folder: Path, model: Path) -> None:  # noqa: ARG002 - the saved index names its model
        """Load the saved index."""
        self._owners: list[str] = json.loads((folder / "owners.json").read_text(encoding="utf-8"))
        self._embeddings = Embeddings().load(str(folder / "index"))

    def search(self, text: str, k: int) -> Hits:
        """Search both indexes; txtai joins their scores."""

        def nearest(depth: int) -> list[tuple[int, float]]:
            return [(int(position), float(score)) for position, score in self._embeddings.search(text, depth)]

        return best_documents(nearest, self._owners, k)
