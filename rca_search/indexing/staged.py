"""A version in the making: a folder beside the published ones; every file is hashed as it is written."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rca_search.errors import IndexCorruptError, StorageError
from rca_search.indexing import blobs
from rca_search.indexing.storage import (
    BUILD_AGAIN,
    DamagedFileError,
    FileDigest,
    NewFile,
    OpenedFile,
    move_file,
    open_verified,
    read_verified,
    storage_errors,
    write_file,
)

PREFIX = ".staging-"
"""How the names of folders begin that hold versions in the making."""


class StagedVersion:
    """The files of a version in the making and their digests; ``scratch`` is for what is not published."""

    def __init__(self, index: Path, folder: Path, scratch: Path) -> None:
        """Take the index, whose shared files are linked, and two empty folders in its file system."""
        self.folder = folder
        self.scratch = scratch
        self._index = index
        self._digests: dict[str, FileDigest] = {}

    @property
    def digests(self) -> Mapping[str, FileDigest]:
        """The digests of all finished files by name."""
        return dict(self._digests)

    def put(self, artefacts: Mapping[str, bytes | Path]) -> None:
        """Write finished files, given as content or as files.

        A scratch file is moved, any other is copied; what versions share is stored once and linked.
        Raises StorageError.
        """
        with storage_errors("Writing the index"):
            for name, content in sorted(artefacts.items()):
                self._digests[name] = self._put(content, name)

    def _put(self, content: bytes | Path, name: str) -> FileDigest:
        target = self.folder / name
        if name in blobs.SHARED:
            return blobs.place(self._index, content, target)
        if isinstance(content, bytes):
            return write_file(target, content)
        if content.parent == self.scratch:
            return move_file(content, target)
        return write_file(target, content.read_bytes())

    @contextmanager
    def writing(self, name: str) -> Iterator[NewFile]:
        """Give the file called ``name`` to write in parts; it is finished when the context ends well."""
        with storage_errors("Writing the index"), NewFile(self.folder / name) as file:
            yield file
            self._digests[name] = file.finish()

    def read(self, name: str) -> bytes:
        """Return the content of a finished file; raises StorageError where the disk does not give it back."""
        with reading_back():
            return read_verified(self.folder / name, self._digests[name])

    def open(self, name: str) -> OpenedFile:
        """Open a finished file for reading in parts; raises StorageError likewise."""
        with reading_back():
            return open_verified(self.folder / name, self._digests[name])


@contextmanager
def reading_back() -> Iterator[None]:
    """Turn damage of what was just written into StorageError: the disk fails, no index is damaged."""
    try:
        yield
    except DamagedFileError as error:
        raise _not_given_back(f"{error.path.name} {error.what}.") from error
    except IndexCorruptError as error:
        raise _not_given_back(error.message) from error


def _not_given_back(what: str) -> StorageError:
    return StorageError(f"Reading back what was written failed: {what}", remedy=BUILD_AGAIN)


@contextmanager
def staging(index: Path) -> Iterator[StagedVersion]:
    """Give a version to stage in ``index``; whatever still lies in its folder afterwards is removed.

    A file in the making that the disk does not give back is a StorageError, wherever it was read.
    """
    place = index / f"{PREFIX}{os.getpid()}-{uuid.uuid4().hex[:8]}"
    staged = StagedVersion(index, place / "version", place / "scratch")
    try:
        with storage_errors(f"Staging in {index}"):
            place.mkdir()
            staged.folder.mkdir()
            staged.scratch.mkdir()
        yield staged
    except DamagedFileError as error:
        if place not in error.path.parents:
            raise
        raise _not_given_back(f"{error.path.name} {error.what}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        with contextlib.suppress(OSError):
            blobs.remove_unused(index)
