"""The encoder that runs a sentence-transformers model, one text per forward pass.

A padded batch changes the last bits of a vector with the company it keeps. One text per call,
unpadded, on one thread, makes a vector a function of its text alone; several such calls run side by
side, which is also the fastest way on a processor.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from rca_search.embedding.model_files import find_model
from rca_search.errors import EncoderUnavailableError
from rca_search.protocols import Encoded, TextKind, TokenVectors, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_REVISION = "sentence-transformers/1 fp32 single"
_PROMPT_NAMES: dict[TextKind, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document"),
}


class SentenceTransformerEncoder:
    """Encodes with any sentence-transformers model that lies on this machine."""

    def __init__(self, name: str, *, workers: int = 1) -> None:
        """Verify and load the model ``name``; ``workers`` texts are encoded side by side.

        Raises EncoderUnavailableError where the model or its package is missing or damaged.
        """
        files = find_model(name)
        self._model = _load(str(files.folder), files.name)
        self._tokenizer: Any = self._model.tokenizer
        self._lock = threading.Lock()
        self._workers = max(1, workers)
        self._window: int = int(self._model.get_max_seq_length() or 512)
        self._special: int = len(self._tokenizer("")["input_ids"])
        self._prompts = {kind: self._prompt(names) for kind, names in _PROMPT_NAMES.items()}
        self._name = files.name
        described = f"{_REVISION} {files.digest} {self._window} {sorted(self._prompts.items())}"
        self._fingerprint = hashlib.sha256(described.encode()).hexdigest()
        self._dimension: int = self.encode(["dimension"], kind="passage").vectors.shape[1]

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Digest of the model's files, its window, its prompts and the way it is run."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest text encoded whole: the window less special tokens and prompt."""
        longest = max((self._count(prompt) for prompt in self._prompts.values()), default=0)
        return self._window - self._special - longest

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Count the tokens of each text, special ones left out, without any cut."""
        if not texts:
            return []
        with self._lock:
            encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        """Encode each text by itself; what lies beyond the window is cut."""
        if self._workers == 1 or len(texts) < 2:
            passes = [self._forward(text, kind, tokens) for text in texts]
        else:
            with ThreadPoolExecutor(self._workers) as pool:
                passes = list(pool.map(lambda text: self._forward(text, kind, tokens), texts))
        dimension = passes[0][0].shape[0] if passes else self._dimension
        vectors = np.empty((len(passes), dimension), dtype=np.float32)
        for row, (vector, _) in enumerate(passes):
            vectors[row] = vector
        return Encoded(vectors, tuple(part for _, part in passes if part is not None))

    def _forward(self, text: str, kind: TextKind, tokens: bool) -> tuple[Vectors, TokenVectors | None]:
        import torch

        prompt = self._prompts[kind]
        with self._lock:
            features: Any = self._model.preprocess([prompt + text])
        with torch.inference_mode():
            output: Any = self._model(features)
        vector = _unit(output["sentence_embedding"][0].numpy()[np.newaxis])[0]
        if not tokens:
            return vector, None
        ids = features["input_ids"][0].tolist()
        return vector, self._tokens(prompt, text, ids, output["token_embeddings"][0].numpy())

    def _tokens(self, prompt: str, text: str, ids: list[int], vectors: Vectors) -> TokenVectors:
        with self._lock:
            encoded = self._tokenizer(
                prompt + text, truncation=True, max_length=self._window, return_offsets_mapping=True
            )
        if encoded["input_ids"] != ids:
            raise EncoderUnavailableError(
                f"Model {self._name!r} cannot tell where its tokens stand in a text."
            )
        offsets = np.asarray(encoded["offset_mapping"], dtype=np.int32).reshape(-1, 2) - len(prompt)
        own = (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 0] >= 0)
        return TokenVectors(_unit(vectors[own]), offsets[own])

    def _prompt(self, names: Sequence[str]) -> str:
        prompts: dict[str, str] = self._model.prompts or {}
        return next((prompts[name] for name in names if prompts.get(name)), "")

    def _count(self, text: str) -> int:
        return self.count_tokens([text])[0] if text else 0


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit


def _load(folder: str, name: str) -> SentenceTransformer:
    try:
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise EncoderUnavailableError(
            f"The package {error.name} is not installed.",
            remedy="Install the build side with: pip install rca-search",
        ) from error
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    # One thread per forward pass: sums are then taken in one order, whatever runs beside it.
    torch.set_num_threads(1)
    try:
        return SentenceTransformer(folder, device="cpu", local_files_only=True, trust_remote_code=False)
    except (
        OSError,
        ValueError,
        RuntimeError,
        LookupError,
        TypeError,
        AttributeError,
        SafetensorError,
    ) as error:
        raise EncoderUnavailableError(
            f"Model {name!r} cannot be loaded: {error}",
            remedy="Check that the folder holds a complete sentence-transformers model.",
        ) from error
