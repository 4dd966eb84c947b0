"""Which exports of a model rank alike, so that what was measured with one holds for the others."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import get_args

from rca_search.embedding.files import Precision
from rca_search.embedding.model_files import DEFAULT_DIGEST

EXPORT_REVISION = 3
"""Raised when the way of exporting changes the files, so that models are exported again."""


def export_digest(model: str, precision: Precision, revision: int = EXPORT_REVISION) -> str:
    """Return what identifies an export: the model's files by their digest, its precision, how it was made."""
    return hashlib.sha256(f"{model} export/{revision} {precision}".encode()).hexdigest()


def ranks_like(export: str) -> str:
    """Return one name for all exports that rank like the one that ``export`` identifies.

    Exports of the default model do, with eight bits or whole: docs/decisions/0007 has the figures. Nobody has
    measured that of another model, so each export of one stands for itself.
    """
    return DEFAULT_DIGEST if export in _default_exports() else export


@cache
def _default_exports() -> frozenset[str]:
    revisions = range(1, EXPORT_REVISION + 1)
    made = [(precision, revision) for precision in get_args(Precision) for revision in revisions]
    return frozenset(export_digest(DEFAULT_DIGEST, *each) for each in made)
