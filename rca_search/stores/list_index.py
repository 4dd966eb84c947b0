"""Reading inverted lists, and making sure that they are what the writer left."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.protocols import Scores, Vectors, VerifiedFile
from rca_search.stores.faiss_io import faiss_module, parsed_file

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
    """Tell whether ``index`` is of the type, settings and shapes that the writer gives it."""
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
    """Tell whether the centres and the ranges of the 8-bit steps are numbers."""
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
