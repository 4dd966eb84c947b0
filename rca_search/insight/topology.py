"""Which services depend on which, as far as the visible service notes say so.

A note depends on what it links to among the other notes, and on what its front matter lists under
``depends_on`` or ``dependencies``. This is the least that ranking needs; a fuller graph can take its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.insight.references import visible_target
from rca_search.models import Kind
from rca_search.ranking.filters import fold
from rca_search.views import View

# The last part is the name: "Services/pricing", "component:default/pricing".
_REFERENCE = re.compile(r"[/:]")
_KEYS = frozenset({"dependson", "dependencies", "dependsupon", "requires"})


class Topology:
    """The dependencies between the services of a corpus; in a view only its visible notes speak."""

    def __init__(self, snapshot: Snapshot, references_from: Mapping[str, Sequence[Reference]]) -> None:
        """Take the documents and their links; notes are read when a question is first about a service."""
        self._snapshot = snapshot
        self._references_from = references_from

    def neighbours(self, services: Sequence[str], view: View) -> dict[str, str]:
        """Return the services one step from ``services``, either way, each with the one it is next to.

        Names are folded, as ``ranking.filters.fold`` does; ``services`` themselves are left out.
        """
        wanted = frozenset(map(fold, services))
        found: dict[str, str] = {}
        for ordinal, names in self._visible(view):
            for target in self._targets(ordinal, view):
                _connect(found, names, target, wanted)
        return {name: service for name, service in found.items() if name not in wanted}

    def _visible(self, view: View) -> list[tuple[int, Sequence[str]]]:
        return [(ordinal, names) for ordinal, names in self._names.items() if view.documents[ordinal]]

    def _targets(self, ordinal: int, view: View) -> Iterator[Sequence[str]]:
        """Yield the names of each service that the note at ``ordinal`` depends on, with a note or without."""
        for reference in self._references_from.get(self._snapshot.catalogue.ids[ordinal], ()):
            target = visible_target(self._snapshot, reference, view)
            if target is not None and target != ordinal and target in self._names:
                yield self._names[target]
        for name in self._declared[ordinal]:
            yield next((names for _, names in self._visible(view) if name in names), (name,))

    @cached_property
    def _names(self) -> Mapping[int, Sequence[str]]:
        """The folded names of each service note: its file's, its title, its aliases."""
        catalogue = self._snapshot.catalogue
        found: dict[int, Sequence[str]] = {}
        for ordinal in np.flatnonzero(self._snapshot.of_kind(Kind.SERVICE)).tolist():
            file = catalogue.ids[ordinal].rpartition("/")[2]
            names = (file, catalogue.titles[ordinal], *catalogue.names[ordinal])
            found[ordinal] = tuple(dict.fromkeys(map(fold, names)))
        return found

    @cached_property
    def _declared(self) -> Mapping[int, Sequence[str]]:
        """The folded names that the front matter of each service note lists as its dependencies."""
        return {
            ordinal: tuple(_declared(self._snapshot.document(ordinal).metadata)) for ordinal in self._names
        }


def _declared(metadata: Mapping[str, object]) -> Iterator[str]:
    for key, value in metadata.items():
        if fold(key) in _KEYS:
            yield from map(fold, _listed(value))


def _connect(
    found: dict[str, str], names: Sequence[str], target: Sequence[str], wanted: frozenset[str]
) -> None:
    """Note both ends of a dependency where the other end is wanted."""
    for these, those in ((names, target), (target, names)):
        near = next((name for name in these if name in wanted), None)
        if near is not None:
            for name in those:
                found.setdefault(name, near)


def _listed(value: object) -> Iterator[str]:
    """Yield the names in a front-matter value: a text with commas, a list, or the keys of a mapping."""
    if isinstance(value, str):
        yield from filter(None, (_REFERENCE.split(part.strip("[] "))[-1] for part in value.split(",")))
    elif isinstance(value, list | tuple | Mapping):
        for item in value:
            yield from _listed(item)
