"""Publishing a version: write beside, flush, rename, then swap one pointer.

A crash at any step leaves the old version current and whole; what it left behind is removed by the
next build. One process publishes at a time, by a lock that the system releases when a process dies.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from rca_search.errors import (
    BuildInProgressError,
    IndexCorruptError,
    IndexMissingError,
    IndexUnavailableError,
    InvalidRequestError,
    StorageError,
)
from rca_search.indexing import blobs
from rca_search.indexing.manifest import FILE_NAME, Manifest, read_manifest, verify_version
from rca_search.indexing.pointer import (
    CURRENT,
    VERSIONS,
    Pointer,
    read_check,
    read_current,
    version_name,
    write_check,
    write_current,
)
from rca_search.indexing.staged import PREFIX, staging
from rca_search.indexing.storage import (
    UNTOUCHED,
    sha256,
    storage_error,
    storage_errors,
    sync_folder,
    write_file,
)
from rca_search.indexing.versions import pointer_to, version_names

LOCK = ".lock"
KEEP_VERSIONS = 3
"""Versions kept, the current one included: readers of the last two are not disturbed."""

_log = logging.getLogger(__name__)


@contextmanager
def exclusive(index: Path, *, clean: bool = True) -> Iterator[None]:
    """Hold the build lock of ``index``; removes what a crashed build left behind where it is to ``clean``.

    Raises BuildInProgressError where another process holds it, StorageError on a folder that cannot
    be written.
    """
    with storage_errors(f"Preparing {index}"):
        _make_folders(index)
    lock = FileLock(index / LOCK)
    with storage_errors(f"Locking {index}"):
        try:
            lock.acquire(timeout=0)
        except Timeout:  # which is an OSError, too
            raise BuildInProgressError(
                f"Another build is publishing to {index}.", remedy="Wait for it to end and try again."
            ) from None
    try:
        if clean:
            with storage_errors(f"Cleaning {index}"):
                _remove_leftovers(index)
        yield
    finally:
        lock.release()


def _make_folders(index: Path) -> None:
    """Make the folder of an index and those above it, each sure to survive a power loss.

    Versions come last: as long as they are missing, a build that was killed in here may have flushed nothing.
    """
    if (index / VERSIONS).is_dir():
        return
    above = index.absolute().parents
    given = index.is_dir()
    missing = [folder for folder in above if not folder.exists()]
    index.mkdir(parents=True, exist_ok=True)
    for folder in above[: len(missing) + 1]:
        # Where a folder that somebody else made lies may be nothing to read for this process.
        if not given or os.access(folder, os.R_OK):
            sync_folder(folder)
    (index / VERSIONS).mkdir(exist_ok=True)


def publish(index: Path, staged: Path, manifest: Manifest) -> Pointer:
    """Make the staged files the current version; the lock must be held.

    Publishes nothing where the current version already is this one and intact. Raises StorageError where the
    disk fails; its remedy says if the old version is still current.
    """
    content = manifest.to_bytes()
    digest = sha256(content)
    current = intact_current(index)
    if current is not None and current.manifest_sha256 == digest:
        with storage_errors("Publishing the index", f"Version {current.version} is current"):
            sync_folder(index)  # what made it current may have been killed before it did
        return current
    with storage_errors("Publishing the index"):
        write_file(staged / FILE_NAME, content)
        sync_folder(staged)
        name = version_name(_next_counter(index), digest)
        staged.rename(index / VERSIONS / name)
        pointer = Pointer(name, digest, dt.datetime.now(dt.UTC))
        try:
            sync_folder(index / VERSIONS)
            sync_folder(index)
            write_current(index, pointer)
        except OSError as error:
            raise storage_error("Publishing the index", error, _withdraw(index, name)) from error
    _prune(index)
    return pointer


def roll_back(index: Path, version: str | None = None) -> tuple[Pointer, str]:
    """Make an earlier version current, or the one called ``version``; return it and what was current before.

    Nothing is removed by it; the next build removes what is newer than the current version. Raises
    BuildInProgressError, IndexMissingError, InvalidRequestError where there is no such version,
    IndexCorruptError where it is damaged, or StorageError.
    """
    if not (index / VERSIONS).is_dir():
        read_current(index)  # says what is missing
    with exclusive(index, clean=False):
        before = _current_name(index)
        name = version or _earlier_intact(index, before)
        if name not in version_names(index):
            raise InvalidRequestError(
                f"There is no version {name!r} in {index}.",
                remedy="'rca-search verify' lists those that are kept.",
            )
        pointer = pointer_to(index, name)
        faults = verify_version(index, pointer)
        if faults:
            raise IndexCorruptError(faults[0], remedy="Name another version; 'rca-search verify' lists them.")
        with storage_errors("Rolling back"):
            write_current(index, pointer)
        return pointer, before


def _current_name(index: Path) -> str:
    """Return the name of the current version, "" where the pointer is damaged."""
    try:
        return read_current(index).version
    except IndexCorruptError:
        return ""


def _earlier_intact(index: Path, current: str) -> str:
    """Return the newest intact version before ``current``."""
    for name in reversed(version_names(index)):
        if current and name >= current:
            continue
        try:
            if not verify_version(index, pointer_to(index, name)):
                return name
        except IndexCorruptError:
            continue
    raise InvalidRequestError(
        f"{index} has no intact version before {current or 'the current one'}.",
        remedy="Build the index again: rca-search build FOLDER",
    )


def intact_current(index: Path) -> Pointer | None:
    """Return the current version if every byte of it is as published, else None."""
    try:
        pointer = read_current(index)
    except IndexUnavailableError:
        return None
    return None if verify_version(index, pointer) else pointer


def _withdraw(index: Path, name: str) -> str:
    """Remove a version that did not become the current one, unless it may have; say how things stand."""
    try:
        became_current = read_current(index).version == name
    except IndexMissingError:
        became_current = False
    except (IndexUnavailableError, StorageError):
        return f"Whether version {name} is current cannot be told"
    if became_current:
        return f"Version {name} is current, but a power loss could bring back the one before"
    shutil.rmtree(index / VERSIONS / name, ignore_errors=True)
    return UNTOUCHED


def _next_counter(index: Path) -> int:
    names = version_names(index)
    try:
        names.append(read_current(index).version)
    except IndexUnavailableError:
        _log.debug("no readable %s in %s", CURRENT, index)
    newest = max(names, default="0000000000")
    if newest[:10] == "9999999999":
        raise StorageError(f"No version can follow {newest}.", remedy="Build into another folder.")
    return int(newest[:10]) + 1


def _remove_leftovers(index: Path) -> None:
    for entry in index.iterdir():
        if entry.name.startswith(PREFIX):
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name.startswith(".") and entry.name.endswith(".new"):
            entry.unlink(missing_ok=True)
    _prune(index)


def _prune(index: Path) -> None:
    """Remove the oldest versions beyond the number kept, and any newer than the current one.

    A build that crashed before it made its version current left the latter. Nothing is removed where the
    current version is in doubt, and failing to remove is no failure of a build.
    """
    try:
        pointer = read_current(index)
        read_manifest(index, pointer)
        names = version_names(index)
    except (IndexUnavailableError, StorageError, OSError):
        return
    kept = [name for name in names if name <= pointer.version][-KEEP_VERSIONS:]
    for name in names:
        if name not in kept:
            shutil.rmtree(index / VERSIONS / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        blobs.remove_unused(index)


def amend(index: Path, expected: Pointer, name: str, content: bytes | None) -> Pointer:
    """Publish the current version with ``content`` as its file ``name``, or without that file where None.

    The current version has to be ``expected``, which the content was made from. Nothing is published where
    nothing changes. Raises BuildInProgressError, IndexMissingError, IndexCorruptError, also where another
    version was published meanwhile, or StorageError.
    """
    with exclusive(index):
        pointer = read_current(index)
        if pointer.manifest_sha256 != expected.manifest_sha256:
            raise IndexCorruptError(
                f"Version {pointer.version} was published meanwhile, by a build.", remedy="Run it again."
            )
        manifest = read_manifest(index, pointer)
        kept = {each: digest for each, digest in manifest.artefacts.items() if each != name}
        folder = index / VERSIONS / pointer.version
        with staging(index) as staged:
            staged.put({each: folder / each for each in kept})
            if dict(staged.digests) != kept:
                raise IndexCorruptError(
                    f"A file of version {pointer.version} is not what was published.",
                    remedy="'rca-search verify' names it; build the index again.",
                )
            if content is not None:
                staged.put({name: content})
            amended = publish(index, staged.folder, replace(manifest, artefacts=staged.digests))
        check = read_check(index, pointer.version)
        if check is not None:
            write_check(index, replace(check, version=amended.version))
        return amended
