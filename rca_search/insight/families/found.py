"""The families of each view of one version: read where everything is visible, else worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rca_search.errors import IndexFormatError
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.grouping import Group, all_groups, groups_around
from rca_search.insight.families.likeness import Likeness
from rca_search.insight.families.signatures import Signatures
from rca_search.insight.families.stored import FAMILIES, SIGNATURES, StoredFamilies, folder_numbers
from rca_search.insight.links.references import visible_target
from rca_search.recent import Recent
from rca_search.views import View

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
        self._views: Recent[str, _OfView] = Recent(_VIEWS)
        self._whole: Recent[str, list[Group]] = Recent(_VIEWS)

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
