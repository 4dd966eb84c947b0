"""The names of the files that large stores leave, known without loading what reads them."""

from __future__ import annotations

LISTS = "vectors.ivf"
"""Inverted lists, as FAISS writes them."""

ROWS = "vectors.f32"
"""Rows in single precision, see ``row_file``."""

TUNING = "vectors.ivf.json"
"""How many lists a search probes, and the recall measured."""

READ_IN_PARTS = frozenset({LISTS, ROWS})
"""What is opened as a ``VerifiedFile``; every other file of a version is read as a whole."""
