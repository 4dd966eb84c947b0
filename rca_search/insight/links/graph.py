"""The link graph of a view: incidents, runbooks, services, teams and notes, and who speaks of whom.

Worked out from what visible documents and service catalogues say, so that it equals the graph of an index of
only the visible documents. Plain adjacency lists: neighbours are all that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from rca_search.errors import InvalidRequestError
from rca_search.indexing.records import StoredStatement
from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.insight.links.near import NearNames
from rca_search.insight.links.references import meant
from rca_search.insight.links.service_map import ServiceNotes
from rca_search.models import Edge, EdgeKind, Entity, Kind, Neighbourhood, Node, NodeKind
from rca_search.models.documents import FRONT_MATTER
from rca_search.ranking.filters import fold
from rca_search.ranking.service_names import RunbookServices
from rca_search.sources.aliases import AliasTable
from rca_search.views import View

_KIND_OF = {
    Kind.INCIDENT: NodeKind.INCIDENT,
    Kind.RUNBOOK: NodeKind.RUNBOOK,
    Kind.SERVICE: NodeKind.SERVICE,
    Kind.OTHER: NodeKind.OTHER,
    Kind.TEMPLATE: NodeKind.OTHER,
}
_PREFIX = re.compile(r"([A-Z][A-Z0-9]{1,9})-[0-9]")
_TEAM_WORD = re.compile(r"\bteam\b", re.IGNORECASE)


class NodeTable(dict[str, Node]):
    """Nodes by id; those of the visible documents are there from the start."""

    def __init__(self, snapshot: Snapshot, view: View) -> None:
        """Take the visible documents of ``view``."""
        super().__init__()
        self._snapshot = snapshot
        self._view = view
        self._notes = ServiceNotes.of(snapshot, view)
        self._candidates: dict[str, tuple[str, ...]] = {}
        for ordinal in np.flatnonzero(view.documents).tolist():
            self._add_document(ordinal)

    def near(self, target: str) -> tuple[str, ...]:
        """Return ids of visible documents with a name spelled like ``target``, closest first."""
        return self._near_names.near(target.rpartition("/")[2] or target)

    def _add_document(self, ordinal: int) -> None:
        catalogue = self._snapshot.catalogue
        name, kind = catalogue.ids[ordinal], _KIND_OF[catalogue.kinds[ordinal]]
        folder = name.rpartition("/")[0].rpartition("/")[2].casefold()
        if kind is NodeKind.OTHER and folder in {"team", "teams"}:
            kind = NodeKind.TEAM
        self[name] = Node(name, kind, catalogue.titles[ordinal], document=True)

    def service_id(self, name: str) -> str:
        """Return the node of the service ``name``: that of the note on it, where there is one."""
        note = self._notes.find(name)
        return f"service:{fold(name)}" if note is None else self._snapshot.catalogue.ids[note]

    def team_id(self, name: str) -> str:
        """Return the node of the team ``name``: that of its page, where there is one."""
        folded = _team_name(name)
        return self._teams.get(folded, f"team:{folded}")

    def named(self, identity: str, kind: NodeKind, title: str) -> str:
        """Return ``identity``, and add the node where there is none yet."""
        known = self.get(identity)
        if known is None or (not known.document and title < known.title):
            self[identity] = Node(identity, kind, title, document=False)
        return identity

    def missing(self, target: str, candidates: Sequence[int]) -> str:
        """Return the node of a target that means no document, or each of ``candidates``."""
        identity = f"missing:{' '.join(target.split()).casefold()}"
        ids = self._snapshot.catalogue.ids
        several = {*self._candidates.get(identity, ()), *(ids[ordinal] for ordinal in candidates)}
        self._candidates[identity] = tuple(sorted(several))
        return self.named(identity, NodeKind.MISSING, target)

    @cached_property
    def _teams(self) -> Mapping[str, str]:
        notes = (node for node in self.values() if node.kind is NodeKind.TEAM and node.document)
        return {_team_name(node.id.rpartition("/")[2]): node.id for node in notes}

    @cached_property
    def aliases(self) -> AliasTable:
        """The names of visible documents: a hidden one must not make another ambiguous, nor be suggested."""
        if len(self._view) == len(self._snapshot.catalogue):
            return self._snapshot.aliases
        columns = self._snapshot.catalogue
        visible = np.flatnonzero(self._view.documents).tolist()
        return AliasTable.from_pairs(
            (columns.ids[n], (columns.names[n], (columns.titles[n],))) for n in visible
        )

    @cached_property
    def _near_names(self) -> NearNames:
        catalogue = self._snapshot.catalogue
        visible = np.flatnonzero(self._view.documents).tolist()
        return NearNames(
            (spelling, catalogue.ids[ordinal])
            for ordinal in visible
            for spelling in (*catalogue.names[ordinal], catalogue.titles[ordinal])
        )

    @cached_property
    def id_prefixes(self) -> frozenset[str]:
        """The letters that ids of visible documents begin with, such as INC."""
        catalogue = self._snapshot.catalogue
        visible = np.flatnonzero(self._view.documents).tolist()
        names = (name for ordinal in visible for name in catalogue.names[ordinal])
        return frozenset(match[1] for name in names if (match := _PREFIX.match(name)))

    def with_near(self, identity: str) -> Node:
        """Return a node, a missing one with what it may mean."""
        node = self[identity]
        if node.kind is not NodeKind.MISSING:
            return node
        return replace(node, near=self._candidates.get(identity) or self.near(node.title))

    def is_id(self, name: str) -> bool:
        """Return whether a name that nothing has looks like those that documents here have."""
        match = _PREFIX.match(name)
        return match is None or match[1] in self.id_prefixes


def _team_name(name: str) -> str:
    return fold(_TEAM_WORD.sub("", name)) or fold(name)


MAX_DEPTH = 3
MAX_NODES = 500

_ORDER = list(NodeKind)
_OF_DOCUMENTS = {EdgeKind.RELATED, EdgeKind.RUNBOOK, EdgeKind.SUPERSEDES, EdgeKind.MENTION, EdgeKind.URL}


class LinkGraph:
    """Nodes by id, and the edges that leave and reach each."""

    def __init__(self, snapshot: Snapshot, view: View, services: RunbookServices) -> None:
        """Read all that is said in ``view``; ``services`` knows the runbooks of each service there."""
        self._snapshot = snapshot
        self._view = view
        self.nodes = NodeTable(snapshot, view)
        self._edges: dict[tuple[str, str, EdgeKind], Edge] = {}
        for entity in snapshot.service_catalogue[1]:
            self._entity(entity)
        stated = self._statements()
        for reference in snapshot.references:
            self._reference(reference, stated)
        self._runbook_services(services)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge, by source, target and kind."""
        return tuple(self._edges[key] for key in sorted(self._edges))

    @cached_property
    def adjacency(self) -> Mapping[str, Sequence[Edge]]:
        """The edges that leave or reach each node."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
            found.setdefault(edge.target, []).append(edge)
        return found

    def find(self, name: str) -> str:
        """Return the id of the node that ``name`` means: a document, else a service, a team, or a node's id.

        Raises DocumentNotFoundError with near spellings, or AmbiguousIdError, where it means none.
        """
        if not self.nodes.aliases.matches(name):
            for known in (name, self.nodes.service_id(name), self.nodes.team_id(name)):
                if known in self.nodes:
                    return known
        return self.nodes.aliases.resolve(name)

    def around(self, name: str, depth: int) -> Neighbourhood:
        """Return what lies within ``depth`` steps of ``name``, at most ``MAX_NODES``, nearest first.

        Raises InvalidRequestError where ``depth`` is out of range, besides what ``find`` raises.
        """
        if not 1 <= depth <= MAX_DEPTH:
            raise InvalidRequestError(f"A depth of {depth} is not between 1 and {MAX_DEPTH}.")
        center = self.find(name)
        distances = {center: 0}
        frontier = [center]
        edges: dict[Edge, None] = {}
        for distance in range(1, depth + 1):
            reached: list[str] = []
            for node in frontier:
                for edge in self.adjacency.get(node, ()):
                    edges[edge] = None
                    other = edge.target if edge.source == node else edge.source
                    if other not in distances:
                        distances[other] = distance
                        reached.append(other)
            frontier = reached
        ordered = sorted(distances, key=lambda node: (distances[node], *self._order(node)))
        kept = ordered[:MAX_NODES]
        shown = set(kept)
        return Neighbourhood(
            center=self.nodes.with_near(center),
            depth=depth,
            nodes=tuple(map(self.nodes.with_near, kept)),
            distances=tuple(distances[node] for node in kept),
            edges=tuple(edge for edge in edges if edge.source in shown and edge.target in shown),
            left_out=len(ordered) - len(kept),
        )

    def has_runbook(self, service: str) -> bool:
        """Return whether a runbook is about ``service``, or the note on it leads to one."""
        node = self.nodes.service_id(service)
        for edge in self.adjacency.get(node, ()):
            other = edge.target if edge.source == node else edge.source
            about = edge.source == node or edge.kind is EdgeKind.SERVICE
            if about and self.nodes[other].kind is NodeKind.RUNBOOK:
                return True
        return False

    def near(self, target: str) -> tuple[str, ...]:
        """Return ids of visible documents with a name spelled like ``target``, closest first."""
        return self.nodes.near(target)

    def _order(self, identity: str) -> tuple[int, str]:
        return _ORDER.index(self.nodes[identity].kind), identity

    def _add(self, source: str, target: str, kind: EdgeKind, path: str, line: int, written: str) -> None:
        if kind is EdgeKind.USED_BY:
            source, target, kind = target, source, EdgeKind.DEPENDS_ON
        key = (source, target, kind)
        known = self._edges.get(key)
        if source != target and (known is None or (path, line) < (known.path, known.line)):
            self._edges[key] = Edge(source, target, kind, path, line, written)

    def _entity(self, entity: Entity) -> None:
        source = self._entity_node(entity.name, team=entity.is_team)
        for relation in entity.relations:
            target = self._entity_node(relation.name, team=relation.entity_kind in {"group", "user"})
            self._add(source, target, relation.kind, entity.path, relation.line, relation.name)

    def _entity_node(self, name: str, *, team: bool) -> str:
        identity = self.nodes.team_id(name) if team else self.nodes.service_id(name)
        return self.nodes.named(identity, NodeKind.TEAM if team else NodeKind.SERVICE, name)

    def _statements(self) -> set[tuple[str, int, str]]:
        """Add what documents state; return the places of links that a statement says more of."""
        stated: set[tuple[str, int, str]] = set()
        linked = {(each.source_id, each.link.line, each.link.target) for each in self._snapshot.references}
        for statement in self._snapshot.statements:
            source = self._snapshot.ordinals[statement.source_id]
            place = (statement.source_id, statement.link.line, statement.link.target)
            if not self._view.documents[source]:
                continue
            target = self._stated_target(statement, is_link=place in linked)
            if target is not None:
                link = statement.link
                path = self._snapshot.catalogue.paths[source]
                self._add(statement.source_id, target, statement.kind, path, link.line, link.target)
                stated.add(place)
        return stated

    def _stated_target(self, statement: StoredStatement, *, is_link: bool) -> str | None:
        name = statement.link.target.rpartition("/")[2]
        if statement.kind is EdgeKind.OWNER:
            return self.nodes.named(self.nodes.team_id(name), NodeKind.TEAM, name)
        if statement.kind is EdgeKind.SERVICE:
            return self.nodes.named(self.nodes.service_id(name), NodeKind.SERVICE, name)
        found = meant(statement.meanings, self._snapshot.ordinals, self._view)
        if statement.kind not in _OF_DOCUMENTS:
            return self._needed(name, found, is_link=is_link)
        if len(found) == 1:
            return self._snapshot.catalogue.ids[found[0]]
        kept = statement.kind is not EdgeKind.URL and (
            statement.kind is not EdgeKind.MENTION or self.nodes.is_id(name)
        )
        return self.nodes.missing(statement.link.target, found) if kept else None

    def _needed(self, name: str, found: Sequence[int], *, is_link: bool) -> str | None:
        """Return the service that is needed; None where a link leads to something that is no service."""
        catalogue = self._snapshot.catalogue
        if len(found) == 1 and catalogue.kinds[found[0]] is Kind.SERVICE:
            return catalogue.ids[found[0]]
        if found and is_link:
            return None
        return self.nodes.named(self.nodes.service_id(name), NodeKind.SERVICE, name)

    def _reference(self, reference: Reference, stated: set[tuple[str, int, str]]) -> None:
        source, link = self._snapshot.ordinals[reference.source_id], reference.link
        if not self._view.documents[source] or (reference.source_id, link.line, link.target) in stated:
            return
        catalogue = self._snapshot.catalogue
        found = meant(reference.meanings, self._snapshot.ordinals, self._view)
        target = catalogue.ids[found[0]] if len(found) == 1 else self.nodes.missing(link.target, found)
        kind = EdgeKind.RELATED if link.style == FRONT_MATTER else EdgeKind.LINK
        self._add(reference.source_id, target, kind, catalogue.paths[source], link.line, link.target)

    def _runbook_services(self, services: RunbookServices) -> None:
        """Add the services that runbooks are recognised by, by a tag or the name of the file."""
        catalogue = self._snapshot.catalogue
        for service in services.names.known:
            for ordinal in services.of(service):
                source, target = catalogue.ids[ordinal], self.nodes.service_id(service)
                self.nodes.named(target, NodeKind.SERVICE, service)
                if (source, target, EdgeKind.SERVICE) not in self._edges:
                    self._add(source, target, EdgeKind.SERVICE, catalogue.paths[ordinal], 1, service)


def missing_links(snapshot: Snapshot, view: View) -> Iterator[tuple[Reference, Sequence[int]]]:
    """Yield the links of visible documents that mean no visible document, or several: which."""
    for reference in snapshot.references:
        if view.documents[snapshot.ordinals[reference.source_id]]:
            found = meant(reference.meanings, snapshot.ordinals, view)
            if len(found) != 1:
                yield reference, found
