"""Turning text into vectors."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from rca_search.embedding.files import Precision
from rca_search.embedding.model_files import DEFAULT_MODEL
from rca_search.errors import InvalidRequestError

if TYPE_CHECKING:
    from rca_search.protocols import Encoder

__all__ = ["DEFAULT_MODEL", "TEST_MODEL", "Precision", "check_precision", "load_encoder", "processors"]

TEST_MODEL = "test-hashing"

_log = logging.getLogger(__name__)


def load_encoder(
    name: str = DEFAULT_MODEL, *, workers: int | None = None, precision: Precision = "fp32"
) -> Encoder:
    """Export the model called ``name`` and open the export; takes some seconds.

    ``workers`` texts are encoded side by side, by default as many as this process has processors. Raises
    EncoderUnavailableError where the model is missing, damaged or cannot be exported, and
    InvalidRequestError as ``check_precision`` does.
    """
    check_precision(name, precision)
    if name == TEST_MODEL:
        from rca_search.embedding.hashing import HashingEncoder

        _log.warning("The model %s knows no meaning: it is for tests only.", TEST_MODEL)
        return HashingEncoder()
    from rca_search.embedding.export import export
    from rca_search.embedding.exported import ExportedEncoder
    from rca_search.embedding.model_files import find_model

    files = export(find_model(name), precision)
    return ExportedEncoder.open(files, workers=workers or processors())


def check_precision(name: str, precision: Precision) -> None:
    """Raise InvalidRequestError where the model called ``name`` cannot have ``precision``."""
    if name == TEST_MODEL and precision != "fp32":
        raise InvalidRequestError(
            f"The model {TEST_MODEL} has no weights that could be {precision}.",
            remedy="Leave --quantize out, or name another model.",
        )


def processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
