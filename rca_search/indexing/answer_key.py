"""The key that answer ids are signed with where no secret is set: made once, kept with the index."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from pathlib import Path

NAME = ".answer-key"
BYTES = 32

_log = logging.getLogger(__name__)


def answer_key(index: Path) -> bytes:
    """Return the key of ``index``, made now where there is none; whoever can read the folder has it.

    Where it can neither be read nor written, as in a read-only copy made without one, a key for this process
    alone is returned, and votes on its answers have to be cast through it.
    """
    path = index / NAME
    with contextlib.suppress(OSError):
        if not path.exists() and index.is_dir():
            _make(path)
    try:
        key = path.read_bytes()
    except OSError as error:
        _log.info(
            "No key for answer ids in %s (%s): they hold for this process alone. Set RCA_FEEDBACK_SECRET.",
            index,
            error.strerror,
        )
        return secrets.token_bytes(BYTES)
    if len(key) != BYTES:
        _log.warning("%s is damaged, so answer ids hold for this process alone. Delete it.", path)
        return secrets.token_bytes(BYTES)
    return key


def _make(path: Path) -> None:
    """Write a new key in one step; of several processes that do, the first one's stays."""
    temporary = path.with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
