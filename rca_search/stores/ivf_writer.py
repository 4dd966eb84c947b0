"""Writing inverted lists: rows wait in a file, the lists are made when all are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rca_search.protocols import Vectors
from rca_search.stores.faiss_io import faiss_module
from rca_search.stores.ivf_tuning import tuned
from rca_search.stores.list_index import ListIndex
from rca_search.stores.names import LISTS, ROWS, TUNING
from rca_search.stores.row_file import RowFile
from rca_search.stores.spool import ScratchFile, Spool

_SEED = 1234
_ROUNDS = 10
# Lists per square root of the rows, and rows per list that the centres are found from.
_LISTS_PER_ROOT = 4
_SAMPLE_PER_LIST = 40
# Rows that the ranges of the 8-bit steps are taken from.
_RANGE_SAMPLE = 20_000


class IvfStoreWriter:
    """Takes rows in order, gives the rows, the lists and how they are to be searched.

    One thread and fixed seeds: the same rows give the same bytes, however they were added. Memory is bounded
    by the lists in 8 bits and the sample that their centres are found from.
    """

    def __init__(self, spool: Spool) -> None:
        """Take over a spool whose file may become an artefact."""
        self._spool = spool

    @classmethod
    def empty(cls, dimension: int, scratch: Path) -> IvfStoreWriter:
        """Start with no row."""
        return cls(Spool(scratch / ROWS, dimension))

    @property
    def kind(self) -> str:
        """Name of the store that opens what this writes."""
        return "ivf"

    def add(self, vectors: Vectors, /) -> None:
        """Append rows (n, dimension); raises InvalidRequestError on another shape or values not finite."""
        self._spool.add(vectors)

    def artefacts(self) -> Mapping[str, bytes | Path]:
        """Return the finished files by name; same rows, same bytes, however they were added."""
        spool = self._spool
        index = _trained(spool)
        for _, block in spool.blocks():
            index.add(block)
        lists = spool.path.with_name(LISTS)
        faiss_module().write_index(index, str(lists))
        with ScratchFile(spool.path) as file:
            tuning = tuned(index, RowFile(file, spool.dimension), spool)
        return {LISTS: lists, ROWS: spool.path, TUNING: tuning.to_bytes()}


def _trained(spool: Spool) -> ListIndex:
    """Return empty lists whose centres and 8-bit steps fit the rows."""
    faiss, dimension = faiss_module(), spool.dimension
    lists = max(1, min(spool.rows, round(_LISTS_PER_ROOT * spool.rows**0.5)))
    sample = spool.sample(_SAMPLE_PER_LIST * lists)[1]
    if not len(sample):
        sample = np.zeros((1, dimension), dtype=np.float32)
    settings = faiss.ClusteringParameters()
    settings.seed, settings.niter, settings.spherical = _SEED, _ROUNDS, True
    settings.min_points_per_centroid, settings.max_points_per_centroid = 1, _SAMPLE_PER_LIST
    centres = faiss.IndexFlatIP(dimension)
    faiss.Clustering(dimension, lists, settings).train(sample, centres)
    steps = faiss.ScalarQuantizer.QT_8bit
    index: ListIndex = faiss.IndexIVFScalarQuantizer(
        centres, dimension, lists, steps, faiss.METRIC_INNER_PRODUCT, True
    )
    index.train(sample[:: -(-len(sample) // _RANGE_SAMPLE)])
    return index
