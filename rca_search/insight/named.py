"""Documents that a question names outright: by their address, or by a name, title or heading of theirs.

What an alert names is taken at its word: its runbook comes first, at the section that the address leads to.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Chunk, Kind, Likelihood
from rca_search.views import View

CERTAIN = Likelihood(0.97, 0.97)
"""How likely a named document is the one that is meant: names are mistyped, and addresses go stale."""

LONGEST_NAME = 120
"""Characters beyond which a question is no name."""

HEADINGS_OF = 10
"""Best documents whose headings are compared with the question."""

_ENDING = re.compile(r"\.(?:md|mdx|markdown|html?|adoc|rst)$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)
_SCHEME_ALONE = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_BOARD = re.compile(r"/d/[\w-]{6,80}(?![\w-])")
"""A dashboard of Grafana: hosts differ between networks, its id does not."""
_LEAST_PARTS = 2
"""Slashes in an address that leads to a page rather than to a site."""
_INDEX_PAGES = frozenset({"readme", "index", "_index"})
_NO_LETTER = re.compile(r"[\W_]+")


class NamedBy(StrEnum):
    """How a question names a document."""

    ADDRESS = "address"
    NAME = "name"
    HEADING = "heading"
    CITED = "cited"


@dataclass(frozen=True, slots=True)
class Named:
    """That a document is named: how, by what, at which heading ("" for the page), and whether by an alert."""

    by: NamedBy
    said: str
    heading: str = ""
    by_alert: bool = False


def squashed(text: str) -> str:
    """Return the letters and digits of ``text`` in lower case: what addresses and anchors keep of a name."""
    return _NO_LETTER.sub("", text.casefold())


class PageNames:
    """Finds documents of one version by the names that pages have in addresses, and by their titles."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the names of every incident, runbook and note."""
        self._found: defaultdict[str, list[int]] = defaultdict(list)
        catalogue = snapshot.catalogue
        for ordinal, (path, title) in enumerate(zip(catalogue.paths, catalogue.titles, strict=True)):
            if catalogue.kinds[ordinal] in {Kind.TEMPLATE, Kind.SERVICE}:
                continue
            names = {squashed(_page(path)), squashed(title), *map(squashed, catalogue.names[ordinal])}
            for name in names - {""}:
                self._found[name].append(ordinal)

    def named(self, name: str, view: View) -> list[int]:
        """Return the documents of ``view`` with that name, by ordinal."""
        return [ordinal for ordinal in self._found.get(squashed(name), ()) if view.documents[ordinal]]


def _page(path: str) -> str:
    """Return the name of a page in a path: that of its folder for an index page."""
    parts = [part for part in path.split("/") if part]
    stem = _ENDING.sub("", parts[-1]) if parts else ""
    return parts[-2] if stem.casefold() in _INDEX_PAGES and len(parts) > 1 else stem


def named_documents(pages: PageNames, view: View, text: str, references: Sequence[str]) -> dict[int, Named]:
    """Return the documents that a question names, by ordinal.

    ``references`` are addresses and names that an alert gives; ``text`` counts where it is a name itself.
    """
    found: dict[int, Named] = {}
    for reference in references:
        if "/" in reference or "#" in reference:
            address, _, anchor = reference.partition("#")
            page = _page(_SCHEME.sub("", address.partition("?")[0]))
            for ordinal in pages.named(page, view):
                found.setdefault(ordinal, Named(NamedBy.ADDRESS, reference, squashed(anchor), by_alert=True))
    for name in (*_names(text), *(one for one in references if "/" not in one)):
        for ordinal in pages.named(name, view):
            found.setdefault(ordinal, Named(NamedBy.NAME, name, by_alert=name in references))
    return found


def named_sections(
    read: Iterable[tuple[int, Mapping[int, Chunk]]], text: str, references: Sequence[str]
) -> dict[int, Named]:
    """Return the documents with a heading that is, letter by letter, the question or the alert's name."""
    names = {squashed(name): name for name in (*references, *_names(text)) if "/" not in name}
    found: dict[int, Named] = {}
    for ordinal, chunks in read if names else ():
        for chunk in chunks.values():
            heading = squashed(chunk.headings[-1]) if chunk.headings else ""
            if heading in names:
                name = names[heading]
                found.setdefault(ordinal, Named(NamedBy.HEADING, name, heading, by_alert=name in references))
    return found


def citing_document(read: Iterable[tuple[int, str]], references: Sequence[str]) -> dict[int, Named]:
    """Return the one document whose text gives an address that an alert gives, that of its dashboard say.

    An address that several give names none of them: everybody links the overview.
    """
    needles = {reference: _needle(reference) for reference in references if "/" in reference}
    if not any(needles.values()):
        return {}
    texts = list(read)
    for reference, needle in needles.items():
        citing = [ordinal for ordinal, text in texts if needle and needle.search(text)]
        if len(citing) == 1:
            return {citing[0]: Named(NamedBy.CITED, reference, by_alert=True)}
    return {}


def _needle(address: str) -> re.Pattern[str] | None:
    """Return what finds an address in a text whatever its scheme, a dashboard by its id alone."""
    board = _BOARD.search(address)
    place = board[0] if board else _SCHEME_ALONE.sub("", address.partition("#")[0]).rstrip("/")
    if board is None and (place.count("/") < _LEAST_PARTS or place.startswith(".")):
        return None
    return re.compile(rf"{re.escape(place)}(?![\w-])")


def _names(text: str) -> Iterator[str]:
    text = text.strip()
    if text and len(text) <= LONGEST_NAME and "\n" not in text:
        yield text
