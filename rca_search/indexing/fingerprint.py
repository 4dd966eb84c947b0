"""Digests of what shapes an index besides its documents, so that a change of any takes effect."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rca_search
from rca_search.indexing.storage import storage_errors

_SHAPING = (
    "models/documents.py",
    "models/facts.py",
    "models/graph.py",
    "sources",
    "chunking",
    "embedding",
    "lexical",
    "stores",
    "indexing",
    "analysis",
    "insight/facts",
    "insight/families",
    "insight/links/references.py",
    "insight/recorded_facts.py",
)
"""Folders and modules whose code, and numbers beside it, what is published depends on."""

_LIBRARIES = ("markdown-it-py", "numpy", "python-frontmatter", "pyyaml")
"""What documents are read with; the model and the rules for words have digests of their own."""


@cache
@storage_errors("Reading the program's own code")
def code_fingerprint() -> str:
    """Return the digest of the code that turns documents into an index, and of the libraries it reads with.

    Taken once, because a process goes on with the code that it has loaded. Raises StorageError.
    """
    root = Path(rca_search.__file__).parent
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    for name in _SHAPING:
        place = root / name
        files = sorted([*place.rglob("*.py"), *place.rglob("*.json")]) if place.is_dir() else [place]
        for file in files:
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def sources_digest(files: Iterable[tuple[str, str]]) -> str:
    """Return the digest of (path, sha256) pairs, whatever their order."""
    lines = sorted(f"{path}\0{sha256}" for path, sha256 in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
