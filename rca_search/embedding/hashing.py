"""A deterministic stand-in for a model, for tests only: words hashed to directions.

Texts that share words are similar, nothing else is; it knows no meaning.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rca_search.protocols import Encoded, TextKind, TokenVectors, Vectors

DIMENSION = 64
WINDOW = 128
_WORD = re.compile(r"\w+|[^\w\s]")


class HashingEncoder:
    """Sums one fixed random direction per word; a function of the text alone."""

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return "test-hashing"

    @property
    def fingerprint(self) -> str:
        """Digest of the rule."""
        return hashlib.sha256(f"hashing/1 {DIMENSION} {WINDOW}".encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest text encoded whole."""
        return WINDOW

    def files(self) -> dict[str, bytes | Path]:
        """Return no file: the rule is all there is."""
        return {}

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Count words and punctuation marks."""
        return [sum(1 for _ in _WORD.finditer(text)) for text in texts]

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:  # noqa: ARG002
        """Encode each text by itself; what lies beyond the window is cut."""
        passes = [_encode(text) for text in texts]
        vectors = np.zeros((len(passes), DIMENSION), dtype=np.float32)
        for row, part in enumerate(passes):
            pooled = part.vectors.sum(axis=0)
            norm = float(np.linalg.norm(pooled))
            vectors[row] = pooled / norm if norm > 0 else pooled
        return Encoded(vectors, tuple(passes) if tokens else ())


def _encode(text: str) -> TokenVectors:
    found = list(_WORD.finditer(text))[:WINDOW]
    vectors: Vectors = np.zeros((len(found), DIMENSION), dtype=np.float32)
    for row, match in enumerate(found):
        vectors[row] = _direction(match.group().casefold())
    offsets = np.asarray([match.span() for match in found], dtype=np.int32).reshape(-1, 2)
    return TokenVectors(vectors, offsets)


@functools.lru_cache(maxsize=65536)
def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    direction = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    unit: Vectors = direction / np.linalg.norm(direction)
    unit.setflags(write=False)
    return unit
