"""The link graph of a view: incidents, runbooks, services, teams and notes, and who speaks of whom.

Worked out from what visible documents and service catalogues say, so that it equals the graph of an index of
only the visible documents. Plain adjacency lists: neighbours are all that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from rca_search.errors import InvalidRequestError
from rca_search.indexing.graph_records import Statement
from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.insight.links.nodes import NodeTable
from rca_search.insight.links.references import meant
from rca_search.models import Edge, EdgeKind, Entity, Kind, Neighbourhood, NodeKind
from rca_search.ranking.service_names import RunbookServices
from rca_search.sources.link_styles import FRONT_MATTER
from rca_search.views import View

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
        """Tell whether a runbook is about ``service``, or the note on it leads to one."""
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

    def _stated_target(self, statement: Statement, *, is_link: bool) -> str | None:
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
