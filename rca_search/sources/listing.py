"""Find the Markdown files below one folder, without opening any of them."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rca_search.models import Problem
from rca_search.sources.catalog_info import is_catalog

ENDINGS = (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd")
# Other files that may hold a write-up; pictures, data and programs do not.
_DOCUMENTS = frozenset(
    """
    txt text adoc asciidoc asc rst org textile wiki mediawiki html htm docx doc odt rtf pdf pages eml ipynb
    """.split()  # noqa: SIM905
)
_NO_DOCUMENTS = frozenset(
    """
    license licence makefile dockerfile containerfile codeowners notice authors version jenkinsfile
    vagrantfile gemfile procfile justfile brewfile rakefile copying install todo
    """.split()  # noqa: SIM905
)
UNREADABLE = "unreadable"
"""Code of the problem of a file or folder that is there and cannot be read."""
SKIPPED_FOLDERS = frozenset({"node_modules"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is to be read: ``id`` and ``path`` are below its folder, ``location`` is where it lies.

    For a link, ``is_link``, that is where it leads.
    """

    id: str
    path: str
    location: str
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies below one folder; ``source`` is the folder's own name."""

    source: str
    candidates: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Scan:
    root: str
    found: list[FoundFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def list_folder(folder: Path) -> Listing:
    """List the Markdown files below ``folder`` (``ENDINGS``), in no particular case of the ending.

    Service catalogues are listed too; the id of one is its whole path, ending and all. Left out without a
    word: hidden files and folders, and ``node_modules``. Left out with a problem: symlinked folders, symlinks
    that leave the folder, whatever is no regular file, unreadable folders and names that cannot be written
    down. Of two files that would get one id, ``.md`` wins. Documents of other kinds are counted in a hint.
    """
    root = os.path.realpath(folder)
    scan = _Scan(root, folders=[""])
    while scan.folders:
        _scan_folder(scan, scan.folders.pop())
    candidates, twins = _one_per_id(scan.found)
    source = os.path.basename(root) or "root"  # noqa: PTH119
    found = [*scan.problems, *twins, *_not_looked_at(source, scan.passed_over)]
    return Listing(source, candidates, tuple(sorted(found, key=lambda problem: problem.path)))


def is_hidden(path: str) -> bool:
    """Return whether any part of a relative ``path`` is one that a walk skips."""
    return any(part.startswith(".") or part in SKIPPED_FOLDERS for part in Path(path).parts)


def _scan_folder(scan: _Scan, below: str) -> None:
    try:
        with os.scandir(Path(scan.root, below)) as entries:
            for entry in entries:
                if not is_hidden(entry.name):
                    _scan_entry(scan, entry, str(Path(below, entry.name)))
    except OSError as error:
        message = f"The folder cannot be read: {_why(error)}."
        scan.problems.append(_problem(below or ".", UNREADABLE, message))


def _scan_entry(scan: _Scan, entry: os.DirEntry[str], path: str) -> None:
    if entry.is_dir(follow_symlinks=False):
        scan.folders.append(path)
    elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112
        scan.problems.append(_followed_not(path))
    elif entry.name.lower().endswith(ENDINGS) or is_catalog(entry.name):
        problem = _why_not(scan.root, entry, path)
        if problem:
            scan.problems.append(problem)
        else:
            location = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            scan.found.append(FoundFile(_id_of(path), _posix(path), location, entry.is_symlink()))
    elif ending := _document_ending(entry.name):
        scan.passed_over[ending] += 1


def _document_ending(name: str) -> str:
    """Return the ending of what may be a write-up, "none" where it has none, "" for anything else."""
    stem, dot, ending = name.lower().rpartition(".")
    if not dot:
        return "none" if name.lower() not in _NO_DOCUMENTS else ""
    return f".{ending}" if stem and ending in _DOCUMENTS else ""


def _not_looked_at(source: str, passed_over: Counter[str]) -> Iterator[Problem]:
    if count := passed_over.total():
        kinds = ", ".join(f"{ending} {number:,}" for ending, number in sorted(passed_over.items()))
        files = "1 file with another ending was" if count == 1 else f"{count:,} files with other endings were"
        yield Problem(
            shown(source),
            None,
            "other_endings",
            f"{files} not looked at ({kinds}).",
            "Convert them, for example with pandoc FILE -o FILE.md; give the ending .md to what is Markdown.",
        )


def _why_not(root: str, entry: os.DirEntry[str], path: str) -> Problem | None:
    if not _is_printable(path):
        return _problem(
            path, "file_name", "The name holds bytes that are no UTF-8, or control characters.", "Rename it."
        )
    if entry.is_symlink():
        return _judge_link(root, entry.path, path)
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return _problem(path, UNREADABLE, f"The file cannot be read: {_why(error)}.")
    return None if stat.S_ISREG(mode) else _not_regular(path)


def _judge_link(root: str, location: str, path: str) -> Problem | None:
    target = os.path.realpath(location)
    try:
        mode = os.stat(target).st_mode  # noqa: PTH116
    except OSError:
        return _problem(path, "symlink", "The symlink leads nowhere.", "Fix or remove the link.")
    inside = os.path.relpath(target, root)
    if inside.startswith(os.pardir) or is_hidden(inside):
        return _problem(
            path, "symlink", "The symlink leads out of the folder.", "Copy the file into the folder."
        )
    return None if stat.S_ISREG(mode) else _not_regular(path)


def _one_per_id(found: list[FoundFile]) -> tuple[tuple[FoundFile, ...], list[Problem]]:
    ranked = sorted(found, key=lambda file: (file.id, not file.path.endswith(".md"), file.path))
    first: dict[str, FoundFile] = {}
    twins = []
    for file in ranked:
        winner = first.setdefault(file.id, file)
        if winner is not file:
            message = f"{winner.path} has the same id {file.id!r} and is used instead."
            twins.append(_problem(file.path, "duplicate_id", message, "Rename one of the two."))
    return tuple(first.values()), twins


def _id_of(path: str) -> str:
    lowered = path.lower()
    ending = next((ending for ending in ENDINGS if lowered.endswith(ending)), "")
    # A Mac may spell an accent as two characters, people type one: the id is the composed form.
    return unicodedata.normalize("NFC", _posix(path[: len(path) - len(ending)]))


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def _is_printable(path: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in path)


def shown(path: str) -> str:
    """Return ``path`` with ``/`` and with everything escaped that a terminal could not show."""
    return "".join(_escaped(character) for character in _posix(path))


def _escaped(character: str) -> str:
    return character if _is_printable(character) else character.encode("unicode_escape").decode("ascii")


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _not_regular(path: str) -> Problem:
    return _problem(path, "not_a_file", "It is a pipe, a socket or a device, no file.", "Take it out.")


def _followed_not(path: str) -> Problem:
    return Problem(
        shown(path),
        None,
        "symlink_folder",
        "A symlinked folder is not followed.",
        "Name the folder that it leads to as a folder of its own.",
    )


def _problem(path: str, code: str, message: str, remedy: str = "Check its permissions.") -> Problem:
    # Without a catalogue the index lacks no document.
    return Problem(shown(path), None, code, message, remedy, fatal=not is_catalog(path))
