"""Which version is current, and when the sources were last compared with it.

``CURRENT`` names one version and the sha256 of its manifest; replacing it is the commit point of a
publish. ``CHECKED`` is advice: losing it costs a date, never an answer.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rca_search.errors import IndexCorruptError
from rca_search.indexing.storage import read_pointer, replace_file, sha256, storage_errors

CURRENT = "CURRENT"
CHECKED = "CHECKED"
VERSIONS = "versions"

_DAMAGED = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
_SEAL = "sha256"
_BEFORE_SEALS = {"version", "manifest_sha256", "published_at"}
"""What ``CURRENT`` held before it was sealed; such an index is read as it is."""
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
    """When the sources were last found to be what ``version`` holds, and their revision if known."""

    checked_at: dt.datetime
    source_revision: str | None
    version: str


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
        body = _unsealed(content)
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
    replace_file(index / CURRENT, _sealed(body))


def read_check(index: Path, version: str) -> Check | None:
    """Read ``CHECKED``, or None where it is missing, damaged or about another version than ``version``."""
    try:
        check = _check(index)
    except (OSError, *_DAMAGED):
        return None
    return check if check.version == version else None


def check_fault(index: Path) -> str | None:
    """Return what is wrong with ``CHECKED``, None where it is intact or missing: nothing needs it."""
    try:
        _check(index)
    except FileNotFoundError:
        return None
    except (OSError, *_DAMAGED):
        return f"File {CHECKED} is damaged; the next build writes it anew."
    return None


def _check(index: Path) -> Check:
    body = _unsealed((index / CHECKED).read_bytes())
    revision = body["source_revision"]
    known = isinstance(revision, str)
    return Check(_instant(body["checked_at"]), revision if known else None, str(body["version"]))


def write_check(index: Path, check: Check) -> None:
    """Record that the sources were compared with the index; raises StorageError."""
    body = {
        "checked_at": check.checked_at.isoformat(timespec="seconds"),
        "source_revision": check.source_revision,
        "version": check.version,
    }
    with storage_errors("Recording the check", "The index is up to date, but not the day of the check"):
        replace_file(index / CHECKED, _sealed(body))


def _sealed(body: Mapping[str, str | None]) -> bytes:
    """Return ``body`` as JSON with the sha256 of all else in it as its last word."""
    return _dumped({**body, _SEAL: sha256(_dumped(body))})


def _unsealed(content: bytes) -> dict[str, Any]:
    """Return what ``_sealed`` was given; raises ValueError where that is not what was written."""
    body = json.loads(content)
    if not isinstance(body, dict):
        raise ValueError("the file holds no object")
    if body.keys() == _BEFORE_SEALS:
        return body
    if body.pop(_SEAL, None) != sha256(_dumped(body)):
        raise ValueError("the file is not what was written")
    return body


def _dumped(body: Mapping[str, object]) -> bytes:
    return (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()


def _instant(text: str) -> dt.datetime:
    """Read a time with its offset; without one it could be any of two dozen."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return moment.astimezone(dt.UTC)
