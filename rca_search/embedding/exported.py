"""The encoder that an index carries: an exported model run by ONNX Runtime, without torch.

One text per call, unpadded, on one thread; calls run side by side. A vector is a function of its text alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rca_search.embedding.files import ENCODER_FILES, FIRST_WITH_WEIGHTS, WEIGHTS, ExportedFiles
from rca_search.errors import EncoderUnavailableError, IndexCorruptError
from rca_search.protocols import Encoded, TextKind, TokenVectors, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

__all__ = ["ENCODER_FILES", "ExportedEncoder"]

# ONNX Runtime reports its use to its maker from the moment it is imported, unless this was set before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


class ExportedEncoder:
    """Encodes with an exported model; safe for any number of threads."""

    def __init__(
        self,
        files: ExportedFiles,
        session: InferenceSession,
        tokenizer: Tokenizer,
        *,
        workers: int,
    ) -> None:
        """Take an open session and a tokenizer that neither cuts nor pads."""
        self._files = files
        self._session = session
        self._tokenizer = tokenizer
        self._workers = max(1, workers)
        described: dict[str, Any] = json.loads(files.description)
        self._name = str(described["name"])
        self._dimension = int(described["dimension"])
        self._window = int(described["window"])
        self._inputs: list[str] = described["inputs"]
        self._prompts: dict[str, str] = described["prompts"]
        self._special = tokenizer.num_special_tokens_to_add(is_pair=False)

    @classmethod
    def open(cls, files: ExportedFiles, *, workers: int = 1) -> ExportedEncoder:
        """Open verified files; ``workers`` texts are encoded side by side.

        Weights that are a file lie beside the model. Raises EncoderUnavailableError where ONNX Runtime is not
        installed, IndexCorruptError where the files are no encoder.
        """
        try:
            from tokenizers import Tokenizer

            return cls(files, _session(files), Tokenizer.from_buffer(files.tokenizer), workers=workers)
        except ImportError as error:
            raise EncoderUnavailableError(
                f"The package {error.name} is not installed.",
                remedy="Install it with: pip install rca-search",
            ) from error
        except Exception as error:
            raise IndexCorruptError(
                f"The encoder of the index cannot be opened: {error}", remedy="Build the index again."
            ) from error

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Digest of the exported files and the way they are run."""
        return self._files.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest text encoded whole: the window less special tokens and prompt."""
        longest = max(self.count_tokens(list(self._prompts.values())), default=0)
        return self._window - self._special - longest

    def files(self) -> dict[str, bytes | Path]:
        """Return the files that ``open`` takes, by the names they have in an index."""
        return self._files.contents()

    def prompt(self, kind: TextKind) -> str:
        """Return what goes before a text of ``kind``."""
        return self._prompts.get(kind, "")

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Count the tokens of each text, special ones left out, without any cut."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def encode(self, texts: Sequence[str], /, *, kind: TextKind, tokens: bool = False) -> Encoded:
        """Encode each text by itself; what lies beyond the window is cut."""
        if self._workers == 1 or len(texts) < 2:
            passes = [self._forward(text, kind, tokens) for text in texts]
        else:
            with ThreadPoolExecutor(self._workers) as pool:
                passes = list(pool.map(lambda text: self._forward(text, kind, tokens), texts))
        vectors = np.empty((len(passes), self._dimension), dtype=np.float32)
        for row, (vector, _) in enumerate(passes):
            vectors[row] = vector
        return Encoded(vectors, tuple(part for _, part in passes if part is not None))

    def _forward(self, text: str, kind: TextKind, tokens: bool) -> tuple[Vectors, TokenVectors | None]:
        prompt = self.prompt(kind)
        encoding = self._tokenizer.encode(prompt + text, add_special_tokens=False)
        encoding.truncate(self._window - self._special)
        encoding = self._tokenizer.post_process(encoding)
        feed = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.asarray([feed[name]], dtype=np.int64) for name in self._inputs}
        outputs: Any = self._session.run(["pooled", "tokens"] if tokens else ["pooled"], arrays)
        vector = _unit(outputs[0])[0]
        if not tokens:
            return vector, None
        offsets = np.asarray(encoding.offsets, dtype=np.int32).reshape(-1, 2) - len(prompt)
        own = (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 0] >= 0)
        return vector, TokenVectors(_unit(outputs[1][0][own]), offsets[own])


def _session(files: ExportedFiles) -> InferenceSession:
    """Open the model; weights that lie beside it are mapped, not read."""
    import onnxruntime

    model, weights = files.model, files.weights
    if weights is None and json.loads(files.description)["format"] >= FIRST_WITH_WEIGHTS:
        raise ValueError(f"the file {WEIGHTS} is missing")  # unverified, it might lie there nevertheless
    options = _options()
    if weights is not None and not _beside(model, weights):
        content = weights if isinstance(weights, bytes) else weights.read_bytes()
        options.add_external_initializers_from_files_in_memory([WEIGHTS], [content], [len(content)])
    opened = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(opened, options, providers=["CPUExecutionProvider"])


def _beside(model: bytes | Path, weights: bytes | Path) -> bool:
    """Return whether both are files of one folder, links followed: ONNX Runtime maps no others."""
    if isinstance(model, bytes) or isinstance(weights, bytes):
        return False
    return model.resolve().parent == weights.resolve().parent


def _options() -> SessionOptions:
    """One thread per call: sums are taken in one order, and calls side by side do not fight for cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit
