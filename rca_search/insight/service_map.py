"""Services by name: which note is whose, and which service needs which. Light enough for every question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.indexing.graph_records import Statement
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import EdgeKind, Entity, Kind
from rca_search.ranking.filters import fold
from rca_search.sources.link_styles import FRONT_MATTER
from rca_search.views import View


def meant(meanings: Iterable[Sequence[str]], ordinals: Mapping[str, int], view: View) -> list[int]:
    """Return the documents that a link means in ``view``: the first of its groups that has a visible one."""
    for group in meanings:
        visible = [ordinals[name] for name in group if view.documents[ordinals[name]]]
        if visible:
            return visible
    return []


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
    """What each service needs, by folded name, and the runbooks that the note on it names."""

    needs: Mapping[str, Sequence[str]]
    runbooks: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, snapshot: Snapshot, view: View) -> ServiceMap:
        """Read service catalogues and the visible notes."""
        statements, entities = snapshot.service_catalogue
        notes = ServiceNotes.of(snapshot, view)
        needs: dict[str, dict[str, str]] = {}
        for one, other in (*_in_entities(entities), *_in_notes(snapshot, view, statements)):
            if fold(one) != fold(other):
                needs.setdefault(_key(notes, one, snapshot), {}).setdefault(fold(other), other)
        found = {name: tuple(others[folded] for folded in sorted(others)) for name, others in needs.items()}
        return cls(found, _named_in_notes(snapshot, view))

    def needed_by(self, service: str) -> Sequence[str]:
        """Return the services that ``service`` depends on, sorted by name."""
        return self.needs.get(fold(service), ())

    def runbooks_of(self, service: str) -> Sequence[int]:
        """Return the runbooks that the header of the note on ``service`` names."""
        return self.runbooks.get(fold(service), ())


def _key(notes: ServiceNotes, service: str, snapshot: Snapshot) -> str:
    note = notes.find(service)
    return fold(service) if note is None else fold(snapshot.catalogue.ids[note].rpartition("/")[2])


def _in_entities(entities: Sequence[Entity]) -> Iterable[tuple[str, str]]:
    for entity in entities:
        for relation in () if entity.is_team else entity.relations:
            if relation.kind is EdgeKind.DEPENDS_ON:
                yield entity.name, relation.name
            elif relation.kind is EdgeKind.USED_BY:
                yield relation.name, entity.name


def _in_notes(snapshot: Snapshot, view: View, statements: Sequence[Statement]) -> Iterable[tuple[str, str]]:
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
