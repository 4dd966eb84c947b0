"""The nodes of a link graph: which document, service or team a name stands for in one view."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.links.near import NearNames
from rca_search.insight.links.service_map import ServiceNotes
from rca_search.models import Kind, Node, NodeKind
from rca_search.ranking.filters import fold
from rca_search.sources.aliases import AliasTable
from rca_search.views import View

_KIND_OF = {
    Kind.INCIDENT: NodeKind.INCIDENT,
    Kind.RUNBOOK: NodeKind.RUNBOOK,
    Kind.SERVICE: NodeKind.SERVICE,
    Kind.OTHER: NodeKind.OTHER,
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
        """Tell whether a name that nothing has looks like those that documents here have."""
        match = _PREFIX.match(name)
        return match is None or match[1] in self.id_prefixes


def _team_name(name: str) -> str:
    return fold(_TEAM_WORD.sub("", name)) or fold(name)
