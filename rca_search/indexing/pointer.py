"""Which version is current, and when the sources were last compared with it.

``CURRENT`` names one version and the sha256 of its manifest; replacing it is the commit point of a
publish. ``CHECKED`` is advice: losing it costs a date, never an answer.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import IndexCorruptError
from rca_search.indexing.storage import read_pointer, replace_file, storage_errors

CURRENT = "CURRENT"
CHECKED = "CHECKED"
VERSIONS = "versions"

_DAMAGED = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
_NAME = re.compile(r"[0-9]{10}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The current version; ``published_at`` is in UTC."""

    version: str
    manifest_sha256: str
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Check:
    """When the sources were last found to be what the index holds, and their revision if known."""

    checked_at: dt.datetime
    source_revision: str | None


def version_name(counter: int, digest: str) -> str:
    """Return the folder name of a version: ten digits of counter, twelve of the manifest's sha256."""
    return f"{counter:010d}-{digest[:12]}"


def is_version_name(name: str) -> bool:
    """Return whether ``name`` is one that ``version_name`` makes."""
    return _NAME.fullmatch(name) is not None


def read_current(index: Path) -> Pointer:
    """Read ``CURRENT``; raises IndexMissingError or, where it is damaged, IndexCorruptError."""
    content = read_pointer(index / CURRENT)
    try:
        body = json.loads(content)
        pointer = Pointer(
            version=str(body["version"]),
            manifest_sha256=str(body["manifest_sha256"]),
            published_at=_instant(body["published_at"]),
        )
    except _DAMAGED as error:
        raise IndexCorruptError(
            f"File {CURRENT} in {index} cannot be read.", remedy="Build the index again."
        ) from error
    named = is_version_name(pointer.version) and _SHA256.fullmatch(pointer.manifest_sha256)
    if not named or not pointer.version.endswith(pointer.manifest_sha256[:12]):
        raise IndexCorruptError(
            f"File {CURRENT} in {index} names no version.", remedy="Build the index again."
        )
    return pointer


def write_current(index: Path, pointer: Pointer) -> None:
    """Make ``pointer`` the current version in one step."""
    body = {
        "version": pointer.version,
        "manifest_sha256": pointer.manifest_sha256,
        "published_at": pointer.published_at.isoformat(timespec="seconds"),
    }
    replace_file(index / CURRENT, (json.dumps(body, indent=1, sort_keys=True) + "\n").encode())


def read_check(index: Path) -> Check | None:
    """Read ``CHECKED``, or None where it is missing or unreadable."""
    try:
        body = json.loads((index / CHECKED).read_bytes())
        revision = body["source_revision"]
        known = isinstance(revision, str)
        return Check(_instant(body["checked_at"]), revision if known else None)
    except (OSError, *_DAMAGED):
        return None


def write_check(index: Path, check: Check) -> None:
    """Record that the sources were compared with the index; raises StorageError."""
    body = {
        "checked_at": check.checked_at.isoformat(timespec="seconds"),
        "source_revision": check.source_revision,
    }
    content = (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()
    with storage_errors("Recording the check", "The index is up to date, but not the day of the check"):
        replace_file(index / CHECKED, content)


def _instant(text: str) -> dt.datetime:
    """Read a time with its offset; without one it could be any of two dozen."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment.astimezone(dt.UTC)
