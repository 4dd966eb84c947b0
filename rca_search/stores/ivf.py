"""The store of large corpora: inverted lists of 8-bit rows in memory, single-precision rows on disk.

FAISS finds candidates in the lists nearest to the question; the rows in the file decide. A restricted view
is searched exactly, by reading what is visible of the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Artefacts, Neighbours, Scores, SearchMethod, Vectors, VerifiedFile
from rca_search.stores.faiss_io import faiss_module, parsed_file, selector
from rca_search.stores.names import LISTS, ROWS, TUNING
from rca_search.stores.row_file import RowFile, ScratchFile, Spool
from rca_search.stores.vectors import best, candidates, checked_rows, unit_query, unit_rows
from rca_search.views import Mask, Ordinals, View

# The first bytes of lists of scalar-quantised rows. Whatever else FAISS could read is not for us to parse.
_MAGIC = b"IwSq"


class ListIndex(Protocol):
    """What is used of ``faiss.IndexIVFScalarQuantizer``, which comes without types."""

    ntotal: int
    d: int
    nlist: int
    code_size: int
    metric_type: int
    by_residual: bool
    is_trained: bool
    quantizer: Any
    invlists: Any
    sq: Any
    direct_map: Any

    def train(self, vectors: Vectors, /) -> None:
        """Take the ranges of the 8-bit steps from ``vectors``, and the centres where there are none yet."""

    def add(self, vectors: Vectors, /) -> None:
        """Append rows."""

    def search(self, queries: Vectors, k: int, /, *, params: object) -> tuple[Scores, NDArray[np.int64]]:
        """Return the scores and rows (queries, k) of the best, -1 where there are fewer."""


def opened_lists(file: VerifiedFile) -> ListIndex:
    """Return the index in ``file``; raises IndexCorruptError where it is not what the writer left."""
    if file.size < len(_MAGIC) or file.read(0, len(_MAGIC)) != _MAGIC:
        raise IndexCorruptError("The index has no inverted lists.", remedy="Build it again.")
    index: Any = parsed_file(file)
    if not (_is_ours(index) and _is_finite(index)):
        raise _senseless()
    found: ListIndex = index
    return found


def _is_ours(index: ListIndex) -> bool:
    """Return whether ``index`` is of the type, settings and shapes that the writer gives it."""
    faiss = faiss_module()
    if not isinstance(index, faiss.IndexIVFScalarQuantizer):
        return False
    lists, steps, centres = index.invlists, index.sq, faiss.downcast_index(index.quantizer)
    settings = (
        (index.is_trained, True),
        (index.metric_type, faiss.METRIC_INNER_PRODUCT),
        (index.by_residual, True),
        (index.direct_map.type, faiss.DirectMap.NoMap),
        (index.code_size, index.d),
        (steps.qtype, faiss.ScalarQuantizer.QT_8bit),
        (steps.d, index.d),
        (steps.trained.size(), 2 * index.d),
        (lists.nlist, index.nlist),
        (lists.code_size, index.d),
        (type(centres), faiss.IndexFlatIP),
        (centres.metric_type, faiss.METRIC_INNER_PRODUCT),
        (centres.d, index.d),
        (centres.ntotal, index.nlist),
    )
    return all(found == due for found, due in settings) and centres.codes.size() == 4 * index.nlist * index.d


def _is_finite(index: ListIndex) -> bool:
    """Return whether the centres and the ranges of the 8-bit steps are numbers."""
    faiss = faiss_module()
    centres = faiss.vector_to_array(faiss.downcast_index(index.quantizer).codes).view(np.float32)
    return bool(np.isfinite(centres).all() and np.isfinite(faiss.vector_to_array(index.sq.trained)).all())


def list_of_each_row(index: ListIndex) -> NDArray[np.int32]:
    """Return the number of the list that each row is in; raises IndexCorruptError unless each is in one."""
    faiss, lists = faiss_module(), index.invlists
    sizes = [lists.list_size(number) for number in range(index.nlist)]
    found = np.full(sum(sizes), -1, dtype=np.int32)
    for number, size in enumerate(sizes):
        rows = faiss.rev_swig_ptr(lists.get_ids(number), size) if size else np.empty(0, dtype=np.int64)
        if size and (rows.min() < 0 or rows.max() >= len(found)):
            raise _senseless()
        found[rows] = number
    if len(found) != index.ntotal or np.any(found < 0):
        raise _senseless()
    return found


def _senseless() -> IndexCorruptError:
    return IndexCorruptError("The inverted lists make no sense.", remedy="Build the index again.")


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


QUESTIONS = 256
TARGET = 0.995
"""Share of the ten nearest that the own questions are to find, so that new ones find 0.98."""

_SEED = 1
_NEAREST = 10
# Length of the noise added to a row to make a question of it: the cosine of the two is then about 0.9.
# Every other question lies halfway to another row, because people do not ask in the words of one passage.
_NOISE = 0.5
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Exam:
    """Questions (n, dimension), the two rows each was made of (n, 2), and its ten nearest others, exactly."""

    questions: Vectors
    own: NDArray[np.int64]
    rows: NDArray[np.int64]
    scores: Scores


def tuned(index: ListIndex, rows: RowFile, spool: Spool) -> Tuning:
    """Return the fewest probes that reach the target on rows of ``spool``, and the recall they reach."""
    everything = Tuning(lists=index.nlist, probes=index.nlist, recall=1.0, questions=0)
    if index.ntotal <= FEW_ROWS:
        return everything
    exam = _exam(spool)
    tuning = replace(everything, probes=_fewest_probes(index, spool, exam), questions=len(exam.questions))
    while True:
        tuning = replace(tuning, recall=_recall(IvfStore(index, rows, tuning), exam))
        if tuning.recall >= TARGET or tuning.probes == tuning.lists:
            return tuning
        tuning = replace(tuning, probes=min(tuning.lists, tuning.probes + -(-tuning.probes // 4)))


def _exam(spool: Spool) -> _Exam:
    """Make questions of rows evenly spread, slightly moved, and find their nearest by comparing all."""
    numbers, rows = spool.sample(QUESTIONS)
    noise = np.random.default_rng(_SEED).standard_normal(rows.shape) * (_NOISE / np.sqrt(rows.shape[1]))
    other = np.arange(len(rows))
    other[::2] = np.roll(other, len(rows) // 2)[::2]
    questions = unit_rows(unit_rows(rows + rows[other], spool.dimension) + noise, spool.dimension)
    own = np.stack([numbers, numbers[other]], axis=1)
    nearest = np.zeros((len(own), 0), dtype=np.int64)
    scores = np.zeros((len(own), 0), dtype=np.float32)
    for start, block in spool.blocks():
        similar = questions @ block.T
        asked, which = np.nonzero((own >= start) & (own < start + len(block)))
        similar[asked, own[asked, which] - start] = -np.inf
        scores = np.concatenate([scores, similar], axis=1)
        numbered = np.broadcast_to(np.arange(start, start + len(block)), similar.shape)
        nearest = np.concatenate([nearest, numbered], axis=1)
        kept = np.argpartition(-scores, _NEAREST - 1, axis=1)[:, :_NEAREST]
        nearest, scores = np.take_along_axis(nearest, kept, 1), np.take_along_axis(scores, kept, 1)
    return _Exam(questions, own, nearest, scores)


def _fewest_probes(index: ListIndex, spool: Spool, exam: _Exam) -> int:
    """Return after how many lists, nearest first, the target share of nearest rows has been met."""
    lists = int(index.nlist)
    order = index.quantizer.search(exam.questions, lists)[1]
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(lists), order.shape), axis=1)
    home = index.quantizer.search(spool.take(exam.rows.ravel()), 1)[1].reshape(exam.rows.shape)
    met = np.sort(np.take_along_axis(place, home, axis=1), axis=None)
    return int(met[int(np.ceil(TARGET * len(met))) - 1]) + 1


def _recall(store: IvfStore, exam: _Exam) -> float:
    """Return the share of the nearest rows, or of rows as near, that searches bring in."""
    view = View.everything(store.size, np.arange(store.size, dtype=np.int32))
    hits = 0
    for number, question in enumerate(exam.questions):
        found = store.search(question, k=_NEAREST + exam.own.shape[1], view=view)
        others = found.scores[~np.isin(found.rows, exam.own[number])][:_NEAREST]
        hits += int(np.count_nonzero(others >= exam.scores[number].min() - _ROUNDING))
    return hits / exam.rows.size


_SAMPLE_SEED = 1234
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
    settings.seed, settings.niter, settings.spherical = _SAMPLE_SEED, _ROUNDS, True
    settings.min_points_per_centroid, settings.max_points_per_centroid = 1, _SAMPLE_PER_LIST
    centres = faiss.IndexFlatIP(dimension)
    faiss.Clustering(dimension, lists, settings).train(sample, centres)
    steps = faiss.ScalarQuantizer.QT_8bit
    index: ListIndex = faiss.IndexIVFScalarQuantizer(
        centres, dimension, lists, steps, faiss.METRIC_INNER_PRODUCT, True
    )
    index.train(sample[:: -(-len(sample) // _RANGE_SAMPLE)])
    return index
