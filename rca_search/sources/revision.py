"""Which revision of their repository the source folders are at."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 5


def source_revision(folders: Sequence[Path]) -> str | None:
    """Return the git commit of ``folders``, joined where they differ, or None where there is none."""
    revisions = dict.fromkeys(filter(None, (_commit(folder) for folder in folders)))
    return " ".join(revisions) or None


def _commit(folder: Path) -> str | None:
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip() or None if run.returncode == 0 else None
