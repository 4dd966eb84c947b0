"""Large files that versions share: stored once by content, hard-linked into each version.

A thousand versions hold the model once. Where the file system knows no hard links, each version gets a copy.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import uuid
from pathlib import Path

from rca_search.indexing.storage import FileDigest, hash_file, sync_folder, verify_file, write_file

BLOBS = "blobs"
SHARED = frozenset({"model.onnx", "weights.bin"})
"""Names of files that are stored as blobs."""

_PARTIAL = ".partial-"


def place(index: Path, content: bytes | Path, target: Path) -> FileDigest:
    """Make ``target`` hold ``content``, sharing the bytes with every other version that holds the same.

    Raises OSError where the disk fails. An existing blob is hashed before it is shared.
    """
    blobs = index / BLOBS
    blobs.mkdir(exist_ok=True)
    wanted = _digest(content)
    blob = blobs / wanted.sha256
    if not blob.is_file() or hash_file(blob) != wanted:
        partial = blobs / f"{_PARTIAL}{uuid.uuid4().hex}"
        try:
            write_file(partial, content if isinstance(content, bytes) else content.read_bytes())
            partial.replace(blob)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(blobs)
    _link(blob, target)
    return wanted


def verify_shared(path: Path, expected: FileDigest) -> None:
    """Check a large file as ``verify_file`` does, but hash it in one step.

    Read in blocks, a thread gives way to others for some milliseconds at each; mapped, it hashes undisturbed.
    """
    try:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            intact = FileDigest(len(content), hashlib.sha256(content).hexdigest()) == expected
    except (OSError, ValueError):  # ValueError: the file is empty
        intact = False
    if not intact:
        verify_file(path, expected)  # says what is wrong


def remove_unused(index: Path) -> None:
    """Remove blobs that no version links to, and what a crash left half written; failing to is harmless."""
    blobs = index / BLOBS
    for blob in blobs.iterdir() if blobs.is_dir() else ():
        if blob.name.startswith(_PARTIAL) or blob.stat().st_nlink == 1:
            blob.unlink(missing_ok=True)


def _digest(content: bytes | Path) -> FileDigest:
    if isinstance(content, Path):
        return hash_file(content)
    return FileDigest.of(content)


def _link(blob: Path, target: Path) -> None:
    try:
        os.link(blob, target)
    except OSError:
        write_file(target, blob.read_bytes())
