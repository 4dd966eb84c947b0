"""What is answered besides search results: whole documents, the state of the index and of the server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from rca_search.api import samples
from rca_search.api.facts import FactsInfo
from rca_search.api.freshness import FreshnessInfo
from rca_search.api.schemas import DocumentHead, head_of
from rca_search.api.upkeep import Fault
from rca_search.models import Document, Freshness, IncidentFacts, Kind, Role, Section
from rca_search.service import IndexStatus


class SectionInfo(BaseModel):
    """The lines under one heading, its subsections left out."""

    slug: str = Field(description="Unique in the document; part of the ids of its passages.")
    headings: list[str] = Field(description="Headings from the outermost to its own.")
    level: int = Field(description="Level of its heading, 1 to 6; 0 for what stands before the first.")
    role: Role = Field(description="What the section tells.")
    first_line: int = Field(description="First line in the file, from 1; the heading's own where it has one.")
    last_line: int = Field(description="Last line in the file, included.")
    text: str = Field(description="The lines as they stand in the file.")

    @classmethod
    def from_result(cls, document: Document, section: Section) -> Self:
        """Take over one section of ``document`` with its lines."""
        return cls(
            slug=section.slug,
            headings=list(section.headings),
            level=section.level,
            role=section.role,
            first_line=section.first_line,
            last_line=section.last_line,
            text=document.lines(section.first_line, section.last_line),
        )


class LinkInfo(BaseModel):
    """A reference to another document, as it stands in the text."""

    model_config = ConfigDict(from_attributes=True)

    target: str = Field(description="What it points to.")
    label: str = Field(description="What it shows.")
    section: str = Field(description="Slug of the section that it stands in.")
    line: int = Field(description="Line in the file, from 1.")
    style: str = Field(description="How it is written.")


class DocumentResponse(DocumentHead):
    """One whole document."""

    model_config = ConfigDict(json_schema_extra={"examples": [samples.DOCUMENT]})

    index_version: str = Field(description="Version of the index that it is from.")
    freshness: FreshnessInfo
    kind: Kind = Field(description="What the document is.")
    kind_reason: str = Field(description="How that was found.")
    source: str = Field(description="Name of the source folder.")
    sha256: str = Field(description="Digest of the file's bytes, in hexadecimal.")
    aliases: list[str] = Field(description="Other names that it answers to.")
    sections: list[SectionInfo] = Field(description="Its sections in order.")
    links: list[LinkInfo] = Field(description="References to other documents.")
    metadata: dict[str, Any] = Field(description="Front matter that has no field of its own.")
    facts: FactsInfo | None = Field(description="What an incident's write-up says; null for a runbook.")
    text: str = Field(description="The whole file; line n of it is line n of every span.")

    @classmethod
    def from_result(cls, document: Document, facts: IncidentFacts | None, freshness: Freshness) -> Self:
        """Take over a document, its facts, and the state of the index that it is from."""
        return cls(
            **head_of(document),
            index_version=freshness.version,
            freshness=FreshnessInfo.from_result(freshness),
            kind=document.kind,
            kind_reason=document.kind_reason,
            source=document.source,
            sha256=document.sha256,
            aliases=list(document.aliases),
            sections=[SectionInfo.from_result(document, section) for section in document.sections],
            links=[LinkInfo.model_validate(link) for link in document.links],
            metadata=dict(document.metadata),
            facts=FactsInfo.from_result(facts) if facts is not None else None,
            text=document.text,
        )


class FaultInfo(BaseModel):
    """Something that does not work at the moment."""

    model_config = ConfigDict(from_attributes=True)

    part: str = Field(
        description="`encoder`, or `reload` where a newly published version cannot be opened and the one "
        "before it goes on answering."
    )
    code: str = Field(description="Stable code of the error.")
    message: str = Field(description="What that means.")
    since: dt.datetime = Field(description="Since when (UTC).")


class SearchMethodInfo(BaseModel):
    """How vectors are searched."""

    model_config = ConfigDict(from_attributes=True)

    exact: bool = Field(
        description="Whether every vector is compared; always so where some documents are left out."
    )
    description: str = Field(description="The same in words.")
    recall: float = Field(
        description="Share of the true ten nearest that are found, measured when the index was built."
    )


class StatusResponse(BaseModel):
    """What is being served."""

    model_config = ConfigDict(json_schema_extra={"examples": [samples.STATUS]})

    release: str = Field(description="Release of rca-search that is running.")
    index_version: str = Field(description="Version of the index that is served.")
    freshness: FreshnessInfo
    documents: dict[str, int] = Field(description="Documents by kind.")
    chunks: int = Field(description="Passages in the index.")
    encoder: str = Field(description="Model that the index was made with.")
    store: str = Field(description="Vector store.")
    search: SearchMethodInfo
    rejected: int = Field(description="Files that the build could not use.")
    warnings: int = Field(description="Oddities that the build found in other files.")
    ready: bool = Field(description="Whether questions can be answered.")
    degraded: list[FaultInfo] = Field(description="What does not work at the moment.")

    @classmethod
    def from_result(cls, status: IndexStatus, faults: Sequence[Fault], *, release: str, ready: bool) -> Self:
        """Take over what the service and the server say of themselves."""
        return cls(
            release=release,
            index_version=status.freshness.version,
            freshness=FreshnessInfo.from_result(status.freshness),
            documents=status.documents,
            chunks=status.chunks,
            encoder=status.encoder,
            store=status.store,
            search=SearchMethodInfo.model_validate(status.search),
            rejected=status.rejected,
            warnings=status.warnings,
            ready=ready,
            degraded=[FaultInfo.model_validate(fault) for fault in faults],
        )


class LiveResponse(BaseModel):
    """The process runs and its event loop turns."""

    status: Literal["live"] = "live"


class ReadyResponse(BaseModel):
    """Questions can be answered."""

    status: Literal["ready"] = "ready"
    index_version: str = Field(description="Version of the index that is served.")
    degraded: list[FaultInfo] = Field(description="What does not work all the same; empty when all is well.")
