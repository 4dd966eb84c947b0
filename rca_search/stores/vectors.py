"""What all stores share: the checks of what comes in, unit length, and the order of what goes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import InvalidRequestError
from rca_search.protocols import Neighbours, Vectors
from rca_search.views import Mask, Ordinals, View

_UNIT_TOLERANCE = 1e-3
_ALREADY_UNIT = 1e-6
"""Rounding to single precision leaves a vector of unit length this close to it."""


def unit_rows(vectors: Vectors, dimension: int) -> Vectors:
    """Return the rows of ``vectors`` (n, dimension) at unit length, zero rows as they are.

    Each row comes out the same whatever stands beside it, and one of unit length to the last bit as it is:
    what a store gave can be added again. Raises InvalidRequestError on another shape
    and on a value that is not finite.
    """
    given = np.asarray(vectors)
    if given.ndim != 2 or given.shape[1] != dimension or given.dtype.kind not in "fiu":
        raise InvalidRequestError(
            f"Vectors of shape {given.shape} and type {given.dtype} do not fit dimension {dimension}."
        )
    # In double precision no square of a single-precision number overflows or vanishes.
    exact = np.ascontiguousarray(given, dtype=np.float64)
    if not np.all(np.abs(exact) <= np.finfo(np.float32).max):
        raise InvalidRequestError("A vector holds a value that is not finite.")
    lengths = np.sqrt(np.vecdot(exact, exact))
    lengths[(lengths == 0) | (np.abs(lengths - 1) < _ALREADY_UNIT)] = 1
    unit: Vectors = (exact / lengths[:, np.newaxis]).astype(np.float32)
    return unit


def unit_query(vector: Vectors, dimension: int) -> Vectors:
    """Return ``vector`` (dimension,) at unit length; raises InvalidRequestError as ``unit_rows`` does."""
    given = np.asarray(vector)
    if given.ndim != 1:
        raise InvalidRequestError(f"A query is one vector, not an array of shape {given.shape}.")
    unit: Vectors = unit_rows(given[np.newaxis], dimension)[0]
    return unit


def are_unit_rows(matrix: Vectors) -> bool:
    """Return whether every row is finite and of length one or zero, as the writers leave them."""
    # Damaged rows may hold anything; an overflow is an answer here, not a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.vecdot(matrix, matrix)
    return bool(np.all((np.abs(squares - 1) < _UNIT_TOLERANCE) | (squares == 0)))


def checked_rows(rows: Ordinals, size: int) -> NDArray[np.int64]:
    """Return ``rows`` as 64-bit integers; raises InvalidRequestError where one does not exist."""
    wide = np.ascontiguousarray(rows, dtype=np.int64)
    if wide.ndim != 1 or (len(wide) and (wide.min() < 0 or wide.max() >= size)):
        raise InvalidRequestError(f"Rows go from 0 to {size - 1}.")
    return wide


def candidates(view: View, within: Mask | None, k: int, size: int) -> Mask:
    """Return a flag per row: visible and within.

    Raises InvalidRequestError where ``k`` is negative, ValueError where a mask is of another index.
    """
    if k < 0:
        raise InvalidRequestError(f"Cannot return {k} neighbours.")
    if len(view.chunks) != size or (within is not None and within.shape != (size,)):
        raise ValueError(f"the view or the filter is not of the {size} rows of this store")
    return view.chunks if within is None else view.chunks & within


def best(rows: NDArray[np.int64], scores: NDArray[np.floating], k: int) -> Neighbours:
    """Return the ``k`` best of ``rows``, best first, equal scores by row."""
    if 0 < k < len(rows):
        # Everything that ties with the last place stays until the order by row decides.
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        keep = np.flatnonzero(scores >= threshold)
        rows, scores = rows[keep], scores[keep]
    order = np.lexsort((rows, -scores))[:k]
    return Neighbours(rows[order].astype(np.int32), scores[order])
