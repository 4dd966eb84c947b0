"""Links as written -> the documents that they mean; what leads nowhere stays visible.

Needs no Markdown or YAML library.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.models import Document, Link

_SEPARATORS = re.compile(r"[\W_]+")
_SHORTEST_LOOSE = 3
"""Characters, separators left out, below which a spelling is not evened out: too little is left of it."""

MAX_MEANINGS = 64
"""Documents kept as meanings of one link: names such as README can be any of thousands."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link from one document to another, by id; a document may link to itself."""

    source: str
    target: str
    link: Link


@dataclass(frozen=True, slots=True)
class Dangling:
    """A link that no document answers to, or, with ``candidates``, several equally well."""

    source: str
    link: Link
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """All links of a set of documents, in the order of the documents and of their text."""

    edges: tuple[Edge, ...]
    dangling: tuple[Dangling, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    source: str
    folder: str


@dataclass(frozen=True, slots=True)
class LinkTable:
    """Finds documents by path, file name, alias or title; case does not matter.

    Separators matter only where nothing has the name as it is written: ``loose`` has every name without them.
    """

    places: Mapping[str, _Place]
    paths: Mapping[str, tuple[_Place, ...]]
    names: Sequence[Mapping[str, tuple[_Place, ...]]]
    loose: Mapping[str, tuple[_Place, ...]]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> LinkTable:
        """Build the table of ``documents``."""
        places: dict[str, _Place] = {}
        paths: dict[str, list[_Place]] = {}
        steps: tuple[dict[str, list[_Place]], ...] = ({}, {}, {})
        loose: dict[str, list[_Place]] = {}
        for document in documents:
            bare = _bare(document.path)
            place = _Place(document.id, document.source, posixpath.dirname(bare))
            places[document.id] = place
            for path in {bare, _bare(document.id)}:
                paths.setdefault(path, []).append(place)
            aliases = {_fold(alias) for alias in document.aliases}
            found = ({posixpath.basename(bare)}, aliases, {_fold(document.title)})
            for step, names in zip(steps, found, strict=True):
                for name in names - {""}:
                    step.setdefault(name, []).append(place)
            for name in {_loose(name) for name in set().union(*found)} - {""}:
                loose.setdefault(name, []).append(place)
        return cls(places, _frozen(paths), [_frozen(step) for step in steps], _frozen(loose))

    def find(self, document_id: str, target: str) -> tuple[str, ...]:
        """Return the ids that ``target`` means in the document ``document_id``: none, one or several.

        As Obsidian does: a path relative to the document or to its source folder, the end of a path,
        a file name, an alias, a title, in that order. Of several the nearest folder wins. Last, the one
        document with a name that differs in separators alone; of several such none is meant.
        """
        return next(iter(self.meanings(document_id, target)), ())

    def meanings(self, document_id: str, target: str) -> tuple[tuple[str, ...], ...]:
        """Return every group of ids that ``target`` could mean, the one that ``find`` gives first.

        Where the documents of one group do not exist for a reader, the next group is what the link means
        to him. Holds at most ``MAX_MEANINGS`` ids.
        """
        here = self.places[document_id]
        wanted = _bare(target.strip().lstrip("/"))
        groups: list[tuple[str, ...]] = []
        seen: set[str] = set()
        for found in self._steps(here, wanted, _fold(target)) if wanted else ():
            exact = [place for place in found if _spelled(place, target)]
            if len(found) > 1 and len(exact) == 1 and exact[0].id not in seen:
                groups.append((exact[0].id,))
                seen.add(exact[0].id)
            rest = [place for place in found if place.id not in seen]
            while rest and len(seen) < MAX_MEANINGS:
                group = _nearest(here, rest)
                groups.append(group)
                seen.update(group)
                rest = [place for place in rest if place.id not in seen]
        alike = sorted({place.id for place in self._differing_in_separators(wanted)} - seen)
        if alike and len(seen) < MAX_MEANINGS:
            groups.append(tuple(alike[:MAX_MEANINGS]))
        return tuple(groups)

    def meanings_of_url(self, document_id: str, paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return the groups of ids that an address may mean: of the ends of its path, the longest first."""
        groups: list[tuple[str, ...]] = []
        for path in paths:
            groups += [group for group in self.meanings(document_id, path) if group not in groups]
        return tuple(groups)

    def _differing_in_separators(self, wanted: str) -> Iterable[_Place]:
        folder, _, name = wanted.strip("./").rpartition("/")
        end = "/".join(map(_even, (*folder.split("/"), name))) if folder else ""
        for place in self.loose.get(_loose(name), ()):
            if not end or ("/" + "/".join(map(_even, _bare(place.id).split("/")))).endswith("/" + end):
                yield place

    def _steps(self, here: _Place, wanted: str, folded: str) -> Iterable[tuple[_Place, ...]]:
        yield self._at(here, posixpath.normpath(posixpath.join(here.folder, wanted)))
        yield self._at(here, posixpath.normpath(wanted))
        by_name, by_alias, by_title = self.names
        same_name = by_name.get(posixpath.basename(wanted), ())
        end = "/" + wanted.lstrip("./")
        yield tuple(place for place in same_name if ("/" + _bare(place.id)).endswith(end))
        yield by_alias.get(folded, ())
        yield by_title.get(folded, ())

    def _at(self, here: _Place, path: str) -> tuple[_Place, ...]:
        found = self.paths.get(path, ())
        return tuple(place for place in found if place.source == here.source) or found


def resolve_links(documents: Sequence[Document]) -> Resolved:
    """Resolve every link of ``documents`` among them."""
    table = LinkTable.of(documents)
    edges: list[Edge] = []
    dangling: list[Dangling] = []
    for document in documents:
        for link in document.links:
            found = table.find(document.id, link.target)
            if len(found) == 1:
                edges.append(Edge(document.id, found[0], link))
            else:
                dangling.append(Dangling(document.id, link, found))
    return Resolved(tuple(edges), tuple(dangling))


def _spelled(place: _Place, target: str) -> bool:
    """Return whether the file at ``place`` is called just as ``target`` spells it, case and all."""
    name = posixpath.basename(target.strip().replace("\\", "/"))
    return posixpath.basename(place.id) in {name, name.removesuffix(".md")}


def _bare(path: str) -> str:
    folded = path.strip().casefold().replace("\\", "/")
    for ending in (".md", ".markdown"):
        if folded.endswith(ending):
            return folded[: -len(ending)]
    return folded


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _loose(name: str) -> str:
    """Return ``name`` without separators, or "" where too little is left to tell it by."""
    evened = _even(name)
    return evened if len(evened) >= _SHORTEST_LOOSE else ""


def _even(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


def _frozen(found: Mapping[str, list[_Place]]) -> dict[str, tuple[_Place, ...]]:
    return {name: tuple(places) for name, places in found.items()}


def _nearest(here: _Place, found: Sequence[_Place]) -> tuple[str, ...]:
    """Return the ids of those that lie closest: same source, then fewest steps between the folders."""
    distances = {place.id: _distance(here, place) for place in found}
    best = min(distances.values())
    return tuple(sorted(name for name, distance in distances.items() if distance == best))


def _distance(here: _Place, there: _Place) -> tuple[bool, int]:
    ours, theirs = [part.split("/") if part else [] for part in (here.folder, there.folder)]
    shared = len(posixpath.commonprefix([ours, theirs]))
    return here.source != there.source, len(ours) + len(theirs) - 2 * shared
