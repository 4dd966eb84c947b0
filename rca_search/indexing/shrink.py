"""Documents that a build would take out of an index: more than people delete means that a folder is missing.

A folder that is not mounted, was emptied by a failed checkout or cannot be read looks just like one whose
documents were deleted. So a build asks before it believes that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rca_search.errors import IndexShrinksError
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Document, Problem
from rca_search.sources.listing import UNREADABLE

SHARE = 0.2
"""Share of all documents that may go unasked."""

FEW = 2
"""Documents that may always go, if those of their kind and of their folder are not all gone with them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document as the published version knows it."""

    id: str
    path: str
    kind: str
    sha256: str


def require_no_shrink(
    published: Snapshot, documents: Sequence[Document], problems: Sequence[Problem]
) -> None:
    """Raise IndexShrinksError where ``documents`` lack too many of those that are published.

    Too many are over a fifth of all, all of a kind or of a folder, or any in a folder that cannot be read. A
    document that was moved is not missing.
    """
    before = list(_entries(published))
    present = {document.id for document in documents}
    contents = {document.sha256 for document in documents}
    lost = [entry for entry in before if entry.id not in present and entry.sha256 not in contents]
    why = next(_reasons(before, lost, problems), None)
    if why:
        raise IndexShrinksError([entry.id for entry in lost], len(before), why)


def _entries(published: Snapshot) -> Iterator[_Entry]:
    catalogue = published.catalogue
    columns = zip(catalogue.ids, catalogue.paths, catalogue.kinds, catalogue.sha256, strict=True)
    for name, path, kind, digest in columns:
        yield _Entry(name, path, kind.value, digest)


def _reasons(before: Sequence[_Entry], lost: Sequence[_Entry], problems: Iterable[Problem]) -> Iterator[str]:
    folders = [problem.path for problem in problems if problem.code == UNREADABLE]
    for folder in folders:
        if any(_lies_in(entry.path, folder) for entry in lost):
            yield f"{folder} cannot be read"
    if len(lost) <= FEW:
        return
    for what, key in (("kind", _kind_of), ("folder", _folder_of)):
        for name in _emptied(before, lost, key):
            yield f"not one is left of the {what} {name}"
    if len(lost) > SHARE * len(before):
        yield f"that is over {SHARE:.0%}"


def _emptied(before: Sequence[_Entry], lost: Sequence[_Entry], key: Callable[[_Entry], str]) -> Iterator[str]:
    """Give the groups of more than a few that are gone as a whole."""
    had, gone = Counter(map(key, before)), Counter(map(key, lost))
    return (name for name, count in gone.items() if name and count == had[name] > FEW)


def _kind_of(entry: _Entry) -> str:
    return entry.kind


def _folder_of(entry: _Entry) -> str:
    return entry.path.partition("/")[0] if "/" in entry.path else ""


def _lies_in(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")  # a file that cannot be read costs itself alone
