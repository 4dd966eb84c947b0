"""How many lists a search has to probe: measured on the corpus itself when it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rca_search.protocols import Scores, Vectors
from rca_search.stores.ivf import FEW_ROWS, IvfStore, Tuning
from rca_search.stores.list_index import ListIndex
from rca_search.stores.row_file import RowFile
from rca_search.stores.spool import Spool
from rca_search.stores.vectors import unit_rows
from rca_search.views import View

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
