"""Services by name: which note is whose, which service needs which, and which stand next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from rca_search.indexing.records import StoredStatement
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.links.references import meant, visible_target
from rca_search.models import EdgeKind, Entity, Kind
from rca_search.models.documents import FRONT_MATTER
from rca_search.ranking.filters import fold
from rca_search.views import View


@dataclass(frozen=True, slots=True)
class ServiceNotes:
    """The notes on services that exist in a view, by the names that the services go by."""

    steps: Sequence[Mapping[str, Sequence[int]]]

    @classmethod
    def of(cls, snapshot: Snapshot, view: View) -> ServiceNotes:
        """Gather file names, aliases, and titles, in order of their worth."""
        catalogue = snapshot.catalogue
        steps: tuple[dict[str, list[int]], ...] = ({}, {}, {})
        for ordinal in np.flatnonzero(view.documents & snapshot.of_kind(Kind.SERVICE)).tolist():
            stem = catalogue.ids[ordinal].rpartition("/")[2]
            aliases = [name for name in catalogue.names[ordinal] if "/" not in name and "." not in name]
            own = catalogue.services[ordinal] if len(catalogue.services[ordinal]) == 1 else ()
            for step, names in zip(
                steps, ([stem], [*aliases, *own], [catalogue.titles[ordinal]]), strict=True
            ):
                for name in {fold(name) for name in names} - {""}:
                    step.setdefault(name, []).append(ordinal)
        return cls(steps)

    def find(self, service: str) -> int | None:
        """Return the note on ``service``, None where there is none or several have an equal claim."""
        folded = fold(service)
        found = next((step[folded] for step in self.steps if folded in step), ())
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class ServiceMap:
    """What each service needs and which stand next to each other, and the runbooks that notes name.

    Keys are the names of ``key``. ``near`` are services of which one needs the other, or whose notes link to
    one another.
    """

    keys: Mapping[str, str]
    needs: Mapping[str, Sequence[str]]
    near: Mapping[str, Set[str]]
    runbooks: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, snapshot: Snapshot, view: View) -> ServiceMap:
        """Read service catalogues and the visible notes."""
        statements, entities = snapshot.service_catalogue
        keys = _keys(snapshot, ServiceNotes.of(snapshot, view))
        needs: dict[str, dict[str, str]] = {}
        near: dict[str, set[str]] = {}
        needed = [*_in_entities(entities), *_in_notes(snapshot, view, statements)]
        for one, other in needed:
            if fold(one) != fold(other):
                needs.setdefault(_key(keys, one), {}).setdefault(fold(other), other)
        for one, other in (*needed, *_linked_notes(snapshot, view)):
            ends = _key(keys, one), _key(keys, other)
            if ends[0] != ends[1]:
                near.setdefault(ends[0], set()).add(ends[1])
                near.setdefault(ends[1], set()).add(ends[0])
        found = {name: tuple(others[folded] for folded in sorted(others)) for name, others in needs.items()}
        return cls(keys, found, near, _named_in_notes(snapshot, view))

    @classmethod
    def empty(cls) -> ServiceMap:
        """Return a map of no service."""
        return cls({}, {}, {}, {})

    def key(self, service: str) -> str:
        """Return what ``service`` goes by here: the folded name of the note on it, or its own folded name."""
        return _key(self.keys, service)

    def needed_by(self, service: str) -> Sequence[str]:
        """Return the services that ``service`` depends on, sorted by name."""
        return self.needs.get(self.key(service), ())

    def next_to(self, service: str) -> Set[str]:
        """Return the keys of the services next to ``service``, in either direction."""
        return self.near.get(self.key(service), frozenset())

    def runbooks_of(self, service: str) -> Sequence[int]:
        """Return the runbooks that the header of the note on ``service`` names."""
        return self.runbooks.get(self.key(service), ())


def _key(keys: Mapping[str, str], service: str) -> str:
    folded = fold(service)
    return keys.get(folded, folded)


def _keys(snapshot: Snapshot, notes: ServiceNotes) -> dict[str, str]:
    """Return the folded name of the note on each service, by the folded names that lead to no other note."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for step in notes.steps for name in step):
        note = notes.find(name)
        if note is not None:
            found[name] = fold(snapshot.catalogue.ids[note].rpartition("/")[2])
    return found


def _linked_notes(snapshot: Snapshot, view: View) -> Iterable[tuple[str, str]]:
    """Yield the names of services whose visible note links to that on another."""
    catalogue, services = snapshot.catalogue, view.documents & snapshot.of_kind(Kind.SERVICE)
    for reference in snapshot.references:
        source = snapshot.ordinals[reference.source_id]
        target = visible_target(snapshot, reference, view) if services[source] else None
        if target is not None and services[target]:
            yield catalogue.ids[source].rpartition("/")[2], catalogue.ids[target].rpartition("/")[2]


def _in_entities(entities: Sequence[Entity]) -> Iterable[tuple[str, str]]:
    for entity in entities:
        for relation in () if entity.is_team else entity.relations:
            if relation.kind is EdgeKind.DEPENDS_ON:
                yield entity.name, relation.name
            elif relation.kind is EdgeKind.USED_BY:
                yield relation.name, entity.name


def _in_notes(
    snapshot: Snapshot, view: View, statements: Sequence[StoredStatement]
) -> Iterable[tuple[str, str]]:
    catalogue, ordinals = snapshot.catalogue, snapshot.ordinals
    for statement in statements:
        source = ordinals[statement.source_id]
        if not view.documents[source]:
            continue
        name = statement.link.target.rpartition("/")[2]
        found = meant(statement.meanings, ordinals, view)
        if len(found) == 1:
            if catalogue.kinds[found[0]] is not Kind.SERVICE:
                continue  # a runbook or a page that helps with it is no service
            name = catalogue.ids[found[0]].rpartition("/")[2]
        own = catalogue.ids[source].rpartition("/")[2]
        yield (own, name) if statement.kind is EdgeKind.DEPENDS_ON else (name, own)


def _named_in_notes(snapshot: Snapshot, view: View) -> dict[str, tuple[int, ...]]:
    catalogue, ordinals = snapshot.catalogue, snapshot.ordinals
    found: dict[str, dict[int, None]] = {}
    for reference in snapshot.references:
        source = ordinals[reference.source_id]
        if reference.link.style != FRONT_MATTER or catalogue.kinds[source] is not Kind.SERVICE:
            continue
        targets = meant(reference.meanings, ordinals, view) if view.documents[source] else []
        if len(targets) == 1 and catalogue.kinds[targets[0]] is Kind.RUNBOOK:
            name = fold(catalogue.ids[source].rpartition("/")[2])
            found.setdefault(name, {})[targets[0]] = None
    return {name: tuple(books) for name, books in found.items()}
