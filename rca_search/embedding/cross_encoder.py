"""A cross-encoder that the user has on this machine: reads a question and a passage together.

Nothing is ever downloaded. It runs on PyTorch through sentence-transformers, which are imported only here and
only when it is first asked: it takes seconds to load, and an answer takes seconds longer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rca_search.embedding.model_files import find_model
from rca_search.errors import EncoderUnavailableError
from rca_search.protocols import Scores

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 8
_HEAD = "ForSequenceClassification"


class CrossEncoderReranker:
    """The cross-encoder called ``name``: a folder, or a name in the local model cache; safe to share."""

    def __init__(self, name: str) -> None:
        """Take the name; the model is loaded by ``load`` or at the first question."""
        self._name = name
        self._working = threading.Lock()

    @property
    def name(self) -> str:
        """What a person calls the model: for a folder, its last part."""
        return Path(self._name).name

    def load(self) -> None:
        """Load the model now; raises EncoderUnavailableError where it or its packages are missing."""
        with self._working:
            _ = self._model

    def score(self, pairs: Sequence[tuple[str, str]], /) -> Scores:
        """Return one score per pair of question and passage, higher for a better fit.

        Raises EncoderUnavailableError as ``load`` does, and where a score is no number.
        """
        if not pairs:
            return np.zeros(0, dtype=np.float32)
        with self._working:  # its tokenizer keeps state between calls
            model = self._model
            import torch  # there by now: the model runs on it

            found = model.predict(
                list(pairs),
                batch_size=_BATCH,
                show_progress_bar=False,
                activation_fn=torch.nn.Identity(),
            )
        scores: Scores = np.asarray(found, dtype=np.float32).reshape(len(pairs))
        if not np.isfinite(scores).all():
            raise EncoderUnavailableError(
                f"The cross-encoder {self.name!r} gives scores that are no numbers.",
                remedy="Check its files, or ask without --rerank.",
            )
        return scores

    @cached_property
    def _model(self) -> CrossEncoder:
        try:
            from safetensors import SafetensorError
            from sentence_transformers import CrossEncoder
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise EncoderUnavailableError(
                f"The package {error.name} is not installed.",
                remedy="Reranking needs: pip install sentence-transformers (or ask without --rerank)",
            ) from error
        folder = self._folder()
        transformers_logging.disable_progress_bar()
        transformers_logging.set_verbosity_error()
        try:
            return CrossEncoder(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, SafetensorError) as error:
            raise EncoderUnavailableError(
                f"The cross-encoder {self._name!r} cannot be loaded: {error}",
                remedy="Check that the folder holds a complete model.",
            ) from error

    def _folder(self) -> Path:
        """Return where the model lies, once it is clear that it is a cross-encoder with one score a pair.

        Another model would be loaded with a head of random weights, and its scores mean nothing.
        """
        folder = _found(self._name)
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            heads = [str(name) for name in config.get("architectures") or ()]
            labels = len(config.get("id2label") or ()) or int(config.get("num_labels", 1))
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise EncoderUnavailableError(
                f"The config.json of model {self._name!r} cannot be read: {error}.",
                remedy="Check that the folder holds a complete model.",
            ) from error
        if labels != 1 or not any(head.endswith(_HEAD) for head in heads):
            raise EncoderUnavailableError(
                f"Model {self._name!r} is not a cross-encoder that gives one score for a pair of texts.",
                remedy="Name one for reranking, such as cross-encoder/ms-marco-MiniLM-L6-v2, fetched before.",
            )
        return folder


def _found(name: str) -> Path:
    """Find the folder of a model, also where the name lacks the owner that most cross-encoders have."""
    try:
        return find_model(name).folder
    except EncoderUnavailableError as error:
        if "/" in name or Path(name).is_dir():
            raise
        try:
            return find_model(f"cross-encoder/{name}").folder
        except EncoderUnavailableError:
            raise error from None
