"""The shapes of what ``show --graph --json`` and ``gaps --json`` print; ``json_shapes`` lists them too."""

from typing import Annotated, TypedDict

from rca_search.cli.facts_shapes import ActionShape
from rca_search.cli.shape_types import IndexVersion, Version


class RunbookAgeShape(TypedDict):
    """When a runbook was last updated, and what has happened since."""

    last_updated: Annotated[str | None, "day, YYYY-MM-DD; null where none is recorded"]
    line: Annotated[int | None, "line of the runbook that says so"]
    incidents_since: Annotated[int, "later incidents that link to it or share its service; all without a day"]
    last_incident: Annotated[str | None, "day of the last of them"]


class NodeShape(TypedDict):
    """A document, a service, a team, or a target that is not there."""

    id: Annotated[str, "id of the document, or `service:`, `team:`, `missing:` and a name"]
    kind: Annotated[str, "incident, runbook, service, team, other or missing"]
    title: str
    document: Annotated[bool, "whether there is a document to show"]
    distance: Annotated[int, "steps from the document that was asked for"]
    near: Annotated[list[str], "of a missing one: ids that may be meant"]


class EdgeShape(TypedDict):
    """One node speaks of another."""

    source: str
    target: str
    kind: Annotated[
        str, "link, related, runbook, supersedes, mention, url, service, owner, depends_on or part_of"
    ]
    path: Annotated[str, "file that says so, below its source folder"]
    line: Annotated[int, "line in it, from 1"]
    written: Annotated[str, "the words that it uses"]


class GraphShape(TypedDict):
    """``show --graph --json``."""

    schema_version: Version
    index_version: IndexVersion
    id: Annotated[str, "the node in the middle"]
    depth: Annotated[int, "steps that were followed"]
    nodes: Annotated[list[NodeShape], "the node in the middle first, then by distance, kind and id"]
    edges: Annotated[list[EdgeShape], "those that were followed"]
    left_out: Annotated[int, "nodes beyond the first 500"]


class DanglingLinkShape(TypedDict):
    """A link that leads to no document, or to several equally well."""

    source_id: Annotated[str, "the document that has it"]
    path: str
    line: int
    target: Annotated[str, "as it is written"]
    candidates: Annotated[list[str], "documents that it means equally well; empty where there is none"]
    near: Annotated[list[str], "documents with a name spelled nearly like it, closest first"]


class StaleRunbookShape(TypedDict):
    """A runbook that was not updated although incidents came."""

    id: str
    title: str
    path: str
    age: RunbookAgeShape


class UncoveredServiceShape(TypedDict):
    """A service that had incidents and has no runbook."""

    service: str
    incidents: int
    last_incident: Annotated[str | None, "day, YYYY-MM-DD"]


class UnlinkedRunbookShape(TypedDict):
    """A runbook that nothing links to or mentions."""

    id: str
    title: str
    path: str


class UncoveredFamilyShape(TypedDict):
    """Incidents that share a failure, without a link to or from a runbook."""

    family: Annotated[str, "id of the family; `rca-search recurring ID` shows it"]
    name: str
    incidents: int
    first: Annotated[str | None, "day of the earliest, YYYY-MM-DD"]
    last: Annotated[str | None, "day of the latest"]
    services: list[str]
    service_runbooks: Annotated[list[str], "runbooks about their services, which may or may not help"]


class UnclosedActionShape(TypedDict):
    """An action item that is open, or past its due day with no completion recorded."""

    incident: Annotated[str, "id of the document that lists it"]
    path: str
    date: Annotated[str | None, "day of the incident"]
    overdue: bool
    action: ActionShape


class GapsShape(TypedDict):
    """``gaps --json``."""

    schema_version: Version
    index_version: IndexVersion
    as_of: Annotated[str | None, "day after which no document exists for this report"]
    stale_from: Annotated[int, "incidents from which on a runbook counts as stale"]
    total: Annotated[int, "gaps of all sorts"]
    dangling_links: list[DanglingLinkShape]
    stale_runbooks: Annotated[list[StaleRunbookShape], "most incidents first"]
    uncovered_services: Annotated[list[UncoveredServiceShape], "most incidents first"]
    unlinked_runbooks: list[UnlinkedRunbookShape]
    uncovered_families: Annotated[list[UncoveredFamilyShape], "the costliest first"]
    unclosed_actions: Annotated[list[UnclosedActionShape], "the longest overdue first, then by incident"]
    unrecorded_actions: Annotated[
        int, "others without a due day, of which nothing says whether they were done"
    ]


COMMANDS = (GraphShape, GapsShape)
PARTS = (
    RunbookAgeShape, NodeShape, EdgeShape, DanglingLinkShape, StaleRunbookShape, UncoveredServiceShape,
    UnlinkedRunbookShape, UncoveredFamilyShape, UnclosedActionShape,
)  # fmt: skip
