"""What is answered about documents as a whole: the link graph around one of them, and what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import ConfigDict, Field

from rca_search.models import EdgeKind, Freshness, Gaps, Neighbourhood, NodeKind
from rca_search.schemas.base import Answer, Schema, example
from rca_search.schemas.facts import ActionInfo
from rca_search.schemas.index import FreshnessInfo
from rca_search.schemas.search import RunbookAgeInfo


class NodeInfo(Schema):
    """A document, a service, a team, or a target that is not there."""

    id: str = Field(description="Id of the document, or `service:`, `team:`, `missing:` and a name.")
    kind: NodeKind = Field(description="What it stands for.")
    title: str = Field(description="Title of the document, or the name as it is written.")
    document: bool = Field(description="Whether there is a document to open.")
    distance: int = Field(description="Steps from the node that was asked for.")
    near: list[str] = Field(description="Of a missing one: ids that may be meant.")


class EdgeInfo(Schema):
    """One node speaks of another."""

    source: str = Field(description="The node that speaks, or that depends on the other.")
    target: str = Field(description="The node that is spoken of.")
    kind: EdgeKind = Field(description="How.")
    path: str = Field(description="File that says so, relative to its source folder.")
    line: int = Field(description="Line in it, from 1.")
    written: str = Field(description="The words that it uses.")


class GraphResponse(Answer):
    """What lies around a document, a service or a team."""

    model_config = ConfigDict(json_schema_extra=example("graph"))

    index_version: str = Field(description="Version of the index that it is from.")
    freshness: FreshnessInfo
    id: str = Field(description="The node in the middle.")
    depth: int = Field(description="Steps that were followed.")
    nodes: list[NodeInfo] = Field(description="The node in the middle first, then by distance, kind and id.")
    edges: list[EdgeInfo] = Field(description="Those that were followed.")
    left_out: int = Field(description="Nodes beyond the first 500.")

    @classmethod
    def from_result(cls, found: Neighbourhood, freshness: Freshness) -> Self:
        """Take over what was found around a node."""
        return cls(
            index_version=freshness.version,
            freshness=FreshnessInfo.from_result(freshness),
            id=found.center.id,
            depth=found.depth,
            nodes=[
                NodeInfo(
                    id=node.id,
                    kind=node.kind,
                    title=node.title,
                    document=node.document,
                    distance=distance,
                    near=list(node.near),
                )
                for node, distance in zip(found.nodes, found.distances, strict=True)
            ],
            edges=[EdgeInfo.model_validate(edge) for edge in found.edges],
            left_out=found.left_out,
        )


class DanglingLinkInfo(Schema):
    """A link that leads to no document, or to several equally well."""

    source_id: str = Field(description="The document that has it.")
    path: str = Field(description="Its file, relative to its source folder.")
    line: int = Field(description="Line in it, from 1.")
    target: str = Field(description="What it points to, as written.")
    candidates: list[str] = Field(description="Documents that it means equally well; empty where none.")
    near: list[str] = Field(description="Documents with a name spelled nearly like it, closest first.")


class StaleRunbookInfo(Schema):
    """A runbook that was not updated although incidents came."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")
    path: str = Field(description="File, relative to its source folder.")
    age: RunbookAgeInfo


class UncoveredServiceInfo(Schema):
    """A service that had incidents and has no runbook."""

    service: str = Field(description="Its name.")
    incidents: int = Field(description="Incidents that name it.")
    last_incident: dt.date | None = Field(description="Day of the last of them.")


class UnlinkedRunbookInfo(Schema):
    """A runbook that nothing links to or mentions."""

    id: str = Field(description="Its id.")
    title: str = Field(description="Its title.")
    path: str = Field(description="File, relative to its source folder.")


class UncoveredFamilyInfo(Schema):
    """Incidents that share a failure, without a link to or from a runbook."""

    family: str = Field(description="Id of the family.")
    name: str = Field(description="Words that the incidents share, or the title of the earliest.")
    incidents: int = Field(description="How many there are.")
    first: dt.date | None = Field(description="Day of the earliest.")
    last: dt.date | None = Field(description="Day of the latest.")
    services: list[str] = Field(description="Services that failed, the most frequent first.")
    service_runbooks: list[str] = Field(
        description="Runbooks about their services, which may or may not help."
    )


class UnclosedActionInfo(Schema):
    """An action item that is open, or past its due day with no completion recorded."""

    incident: str = Field(description="Id of the document that lists it.")
    path: str = Field(description="Its file, relative to its source folder.")
    date: dt.date | None = Field(description="Day of the incident.")
    overdue: bool = Field(description="Whether the due day has passed.")
    action: ActionInfo


class UnrecognisedDocumentInfo(Schema):
    """A document of which nothing says what it is."""

    document_id: str = Field(description="Its id.")
    path: str = Field(description="File, relative to its source folder.")
    title: str = Field(description="Its title.")


class GapsResponse(Answer):
    """What is missing in the documents as a whole."""

    model_config = ConfigDict(json_schema_extra=example("gaps"))

    index_version: str = Field(description="Version of the index that was looked at.")
    freshness: FreshnessInfo
    as_of: dt.date | None = Field(description="Day after which no document exists for this answer.")
    stale_from: int = Field(description="Incidents from which on a runbook counts as stale.")
    total: int = Field(description="Gaps of all sorts.")
    dangling_links: list[DanglingLinkInfo] = Field(description="By file and line.")
    stale_runbooks: list[StaleRunbookInfo] = Field(description="Most incidents first.")
    uncovered_services: list[UncoveredServiceInfo] = Field(description="Most incidents first.")
    unlinked_runbooks: list[UnlinkedRunbookInfo] = Field(description="By id.")
    uncovered_families: list[UncoveredFamilyInfo] = Field(description="The costliest first.")
    unclosed_actions: list[UnclosedActionInfo] = Field(
        description="The longest overdue first, then by the day of the incident."
    )
    unrecorded_actions: int = Field(
        description="Others without a due day, of which nothing says whether they were carried out."
    )

    unrecognised: list[UnrecognisedDocumentInfo] = Field(
        description="Documents of no known kind, by id; not counted as gaps."
    )

    @classmethod
    def from_result(cls, found: Gaps, freshness: Freshness, as_of: dt.date | None) -> Self:
        """Take over the gaps that were found, as of a day if one was asked for."""
        return cls(
            index_version=freshness.version,
            freshness=FreshnessInfo.from_result(freshness),
            as_of=as_of,
            stale_from=found.stale_from,
            total=found.total,
            unrecognised=[UnrecognisedDocumentInfo.model_validate(one) for one in found.unrecognised],
            dangling_links=[
                DanglingLinkInfo(
                    source_id=link.source_id,
                    path=link.path,
                    line=link.line,
                    target=link.target,
                    candidates=list(link.candidates),
                    near=list(link.near),
                )
                for link in found.dangling_links
            ],
            stale_runbooks=[
                StaleRunbookInfo(
                    id=book.document_id,
                    title=book.title,
                    path=book.path,
                    age=RunbookAgeInfo.from_result(book.age),
                )
                for book in found.stale_runbooks
            ],
            uncovered_services=[UncoveredServiceInfo.model_validate(one) for one in found.uncovered_services],
            unlinked_runbooks=[
                UnlinkedRunbookInfo(id=book.document_id, title=book.title, path=book.path)
                for book in found.unlinked_runbooks
            ],
            uncovered_families=[UncoveredFamilyInfo.model_validate(one) for one in found.uncovered_families],
            unclosed_actions=[
                UnclosedActionInfo(
                    incident=one.document_id,
                    path=one.path,
                    date=one.date,
                    overdue=one.overdue,
                    action=ActionInfo.model_validate(one.item),
                )
                for one in found.unclosed_actions
            ],
            unrecorded_actions=found.unrecorded_actions,
        )
