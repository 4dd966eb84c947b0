"""Walk folders: every Markdown file and service catalogue as bytes with an id, or a problem in its place."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.models import Problem, SourceFile
from rca_search.sources.catalog_info import is_catalog
from rca_search.sources.copies import base_name, says_the_same
from rca_search.sources.listing import FoundFile, Listing, list_folder

MAX_FILE_BYTES = 10 * 1024 * 1024
# A pipe put in the file's place must not block the open, a symlink must not be followed by it.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OPEN_FLAGS |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def walk(folders: Sequence[Path], *, max_bytes: int = MAX_FILE_BYTES) -> Iterator[SourceFile | Problem]:
    """Return Markdown files and service catalogues below ``folders`` in order of their ids, read one by one.

    Problems of listing come first, those of reading in place of their file. A fatal problem costs its
    file, others are hints. With several folders an id that two of them have takes the folder's name
    as prefix in each. Raises InvalidRequestError, before anything is read, where a folder does not
    exist, is no folder or lies inside another one, or where two clashing folders have one name.
    """
    listings = [list_folder(folder) for folder in _distinct(folders)]
    problems = [problem for listing in listings for problem in listing.problems]
    return _read_all(problems, _with_prefixes(listings), max_bytes)


def _read_all(
    problems: list[Problem], files: list[tuple[str, str, FoundFile]], max_bytes: int
) -> Iterator[SourceFile | Problem]:
    yield from problems
    own_first = sorted((file for *_, file in files), key=lambda file: file.is_link)
    locations = {file.location: file.path for file in reversed(own_first)}
    by_id = {document_id: file for document_id, _, file in files}
    for document_id, source, file in files:
        twin = locations[file.location]
        if twin != file.path:
            yield _copy(file, f"It is a link to {twin}")
            continue
        found = _read(document_id, source, file, max_bytes)
        base = _base(document_id, by_id)
        if base and isinstance(found, SourceFile) and _is_same(found.content, base, max_bytes):
            yield _copy(file, f"It says the same as {base.path}")
        else:
            yield found


def _base(document_id: str, by_id: Mapping[str, FoundFile]) -> FoundFile | None:
    """Return the file in the same folder that one is a copy of by its name."""
    folder, slash, stem = document_id.rpartition("/")
    base = base_name(stem)
    return by_id.get(f"{folder}{slash}{base}") if base else None


def _is_same(content: bytes, base: FoundFile, max_bytes: int) -> bool:
    try:
        other = _content(base.location, max_bytes)
    except OSError:
        return False
    return other is not None and says_the_same(content, other)


def _copy(file: FoundFile, message: str) -> Problem:
    return Problem(file.path, None, "copy", f"{message}, so it is not counted.", "Delete one of the two.")


def _distinct(folders: Sequence[Path]) -> list[Path]:
    if not folders:
        raise InvalidRequestError("No folder was named.", remedy="Name one that holds .md files.")
    real: dict[Path, Path] = {}
    for folder in folders:
        _require_folder(folder)
        real.setdefault(folder.resolve(), folder)
    for path, folder in real.items():
        outer = next((real[parent] for parent in path.parents if parent in real), None)
        if outer is not None:
            raise InvalidRequestError(
                f"The folder {str(folder)!r} lies inside {str(outer)!r}.", remedy="Name only one of the two."
            )
    return list(real)


def _require_folder(folder: Path) -> None:
    try:
        mode = folder.stat().st_mode
    except (OSError, ValueError) as error:
        raise InvalidRequestError(
            f"The folder {str(folder)!r} does not exist or cannot be reached.",
            remedy="Check the spelling and the permissions.",
        ) from error
    if not stat.S_ISDIR(mode):
        raise InvalidRequestError(f"{str(folder)!r} is no folder.", remedy="Name the folder that holds it.")


def _with_prefixes(listings: Sequence[Listing]) -> list[tuple[str, str, FoundFile]]:
    """Give every file its final id, and sort by it."""
    counts = Counter(file.id for listing in listings for file in listing.candidates)
    named = [
        (f"{listing.source}/{file.id}" if counts[file.id] > 1 else file.id, listing.source, file)
        for listing in listings
        for file in listing.candidates
    ]
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for document_id, source, file in named:
        holders[document_id].append(f"{source}/{file.path}")
    for document_id, paths in holders.items():
        if len(paths) > 1:
            raise InvalidRequestError(
                f"The id {document_id!r} would stand for {' and '.join(paths)}.",
                remedy="Rename one of the folders, or name the folder that holds them both.",
            )
    return sorted(named, key=lambda item: item[0])


def _read(document_id: str, source: str, file: FoundFile, max_bytes: int) -> SourceFile | Problem:
    try:
        content = _content(file.location, max_bytes)
    except FileNotFoundError:
        return _problem(file, "vanished", "The file vanished during the walk.", "Run again.")
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        return _problem(file, "unreadable", f"The file cannot be read: {why}.", "Check its permissions.")
    if content is None:
        message = f"The file has more than {max_bytes:,} bytes."
        return _problem(file, "too_large", message, "Split it, move logs out of it, or raise the limit.")
    return SourceFile(document_id, source, file.path, content, hashlib.sha256(content).hexdigest())


def _content(location: str, max_bytes: int) -> bytes | None:
    """Read a regular file; None where it is larger than ``max_bytes``."""
    descriptor = os.open(location, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file any more")
        if status.st_size > max_bytes:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(max_bytes + 1)
    finally:
        os.close(descriptor)
    return content if len(content) <= max_bytes else None


def _problem(file: FoundFile, code: str, message: str, remedy: str) -> Problem:
    return Problem(file.path, None, code, message, remedy, fatal=not is_catalog(file.path))
