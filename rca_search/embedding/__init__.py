"""Turning text into vectors."""

from __future__ import annotations

import logging
import os

from rca_search.embedding.model_files import DEFAULT_MODEL
from rca_search.protocols import Encoder

__all__ = ["DEFAULT_MODEL", "TEST_MODEL", "load_encoder"]

TEST_MODEL = "test-hashing"

_log = logging.getLogger(__name__)


def load_encoder(name: str = DEFAULT_MODEL, *, workers: int | None = None) -> Encoder:
    """Load the encoder called ``name``; ``workers`` defaults to the processors this process may use.

    Raises EncoderUnavailableError where the model is missing or damaged.
    """
    if name == TEST_MODEL:
        from rca_search.embedding.hashing import HashingEncoder

        _log.warning("The model %s knows no meaning: it is for tests only.", TEST_MODEL)
        return HashingEncoder()
    from rca_search.embedding.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, workers=workers or _processors())


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
