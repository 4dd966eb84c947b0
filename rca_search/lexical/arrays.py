"""One array to bytes and back, in NumPy's ``.npy`` format without pickles; runs and sums of places."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rca_search.errors import IndexCorruptError

_Whole = TypeVar("_Whole", bound=np.integer)


def to_bytes(array: NDArray[Any]) -> bytes:
    """Return ``array`` as the bytes of a ``.npy`` file; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def from_bytes(artefacts: Mapping[str, bytes], name: str, dtype: DTypeLike) -> NDArray[Any]:
    """Return the one-dimensional array of artefact ``name``, read-only and without a copy.

    Raises IndexCorruptError where the artefact is missing, cut, longer than it says or of another type.
    """
    try:
        data = artefacts[name]
        file = io.BytesIO(data)
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("another version of the array format")
        shape, _, found = np.lib.format.read_array_header_1_0(file)
        if len(shape) != 1 or found != np.dtype(dtype) or found.hasobject:
            raise ValueError(f"{found} of shape {shape}")
        if len(data) - file.tell() != shape[0] * found.itemsize:
            raise ValueError("its length differs from what its header says")
        return np.frombuffer(data, dtype=found, offset=file.tell())
    except KeyError as error:
        raise IndexCorruptError(f"The index has no {name}.", remedy="Build it again.") from error
    except (ValueError, TypeError, SyntaxError, EOFError, tokenize.TokenError) as error:
        raise IndexCorruptError(f"{name} cannot be read: {error}.", remedy="Build it again.") from error


def spread(first: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the places ``first[n]`` to ``first[n] + lengths[n]`` of each run, one run after the other."""
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    places: NDArray[np.int64] = np.repeat(first - ends + lengths, lengths) + np.arange(total)
    return places


def summed(places: NDArray[np.integer], gains: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return the sum of the ``gains`` of each of ``size`` places, one added after the other as they stand."""
    return np.bincount(places, weights=gains, minlength=size).astype(np.float64, copy=False)


def distinct(values: NDArray[_Whole]) -> NDArray[_Whole]:
    """Return each of ``values`` once, ascending.

    numpy.unique does the same, but loads numpy.ma for it, which a single question would wait for.
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]
