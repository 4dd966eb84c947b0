"""The store of large corpora: inverted lists of 8-bit rows in memory, single-precision rows on disk.

FAISS finds candidates in the lists nearest to the question; the rows in the file decide. A restricted view
is searched exactly, by reading what is visible of the file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Artefacts, Neighbours, Scores, SearchMethod, Vectors
from rca_search.stores.faiss_io import faiss_module, selector
from rca_search.stores.list_index import ListIndex, list_of_each_row, opened_lists
from rca_search.stores.names import LISTS, ROWS, TUNING
from rca_search.stores.row_file import RowFile
from rca_search.stores.vectors import best, candidates, checked_rows, unit_query
from rca_search.views import Mask, Ordinals, View

FEW_ROWS = 2048
"""So few rows are compared one by one: reading them takes no longer than searching the lists for them."""

# How many candidates more than asked for are scored from the file: 8-bit scores are off by about 0.0005.
_MARGIN_ROWS = 16
_MARGIN_SHARE = 8
# How many rows are looked at for each candidate at least, where many neighbours are asked for.
_LOOKED_AT = 32
# How many times more of them where a filter is set: it may leave out just what is near, and rows that are far
# from a question are spread over more lists. Up to so many rows all are looked at, which takes milliseconds.
_FILTERED = 2
_ALL_LOOKED_AT = 50_000
# How many times more lists are probed where they held too few rows after all.
_WIDER = 4


@dataclass(frozen=True, slots=True)
class Tuning:
    """How many lists there are and how many a search probes, and what was measured of that.

    ``recall`` is that of the ten nearest over ``questions`` made of the corpus's own vectors.
    """

    lists: int
    probes: int
    recall: float
    questions: int

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Tuning:
        """Read what ``to_bytes`` gave; raises IndexCorruptError where that makes no sense."""
        try:
            tuning = cls(**json.loads(data))
        except (ValueError, TypeError, RecursionError) as error:
            raise _corrupt("The tuning of the vectors cannot be read.") from error
        counts = (tuning.lists, tuning.probes, tuning.questions)
        whole = all(type(count) is int for count in counts) and type(tuning.recall) is float
        if not whole or not 1 <= tuning.probes <= tuning.lists or not 0 <= tuning.recall <= 1:
            raise _corrupt("The tuning of the vectors makes no sense.")
        return tuning


class IvfStore:
    """Lists in memory, rows in a file; any number of threads may search at once."""

    def __init__(self, index: ListIndex, rows: RowFile, tuning: Tuning) -> None:
        """Take lists and file of the same rows; raises IndexCorruptError where they do not fit."""
        if rows.size != index.ntotal or tuning.lists != index.nlist:
            raise _corrupt("The parts of the vectors do not fit together.")
        self._index = index
        self._rows = rows
        self._tuning = tuning
        self._list_of = list_of_each_row(index)

    @classmethod
    def open(cls, artefacts: Artefacts) -> IvfStore:
        """Read what ``IvfStoreWriter`` gave; raises IndexCorruptError where that is damaged."""
        lists, rows, tuning = (artefacts.get(name) for name in (LISTS, ROWS, TUNING))
        if lists is None or rows is None or isinstance(lists, bytes) or isinstance(rows, bytes):
            raise _corrupt("The index has no inverted lists.")
        if not isinstance(tuning, bytes):
            raise _corrupt("The index has no tuning of its vectors.")
        index = opened_lists(lists)
        return cls(index, RowFile(rows, index.d), Tuning.from_bytes(tuning))

    @property
    def method(self) -> SearchMethod:
        """Tell how it searches."""
        if self.size <= FEW_ROWS:
            return SearchMethod(exact=True, description="exact: every row compared, from a file", recall=1.0)
        tuning = self._tuning
        how = f"{tuning.lists:,} inverted lists, 8-bit rows, at least {tuning.probes:,} probed"
        well = f"recall@10 {tuning.recall:.3f} measured on {tuning.questions} of its own vectors"
        return SearchMethod(exact=False, description=f"approximate: {how}; {well}", recall=tuning.recall)

    @property
    def size(self) -> int:
        """Count the rows."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, vector: Vectors, /, *, k: int, view: View, within: Mask | None = None) -> Neighbours:
        """Return the ``k`` most similar rows among the view's chunks, narrowed to ``within``.

        Exact where the view is restricted or few rows are allowed. Elsewhere near rows may be missed, but
        scores and order are exact, and there are as many rows as there would be.
        """
        allowed = candidates(view, within, k, self.size)
        query = unit_query(vector, self.dimension)
        count = int(np.count_nonzero(allowed))
        if not query.any():
            rows = np.flatnonzero(allowed)[:k]
        elif count <= max(FEW_ROWS, _with_margin(k)) or not view.chunks.all():
            rows = np.flatnonzero(allowed)
        else:
            rows = self._proposed(query, k, allowed, count)
        return best(rows, self._rows.dots(query, rows), k)

    def score(self, vector: Vectors, rows: Ordinals, /) -> Scores:
        """Return the cosine of ``vector`` and each of ``rows``, each a function of its row alone."""
        return self._rows.dots(unit_query(vector, self.dimension), checked_rows(rows, self.size))

    def vectors(self, rows: Ordinals, /) -> Vectors:
        """Return the stored vectors of ``rows``, as they were added."""
        return self._rows.take(checked_rows(rows, self.size))

    def _proposed(self, query: Vectors, k: int, allowed: Mask, count: int) -> NDArray[np.int64]:
        """Return at least ``k`` of the ``count`` allowed rows, in their order: the best by 8-bit scores."""
        faiss = faiss_module()
        chosen, _bits = (None, None) if count == self.size else selector(allowed)
        wanted, probes = _with_margin(k), self._probes(query, k, allowed, count)
        while True:
            params = faiss.SearchParametersIVF(nprobe=probes, sel=chosen)
            rows = self._index.search(query[np.newaxis], wanted, params=params)[1][0]
            # FAISS says -1 for "none"; as an ordinal that would be the last row.
            found: NDArray[np.int64] = np.sort(rows[rows >= 0])
            if len(found) >= k or probes == self._tuning.lists:
                return found
            probes = min(_WIDER * probes, self._tuning.lists)

    def _probes(self, query: Vectors, k: int, allowed: Mask, count: int) -> int:
        """Return how many lists to probe to look at enough rows that pass."""
        lists = self._tuning.lists
        enough = max(self._tuning.probes * self.size // lists, _LOOKED_AT * _with_margin(k))
        if count == self.size:
            return min(lists, -(-enough * lists // self.size))
        if count <= _ALL_LOOKED_AT:
            return lists
        passing = np.bincount(self._list_of[allowed], minlength=lists)
        nearest = self._index.quantizer.search(query[np.newaxis], lists)[1][0]
        looked_at = np.cumsum(passing[nearest])
        return min(lists, int(np.searchsorted(looked_at, _FILTERED * enough)) + 1)


def _with_margin(k: int) -> int:
    return k + k // _MARGIN_SHARE + _MARGIN_ROWS


def _corrupt(message: str) -> IndexCorruptError:
    return IndexCorruptError(message, remedy="Build the index again.")
