"""Checking a version byte by byte against its manifest."""

from __future__ import annotations

from pathlib import Path

from rca_search.errors import IndexCorruptError, IndexUnavailableError
from rca_search.indexing.manifest import FILE_NAME, Manifest
from rca_search.indexing.pointer import VERSIONS, Pointer
from rca_search.indexing.storage import sha256, verify_file


def read_manifest(index: Path, pointer: Pointer) -> Manifest:
    """Read the manifest that ``pointer`` names; raises IndexCorruptError where it is another."""
    path = index / VERSIONS / pointer.version / FILE_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IndexCorruptError(
            f"The manifest of version {pointer.version} cannot be read ({error.strerror}).",
            remedy="Build the index again.",
        ) from error
    if sha256(content) != pointer.manifest_sha256:
        raise IndexCorruptError(
            f"The manifest of version {pointer.version} is not what was published.",
            remedy="Build the index again.",
        )
    return Manifest.from_bytes(content)


def verify_version(index: Path, pointer: Pointer) -> list[str]:
    """Return what is wrong with a version, one sentence a fault; nothing where it is intact.

    Every file is hashed; files that the manifest does not name are faults too.
    """
    try:
        manifest = read_manifest(index, pointer)
    except IndexUnavailableError as error:
        return [error.message]
    folder = index / VERSIONS / pointer.version
    faults: list[str] = []
    for name, digest in sorted(manifest.artefacts.items()):
        try:
            verify_file(folder / name, digest)
        except IndexUnavailableError as error:
            faults.append(error.message)
    known = {*manifest.artefacts, FILE_NAME}
    try:
        strangers = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
    except OSError as error:
        return [*faults, f"The folder of version {pointer.version} cannot be listed ({error.strerror})."]
    return faults + [f"File {pointer.version}/{name} does not belong to the version." for name in strangers]
