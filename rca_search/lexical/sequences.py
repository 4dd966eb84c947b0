"""The terms of texts in order, repeats included, as places in the vocabulary of the index.

Postings say which text holds a term; this says what a text holds, so that a text need not be read and cut
into terms to be compared with a question. Text ``n`` of a family has the numbers
``terms[offsets[n]:offsets[n + 1]]``: signed, four bytes each, little-endian, without a header, since the file
is read in parts where it is large.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.lexical.arrays import from_bytes, spread, to_bytes
from rca_search.lexical.vocabulary import Numbering, Vocabulary
from rca_search.protocols import Artefacts, VerifiedFile

PASSAGES = "passages"
TITLES = "titles"

_ELEMENT = np.dtype("<i4")
_HELD_BYTES = 16 << 20
"""Size up to which all terms are held: a read for each of a hundred passages takes longer than the rest."""


def terms_file(family: str) -> str:
    """Return the name of the file with the terms of all texts of ``family``."""
    return f"sequences.{family}.i32"


def _offsets_file(family: str) -> str:
    return f"sequences.{family}.offsets.npy"


READ_IN_PARTS = frozenset({terms_file(PASSAGES)})
"""Files that grow with the corpus and of which an answer needs little."""


class SequenceWriter:
    """Takes the terms of text after text; memory grows by four bytes for each."""

    def __init__(self, family: str, numbering: Numbering) -> None:
        """Start with no text; ``numbering`` is that of the postings of the same index."""
        self._family = family
        self._numbering = numbering
        self._terms = array("i")
        self._offsets = array("q", [0])

    def add(self, tokens: Sequence[str]) -> None:
        """Append the next text; an empty token counts in no way."""
        self._terms.extend(self._numbering.of(filter(None, tokens)))
        self._offsets.append(len(self._terms))

    def take(self, source: Sequences, vocabulary: Vocabulary, text: int) -> None:
        """Append a text of ``source``, whose terms are places in ``vocabulary``, as the next text."""
        terms, _ = source.of(np.asarray([text]))
        self._terms.frombytes(self._numbering.taken(vocabulary, terms).tobytes())
        self._offsets.append(len(self._terms))

    def artefacts(self) -> dict[str, bytes]:
        """Return the finished files by name, once all terms of the index are numbered."""
        terms = self._numbering.places[np.frombuffer(self._terms, dtype=np.int32)]
        return {
            terms_file(self._family): terms.astype(_ELEMENT).tobytes(),
            _offsets_file(self._family): to_bytes(np.frombuffer(self._offsets, dtype=np.int64)),
        }


class Sequences:
    """The read side; any number of threads may read at once."""

    def __init__(self, content: bytes | VerifiedFile, offsets: NDArray[np.int64], terms: int) -> None:
        """Take the numbers, below ``terms``, and where each text begins, the end of the last included.

        Raises IndexCorruptError where they do not fit together.
        """
        size = len(content) if isinstance(content, bytes) else content.size
        ordered = len(offsets) > 0 and offsets[0] == 0 and bool(np.all(offsets[1:] >= offsets[:-1]))
        if not ordered or offsets[-1] * _ELEMENT.itemsize != size:
            raise _damaged()
        self._offsets = offsets
        self._distinct = terms
        if not isinstance(content, bytes) and size <= _HELD_BYTES:
            content = content.read(0, size)
        # All terms where they are held, else the file that they are read from.
        self._terms = self._checked(content) if isinstance(content, bytes) else content

    @classmethod
    def open(cls, artefacts: Artefacts, family: str, vocabulary: Vocabulary) -> Sequences:
        """Read what ``SequenceWriter.artefacts`` gave; raises IndexCorruptError, also where a part lacks."""
        whole: Mapping[str, bytes] = {n: each for n, each in artefacts.items() if isinstance(each, bytes)}
        offsets = from_bytes(whole, _offsets_file(family), np.int64)
        content = artefacts.get(terms_file(family))
        if content is None:
            raise _damaged()
        return cls(content, offsets, len(vocabulary))

    def __len__(self) -> int:
        """Count the texts."""
        return len(self._offsets) - 1

    def of(self, texts: NDArray[np.integer]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the terms of ``texts`` one text after the other, and how many each has."""
        first, lengths = self._offsets[texts], self._offsets[texts + 1] - self._offsets[texts]
        if isinstance(self._terms, np.ndarray):
            return self._terms[spread(first, lengths)], lengths
        starts, sizes = (first * _ELEMENT.itemsize).tolist(), (lengths * _ELEMENT.itemsize).tolist()
        parts = [self._terms.read(start, size) for start, size in zip(starts, sizes, strict=True)]
        return self._checked(b"".join(parts)), lengths

    def _checked(self, content: bytes) -> NDArray[np.int32]:
        terms: NDArray[np.int32] = np.frombuffer(content, dtype=_ELEMENT)
        if len(terms) and not 0 <= terms.min() <= terms.max() < self._distinct:
            raise _damaged()
        return terms


def _damaged() -> IndexCorruptError:
    return IndexCorruptError("The terms of texts do not fit together.", remedy="Build it again.")
