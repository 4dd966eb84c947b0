"""The index of families of one version: as stored, and as seen by a reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from rca_search.errors import IndexCorruptError, IndexFormatError
from rca_search.indexing.artefacts import FAMILIES, SIGNATURES
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.clustering import Group, all_groups, groups_around
from rca_search.insight.families.signatures import Signatures
from rca_search.insight.families.similarity import Likeness, PairModel
from rca_search.insight.links.references import visible_target
from rca_search.lru_cache import LruCache
from rca_search.views import View


@dataclass(frozen=True, slots=True)
class StoredFamilies:
    """Families of all documents, and what those of a view are worked out with.

    ``incidents`` are the ordinals of the documents that count, ascending: incidents that are no planned
    maintenance; ``groups`` hold places in it, and so do ``minutes`` (durations). ``bounds`` are the columns
    of the signatures' parts.
    """

    incidents: tuple[int, ...]
    minutes: tuple[int | None, ...]
    groups: tuple[Group, ...]
    model: PairModel
    bounds: Mapping[str, tuple[int, int]]

    @classmethod
    def open(cls, content: bytes, documents: int) -> StoredFamilies:
        """Read what ``to_bytes`` gave; raises IndexCorruptError where it does not fit ``documents``."""
        try:
            body = json.loads(content)
            stored = cls(
                incidents=tuple(map(int, body["incidents"])),
                minutes=tuple(body["minutes"]),
                groups=tuple(tuple(map(int, group)) for group in body["groups"]),
                model=PairModel.from_json(body["model"]),
                bounds={name: (int(first), int(end)) for name, (first, end) in body["bounds"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged() from error
        places = range(len(stored.incidents))
        fits = list(stored.incidents) == sorted(set(stored.incidents)) and len(stored.minutes) == len(places)
        if not fits or not all(0 <= ordinal < documents for ordinal in stored.incidents):
            raise _damaged()
        if not all(place in places for group in stored.groups for place in group):
            raise _damaged()
        return stored

    def to_bytes(self) -> bytes:
        """Return everything but the signatures, as JSON in one canonical spelling."""
        body: dict[str, Any] = {
            "incidents": list(self.incidents),
            "minutes": list(self.minutes),
            "groups": [list(group) for group in self.groups],
            "model": self.model.to_json(),
            "bounds": {name: list(pair) for name, pair in self.bounds.items()},
        }
        return json.dumps(body, sort_keys=True).encode()

    def signatures(self, content: bytes) -> Signatures:
        """Read the signatures, one row for each incident that counts."""
        found = Signatures.open(content, self.bounds)
        if len(found) != len(self.incidents):
            raise _damaged()
        return found


def folder_numbers(ids: Sequence[str]) -> list[int]:
    """Return for each id the number of the folder it lies in, in the order in which folders appear."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name.rpartition("/")[0], len(numbers)) for name in ids]


def _damaged() -> IndexCorruptError:
    return IndexCorruptError("The families of the version cannot be read.", remedy="Build the index again.")


_VIEWS = 16


@dataclass(frozen=True, slots=True)
class _OfView:
    """What is known of one view; the family of each incident is kept once it has been asked for."""

    likeness: Likeness
    groups: dict[int, Group] = field(default_factory=dict)


class FamilyIndex:
    """Families of one snapshot by view; safe for any number of threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot; nothing is read before it is asked for."""
        self._snapshot = snapshot
        self._views: LruCache[str, _OfView] = LruCache(_VIEWS)
        self._whole: LruCache[str, list[Group]] = LruCache(_VIEWS)

    @property
    def catalogue(self) -> Catalogue:
        """What is known of each document."""
        return self._snapshot.catalogue

    @cached_property
    def stored(self) -> StoredFamilies | None:
        """What the build kept, or None in a version that was made without families."""
        content = self._snapshot.learned(FAMILIES)
        return None if content is None else StoredFamilies.open(content, len(self._snapshot.catalogue))

    def required(self) -> StoredFamilies:
        """Return what the build kept; raises IndexFormatError where it kept nothing."""
        if self.stored is None:
            raise IndexFormatError(
                "The index was made without families of incidents.",
                remedy="Build the index again with this version.",
            )
        return self.stored

    def group_of(self, ordinal: int, view: View) -> tuple[int, ...]:
        """Return the documents of ``view`` in the family of the one at ``ordinal``, itself included.

        It alone where it has no family, and none where it is no incident that counts.
        """
        place = self._places.get(ordinal)
        if self.stored is None or place is None:
            return ()
        if view.documents.all():
            return self._ordinals(self._stored_groups.get(place, (place,)))
        known = self._of_view(view)
        if place not in known.groups:
            known.groups.update(groups_around(known.likeness, place))
        return self._ordinals(known.groups[place])

    def groups(self, view: View) -> list[tuple[int, ...]]:
        """Return the documents of each family of ``view``; raises IndexFormatError where none are stored."""
        stored = self.required()
        if view.documents.all():
            return [self._ordinals(group) for group in stored.groups]
        found = self._whole.get_or_make(view.key, lambda: all_groups(self._of_view(view).likeness))
        return [self._ordinals(group) for group in found]

    def minutes(self, ordinal: int) -> int | None:
        """Return how long the incident at ``ordinal`` lasted, None where that is not known."""
        place = self._places.get(ordinal)
        return None if place is None or self.stored is None else self.stored.minutes[place]

    def counted(self, view: View) -> list[int]:
        """Return the incidents of ``view`` that count: those that are no planned maintenance."""
        return [ordinal for ordinal in self.required().incidents if view.documents[ordinal]]

    @cached_property
    def _places(self) -> Mapping[int, int]:
        incidents = self.stored.incidents if self.stored else ()
        return {ordinal: place for place, ordinal in enumerate(incidents)}

    @cached_property
    def _stored_groups(self) -> Mapping[int, Group]:
        groups = self.stored.groups if self.stored else ()
        return {place: group for group in groups for place in group}

    @cached_property
    def _signatures(self) -> Signatures:
        content = self._snapshot.learned(SIGNATURES)
        return self.required().signatures(content or b"")

    def _ordinals(self, group: Iterable[int]) -> tuple[int, ...]:
        incidents = self.required().incidents
        return tuple(incidents[place] for place in group)

    def _of_view(self, view: View) -> _OfView:
        return self._views.get_or_make(view.key, lambda: _OfView(self._likeness(view)))

    def _likeness(self, view: View) -> Likeness:
        return likeness_of(self._snapshot, self.required(), self._signatures, view)


def likeness_of(snapshot: Snapshot, stored: StoredFamilies, signatures: Signatures, view: View) -> Likeness:
    """Return how alike the incidents of ``view`` are; links count as they resolve in it."""
    ids = [snapshot.catalogue.ids[ordinal] for ordinal in stored.incidents]
    return Likeness(
        signatures,
        stored.model,
        np.asarray(folder_numbers(ids), dtype=np.intp),
        np.flatnonzero(view.documents[list(stored.incidents)]),
        _linked(snapshot, stored.incidents, view),
    )


def _linked(snapshot: Snapshot, incidents: Sequence[int], view: View) -> dict[int, Set[int]]:
    """Return which incidents that count are linked in ``view``, by place and in both directions."""
    places = {ordinal: place for place, ordinal in enumerate(incidents)}
    linked: dict[int, set[int]] = {}
    for reference in snapshot.references:
        ends = (snapshot.ordinals[reference.source_id], visible_target(snapshot, reference, view))
        one, other = (places.get(end) if end is not None else None for end in ends)
        if one is not None and other is not None and one != other:
            linked.setdefault(one, set()).add(other)
            linked.setdefault(other, set()).add(one)
    return dict(linked)
