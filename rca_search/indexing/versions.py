"""The versions that lie in an index, and which of them can be opened when the current one is damaged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import IndexCorruptError
from rca_search.indexing.manifest import FILE_NAME, verify_version
from rca_search.indexing.pointer import (
    CURRENT,
    VERSIONS,
    Pointer,
    check_fault,
    is_version_name,
    read_current,
)
from rca_search.indexing.snapshot import Snapshot, open_current, open_version
from rca_search.indexing.storage import sha256


@dataclass(frozen=True, slots=True)
class Damage:
    """That a version, or the pointer to it, is not what was published: which, and what is wrong."""

    version: str
    message: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened version; with ``damage`` it stands in for the current one."""

    snapshot: Snapshot
    pointer: Pointer
    damage: Damage | None = None


Signature = tuple[tuple[str, int, int, int], ...]
"""Name, size, time of change and inode of each file of a version."""


def version_names(index: Path) -> list[str]:
    """Return the names of all versions that lie in ``index``, oldest first."""
    folder = index / VERSIONS
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if is_version_name(entry.name))


def pointer_to(index: Path, name: str) -> Pointer:
    """Return what points to the version called ``name``; when it was published its manifest's time tells.

    Raises IndexCorruptError where its manifest is missing or not the one that the name was made of.
    """
    path = index / VERSIONS / name / FILE_NAME
    try:
        content = path.read_bytes()
        written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).replace(microsecond=0)
    except (OSError, ValueError, OverflowError) as error:
        raise IndexCorruptError(
            f"The manifest of version {name} cannot be read ({error}).", remedy="Build the index again."
        ) from error
    digest = sha256(content)
    if not name.endswith(digest[:12]):
        raise IndexCorruptError(
            f"The manifest of version {name} is not what was published.", remedy="Build the index again."
        )
    return Pointer(name, digest, written)


def open_intact(index: Path, *, without: Collection[str] = ()) -> Opened:
    """Open the current version or, where it is damaged or among ``without``, the newest intact one.

    Raises IndexMissingError, IndexFormatError, or IndexCorruptError where no version is intact.
    """
    current = ""
    try:
        current = read_current(index).version
        if current not in without:
            return Opened(*open_current(index))
        fault = IndexCorruptError(
            f"Version {current} is damaged.", remedy="'rca-search verify' names the files; build it again."
        )
    except IndexCorruptError as error:
        fault = error
    damage = Damage(current or CURRENT, fault.message)
    for name in reversed(version_names(index)):
        if name != current and name not in without:
            try:
                pointer = pointer_to(index, name)
                return Opened(open_version(index, pointer), pointer, damage)
            except IndexCorruptError:
                continue
    raise fault


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version that lies in an index, when it was published, and what is wrong with it."""

    pointer: Pointer
    current: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """All versions of an index, the newest first, and what is wrong with files besides theirs."""

    versions: tuple[KeptVersion, ...]
    faults: tuple[str, ...]

    @property
    def current(self) -> KeptVersion | None:
        """The version that is current, None where the pointer is damaged or leads nowhere."""
        return next((version for version in self.versions if version.current), None)

    @property
    def all_faults(self) -> tuple[str, ...]:
        """What is wrong anywhere."""
        return (*self.faults, *(fault for version in self.versions for fault in version.faults))


def verify_index(index: Path) -> IndexCheck:
    """Hash every file of every version, and look at the pointer and the record of the last check.

    Raises IndexMissingError where nothing was ever published.
    """
    faults = []
    try:
        current = read_current(index)
        if current.version not in version_names(index):
            faults.append(f"File {CURRENT} names version {current.version}, which is missing.")
    except IndexCorruptError as error:
        current = None
        faults.append(error.message)
    names = reversed(version_names(index))
    versions = tuple(_verified(index, name, current) for name in names)
    check = check_fault(index)
    return IndexCheck(versions, (*faults, *([check] if check else [])))


def _verified(index: Path, name: str, current: Pointer | None) -> KeptVersion:
    is_current = current is not None and current.version == name
    try:
        pointer = current if current is not None and is_current else pointer_to(index, name)
    except IndexCorruptError as error:
        unknown = Pointer(name, "", dt.datetime.fromtimestamp(0, dt.UTC))
        return KeptVersion(unknown, is_current, (error.message,))
    return KeptVersion(pointer, is_current, tuple(verify_version(index, pointer)))


def signature(index: Path, version: str) -> Signature:
    """Return what tells cheaply that a file of a version may have changed; () where it cannot be listed."""
    try:
        entries = sorted((index / VERSIONS / version).iterdir())
        found = [(entry.name, entry.stat()) for entry in entries]
    except OSError:
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in found)
