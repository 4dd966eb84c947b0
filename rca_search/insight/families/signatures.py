"""A short vector of whole numbers for each incident, of which the likeness of two incidents is computed.

A signature has parts side by side, each of length ``SCALE`` but for rounding: meanings (title, symptom,
cause, all that is told) and sketches of words and of spelling. Because every value is a whole number and
small, sums and products of them are exact in floating point, in whatever order they are taken: a likeness
does not depend, not even in its last bit, on what else is compared at the same time.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError

PARTS = ("title", "symptom", "cause", "told", "words", "spelling")
"""The parts of a signature in their order."""

SCALE = 256
"""Length of each part: a product of two is at most ``SCALE`` squared, which a 32-bit float holds exactly."""

_LARGEST = np.iinfo(np.int8).max

Whole = NDArray[np.int8]
Products = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Signatures (incidents, width), one row each; ``bounds`` are the columns of each part."""

    rows: Whole
    bounds: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, parts: Mapping[str, NDArray[np.float64]]) -> Signatures:
        """Join ``parts``, each (incidents, own width), brought to length ``SCALE`` and rounded."""
        bounds: dict[str, tuple[int, int]] = {}
        start = 0
        for name in PARTS:
            bounds[name] = (start, start + parts[name].shape[1])
            start = bounds[name][1]
        return cls(np.concatenate([_rounded(parts[name]) for name in PARTS], axis=1), bounds)

    @classmethod
    def open(cls, content: bytes, bounds: Mapping[str, tuple[int, int]]) -> Signatures:
        """Read what ``to_bytes`` gave; raises IndexCorruptError where it does not fit ``bounds``."""
        try:
            rows = np.load(io.BytesIO(content), allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise IndexCorruptError("Signatures cannot be read.", remedy="Build the index again.") from error
        ends = [end for _, end in bounds.values()]
        if rows.dtype != np.int8 or rows.ndim != 2 or set(bounds) != set(PARTS) or max(ends) != rows.shape[1]:
            raise IndexCorruptError("Signatures do not fit.", remedy="Build the index again.")
        return cls(rows, bounds)

    def to_bytes(self) -> bytes:
        """Return the rows in NumPy's own format."""
        stream = io.BytesIO()
        np.save(stream, self.rows, allow_pickle=False)
        return stream.getvalue()

    def part(self, name: str, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return one part of the signatures at ``places``, (places, width of the part)."""
        first, end = self.bounds[name]
        return self.rows[places, first:end].astype(np.float32)

    def __len__(self) -> int:
        """Count the incidents."""
        return len(self.rows)


def products(one: NDArray[np.float32], other: NDArray[np.float32]) -> Products:
    """Return the exact products of two sets of signatures, (one, other); cosines times ``SCALE`` squared."""
    return (one @ other.T).astype(np.float64)


def _rounded(values: NDArray[np.float64]) -> Whole:
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    unit = values / np.where(lengths > 0, lengths, 1.0)[:, None]
    return np.clip(np.rint(unit * SCALE), -_LARGEST, _LARGEST).astype(np.int8)
