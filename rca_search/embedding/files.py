"""The files of an exported encoder: their names, their digest, and how precise the model in them is.

Nothing here needs numpy: the files can be verified while everything else is still being imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MODEL = "model.onnx"
WEIGHTS = "weights.bin"
TOKENIZER = "tokenizer.json"
DESCRIPTION = "encoder.json"
ENCODER_FILES = frozenset({MODEL, WEIGHTS, TOKENIZER, DESCRIPTION})

FIRST_WITH_WEIGHTS = 2
"""The first ``format`` of a description whose weights lie beside the model; before, the model held them."""

Precision = Literal["fp32", "int8"]
"""What the weights can be: as they were published, or quantised to eight bits."""

_ORDER = (MODEL, WEIGHTS, TOKENIZER, DESCRIPTION)

_REVISION = "onnx/1"
"""Raised when the way of running a model changes its vectors."""


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """The files of an exported encoder by name, and the digest of all that shapes its vectors.

    ``model`` and ``weights`` are the content itself or a verified file of an index; ``weights`` is None
    where the model holds them.
    """

    model: bytes | Path
    weights: bytes | Path | None
    tokenizer: bytes
    description: bytes
    fingerprint: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> ExportedFiles:
        """Join the contents of the files; raises KeyError where one other than the weights is missing."""
        sha256 = {name: hashlib.sha256(part).hexdigest() for name, part in files.items()}
        return cls.verified(files, files, sha256)

    @classmethod
    def verified(
        cls, files: Mapping[str, bytes | Path], small: Mapping[str, bytes], sha256: Mapping[str, str]
    ) -> ExportedFiles:
        """Join the model and its weights in ``files`` with the ``small`` files, all hashed already."""
        digests = [sha256[name] for name in _ORDER if name in files or name in small]
        fingerprint = hashlib.sha256(" ".join([_REVISION, *digests]).encode()).hexdigest()
        return cls(files[MODEL], files.get(WEIGHTS), small[TOKENIZER], small[DESCRIPTION], fingerprint)

    def contents(self) -> dict[str, bytes | Path]:
        """Return the files by the names that they have in an index."""
        files: dict[str, bytes | Path] = {MODEL: self.model}
        if self.weights is not None:
            files[WEIGHTS] = self.weights
        return {**files, TOKENIZER: self.tokenizer, DESCRIPTION: self.description}
