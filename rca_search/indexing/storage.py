"""The one place where bytes of an index are written and read.

Every write is flushed to the disk before it counts; every read is hashed before anything parses it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import weakref
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from rca_search.errors import IndexCorruptError, IndexMissingError, StorageError

_BLOCK_BYTES = 1 << 20
_PAGE_BYTES = 4096
"""What is held against its sum at once when a part of it is read."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_CLOSE = "raise the limit of open files (ulimit -n)"
UNTOUCHED = "What was published before is untouched"
BUILD_AGAIN = f"{UNTOUCHED}; make room or fix the folder and build again."
"""What to do when the disk fails while an index is being built."""


@dataclass(frozen=True, slots=True)
class FileDigest:
    """Size in bytes and sha256 of a file as it was written."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> FileDigest:
        """Return the digest of ``content``."""
        return cls(len(content), sha256(content))


def sha256(content: bytes) -> str:
    """Return the hexadecimal sha256 of ``content``."""
    return hashlib.sha256(content).hexdigest()


class DamagedFileError(IndexCorruptError):
    """The file at ``path`` is missing, or not what was written; ``what`` says how."""

    def __init__(self, path: Path, what: str) -> None:
        """Name the file and its folder."""
        super().__init__(
            f"Index file {path.parent.name}/{path.name} {what}.",
            remedy="Build the index again; 'rca-search verify' lists every damaged file.",
        )
        self.path = path
        self.what = what


class NewFile:
    """A new file, hashed while it is written in parts; it counts once ``finish`` has flushed it to the disk.

    Its folder is flushed by ``sync_folder``. Leaving the context without ``finish`` closes it unfinished.
    """

    def __init__(self, path: Path) -> None:
        """Create the file; raises FileExistsError where there is one."""
        self._stream = path.open("xb")
        self._digest = hashlib.sha256()
        self._size = 0

    def __enter__(self) -> NewFile:
        """Write within a context, so that the file is closed whatever happens."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._stream.close()

    def write(self, content: bytes) -> None:
        """Append ``content``."""
        self._stream.write(content)
        self._digest.update(content)
        self._size += len(content)

    def finish(self) -> FileDigest:
        """Flush everything to the disk, close the file and return its digest."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        return FileDigest(self._size, self._digest.hexdigest())


def write_file(path: Path, content: bytes) -> FileDigest:
    """Write a new file and flush it to the disk; its folder is flushed by ``sync_folder``."""
    with NewFile(path) as file:
        file.write(content)
        return file.finish()


def move_file(path: Path, target: Path) -> FileDigest:
    """Flush a finished file to the disk, hash it and move it to ``target`` in the same file system."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    digest = hash_file(path)
    path.rename(target)
    return digest


class OpenedFile:
    """A verified file that stays open and is read in parts, by any thread; closed when nothing uses it.

    What is read is what was verified: the sums of its pages are kept from then, and each page is held
    against its own whenever a part of it is read.
    """

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        """Take a descriptor; what it holds is trusted once ``verify`` has read it."""
        self._path = path
        self._descriptor = descriptor
        self._size = size
        self._sums = array("I")
        weakref.finalize(self, os.close, descriptor)

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self._size

    def verify(self) -> str:
        """Read the whole file, keep the sum of each page, and return its sha256."""
        digest = hashlib.sha256()
        for start in range(0, self._size, _BLOCK_BYTES):
            block = self._read(start, min(_BLOCK_BYTES, self._size - start))
            digest.update(block)
            self._sums.extend(_page_sums(block))
        return digest.hexdigest()

    def read(self, start: int, length: int, /) -> bytes:
        """Return ``length`` bytes from ``start`` on as verified, or raise IndexCorruptError."""
        first = start - start % _PAGE_BYTES
        end = min(-(-(start + length) // _PAGE_BYTES) * _PAGE_BYTES, self._size)
        if not 0 <= start <= start + length <= self._size:
            raise DamagedFileError(self._path, "ends before it should")
        if not length:
            return b""
        content = self._read(first, end - first)
        page = first // _PAGE_BYTES
        for number, found in enumerate(_page_sums(content), page):
            if found != self._sums[number]:
                raise DamagedFileError(self._path, f"has changed since it was opened (page {number})")
        return content[start - first : start - first + length]

    def _read(self, start: int, length: int) -> bytes:
        # No context manager: a question comes here more than a thousand times, and it costs what a read does.
        try:
            content = os.pread(self._descriptor, length, start)
            # One call may give less than was asked for: Linux stops at 2 GB.
            while 0 < len(content) < length:
                more = os.pread(self._descriptor, length - len(content), start + len(content))
                if not more:
                    break
                content += more
        except OSError as error:
            raise _unreadable(self._path, error) from error
        if len(content) != length:
            raise DamagedFileError(self._path, "ends before it should")
        return content


def _page_sums(content: bytes) -> Iterator[int]:
    """Give the CRC-32 of each page: it misses no damage within 32 bits, and of any other one in 2^32."""
    if len(content) <= _PAGE_BYTES:
        yield zlib.crc32(content)
        return
    view = memoryview(content)
    for start in range(0, len(content), _PAGE_BYTES):
        yield zlib.crc32(view[start : start + _PAGE_BYTES])


def open_verified(path: Path, expected: FileDigest) -> OpenedFile:
    """Open a file of a version for reading in parts, after its whole content has been hashed.

    Raises IndexCorruptError as ``read_verified`` does. What is read later is what was hashed: the
    descriptor stays the same whatever becomes of the path, and bytes that change in place are noticed.
    """
    with _reading(path):
        _check_size(path, expected)
        file = OpenedFile(path, os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)), expected.size)
        digest = file.verify()
    _check_hash(path, digest, expected)
    return file


def replace_file(path: Path, content: bytes) -> None:
    """Replace a small file in one step: readers see the old or the new content, never a mix."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    try:
        write_file(temporary, content)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_verified(path: Path, expected: FileDigest) -> bytes:
    """Read a file of a version and return it only if it is what was published.

    Raises IndexCorruptError on a missing file, another size or another hash.
    """
    with _reading(path):
        _check_size(path, expected)
        content = path.read_bytes()
    _check_hash(path, sha256(content), expected)
    return content


def verify_file(path: Path, expected: FileDigest) -> None:
    """Check a file of a version block by block; raises IndexCorruptError as ``read_verified`` does."""
    with _reading(path):
        _check_size(path, expected)
        found = hash_file(path)
    _check_hash(path, found.sha256, expected)


def hash_file(path: Path) -> FileDigest:
    """Return the digest of a file of any size, read block by block."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return FileDigest(size, digest.hexdigest())


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> DamagedFileError | StorageError:
    if is_too_many_open(error):
        return too_many_open(path.name)
    if isinstance(error, FileNotFoundError):
        return DamagedFileError(path, "is missing")
    return DamagedFileError(path, f"cannot be read ({error.strerror})")


def too_many_open(name: str) -> StorageError:
    """Return the error for a file that could not even be opened: nothing is known of it."""
    return StorageError(
        f"{name} cannot be opened: too many files are open.",
        remedy=f"{_CLOSE.capitalize()} and try again.",
    )


def is_too_many_open(error: OSError) -> bool:
    """Return whether the process, or the system, has as many files open as it may."""
    return error.errno in _TOO_MANY


def _check_size(path: Path, expected: FileDigest) -> None:
    size = path.stat().st_size
    if size != expected.size:
        raise DamagedFileError(path, f"has {size} bytes instead of {expected.size}")


def _check_hash(path: Path, found: str, expected: FileDigest) -> None:
    if found != expected.sha256:
        raise DamagedFileError(path, "is not what was published (its sha256 differs)")


def read_pointer(path: Path) -> bytes:
    """Read a small file that is replaced in one step; raises IndexMissingError where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissingError(
            f"There is no index in {path.parent}.",
            remedy="Build one with: rca-search build FOLDER --index DIR",
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from error


@contextmanager
def storage_errors(action: str, state: str = UNTOUCHED) -> Iterator[None]:
    """Turn an operating-system error into StorageError: what was being done, and how things stand."""
    try:
        yield
    except OSError as error:
        raise storage_error(action, error, state) from error


def storage_error(action: str, error: OSError, state: str = UNTOUCHED) -> StorageError:
    """Return what ``error`` means to a user; ``state`` says what became of the published index."""
    reason = "The disk is full" if error.errno in _FULL else (error.strerror or str(error))
    way = _CLOSE if is_too_many_open(error) else "make room or fix the folder"
    return StorageError(f"{action} failed: {reason}.", remedy=f"{state}; {way} and build again.")
