"""A graph of neighbours behind the store's interface, only to be compared with inverted lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from rca_search.protocols import Artefacts, Neighbours, SearchMethod, Vectors
from rca_search.stores.faiss_io import faiss_module, parsed_file, selector
from rca_search.stores.names import ROWS
from rca_search.stores.row_file import RowFile, Spool
from rca_search.stores.vectors import best, candidates
from rca_search.views import Mask, View

GRAPH = "vectors.hnsw"
LINKS, BUILD_BREADTH, BREADTH = 32, 80, 256


class HnswWriter:
    """Rows in a file, then a graph over their 8-bit form, on one thread."""

    kind = "hnsw"

    def __init__(self, dimension: int, scratch: Path) -> None:
        """Start with no row."""
        self._spool = Spool(scratch / ROWS, dimension)

    def add(self, vectors: Vectors, /) -> None:
        """Append rows."""
        self._spool.add(vectors)

    def artefacts(self) -> dict[str, bytes | Path]:
        """Return the finished files."""
        module, spool = faiss_module(), self._spool
        steps = faiss.ScalarQuantizer.QT_8bit
        index = module.IndexHNSWSQ(spool.dimension, steps, LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_BREADTH
        index.train(spool.sample(20_000)[1])
        for _, block in spool.blocks():
            index.add(block)
        graph = spool.path.with_name(GRAPH)
        faiss.write_index(index, str(graph))
        return {GRAPH: graph, ROWS: spool.path}


class HnswStore:
    """Candidates from the graph, scores from the file."""

    def __init__(self, artefacts: Artefacts) -> None:
        """Open what the writer gave."""
        index: Any = parsed_file(artefacts[GRAPH])  # type: ignore[arg-type]
        self._index = index
        self._rows = RowFile(artefacts[ROWS], index.d)  # type: ignore[arg-type]
        self.method = SearchMethod(False, f"graph: {LINKS} links, breadth {BREADTH} or k", float("nan"))

    def search(self, vector: Vectors, /, *, k: int, view: View, within: Mask | None = None) -> Neighbours:
        """Return the ``k`` nearest that a walk over the graph finds."""
        wanted = k + k // 8 + 16
        allowed = candidates(view, within, k, self._rows.size)
        chosen, _bits = (None, None) if allowed.all() else selector(allowed)
        params = faiss_module().SearchParametersHNSW(efSearch=max(BREADTH, wanted), sel=chosen)
        rows = self._index.search(vector[np.newaxis], wanted, params=params)[1][0]
        rows = np.sort(rows[rows >= 0])
        return best(rows, self._rows.dots(vector, rows), k)
