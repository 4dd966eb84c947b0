"""The documents that exist for one question.

Access rules, replay as of a date, documents left out and an incident that must not find itself are
all views. Document counts, term statistics, average lengths and score normalisation come from the
view alone, so that an answer over a corpus equals the answer over only the visible part of it. A
filter is different: it narrows the candidates and leaves the statistics as they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Ordinals = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Visible documents and, derived from them, visible chunks.

    ``documents`` has one flag per document ordinal, ``chunk_documents`` maps each chunk to the
    ordinal of its document (non-decreasing), ``chunks`` has one flag per chunk. ``key`` is a digest
    of the visible set, for caches.
    """

    documents: Mask
    chunk_documents: Ordinals
    chunks: Mask
    key: str

    @classmethod
    def of(cls, documents: Mask, chunk_documents: Ordinals) -> View:
        """Build the view in which exactly the flagged ``documents`` exist."""
        key = hashlib.sha256(np.packbits(documents).tobytes()).hexdigest()
        return cls(documents, chunk_documents, documents[chunk_documents], key)

    @classmethod
    def everything(cls, documents: int, chunk_documents: Ordinals) -> View:
        """Build the view in which all ``documents`` exist."""
        return cls.of(np.ones(documents, dtype=np.bool_), chunk_documents)

    def restricted(self, documents: Mask) -> View:
        """Return the view of what is visible both here and in ``documents``."""
        return View.of(self.documents & documents, self.chunk_documents)

    def without(self, *ordinals: int) -> View:
        """Return this view with the documents at ``ordinals`` left out."""
        keep = np.ones(len(self.documents), dtype=np.bool_)
        keep[list(ordinals)] = False
        return self.restricted(keep)

    def __len__(self) -> int:
        """Count the visible documents."""
        return int(np.count_nonzero(self.documents))
