"""How documents, services and teams hang together: nodes, edges, and what a service catalogue adds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node of the graph stands for."""

    INCIDENT = "incident"
    RUNBOOK = "runbook"
    SERVICE = "service"
    TEAM = "team"
    OTHER = "other"
    MISSING = "missing"
    """What is linked to or named but is not there, or could be several documents."""


class EdgeKind(StrEnum):
    """How one node speaks of another."""

    LINK = "link"
    RELATED = "related"
    """A link that stands among related documents, in a section or in front matter."""
    RUNBOOK = "runbook"
    SUPERSEDES = "supersedes"
    MENTION = "mention"
    """An id or a file name in the text, without a link."""
    URL = "url"
    SERVICE = "service"
    """The document is about the service."""
    OWNER = "owner"
    """The team owns the service or the document."""
    DEPENDS_ON = "depends_on"
    USED_BY = "used_by"
    """Written the other way round; in the graph it is turned into ``depends_on``."""
    PART_OF = "part_of"


@dataclass(frozen=True, slots=True)
class Node:
    """A document, a service, a team, or a target that is not there.

    ``id`` is the document's id, or ``service:``, ``team:`` or ``missing:`` and the name. ``near`` are ids of
    documents with a name spelled like a missing one, or all those that an ambiguous one may mean.
    """

    id: str
    kind: NodeKind
    title: str
    document: bool
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One node speaks of another: where that is written (file and line, from 1) and in which words."""

    source: str
    target: str
    kind: EdgeKind
    path: str
    line: int
    written: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nodes within ``depth`` steps of ``center`` (which is the first), and the edges between them.

    ``distances`` has the steps to each node. ``left_out`` counts nodes that did not fit.
    """

    center: Node
    depth: int
    nodes: tuple[Node, ...]
    distances: tuple[int, ...]
    edges: tuple[Edge, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Relation:
    """What an entity of a service catalogue says of another one."""

    kind: EdgeKind
    entity_kind: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A service or a team of a service catalogue; ``name`` has its namespace before it, save ``default``.

    ``kind`` is in lower case: component, system, api, resource, domain, group or user. ``path`` and ``line``
    say where it is written.
    """

    kind: str
    name: str
    title: str
    lifecycle: str | None
    path: str
    line: int
    relations: tuple[Relation, ...] = ()

    @property
    def is_team(self) -> bool:
        """Return whether it is people rather than software."""
        return self.kind in {"group", "user"}
