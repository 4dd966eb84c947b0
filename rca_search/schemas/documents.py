"""Documents: what is known of one, and one as a whole."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self
from urllib.parse import quote

from pydantic import ConfigDict, Field

from rca_search.models import Document, Freshness, IncidentFacts, Kind, Role, Section
from rca_search.schemas.base import Answer, Schema, example
from rca_search.schemas.facts import FactsInfo
from rca_search.schemas.index import FreshnessInfo

_ESCAPED_ENDING = "/similar"


def document_url(document: Document) -> str | None:
    """Return the address of an incident or a runbook below the root of a server, None of other documents."""
    if document.kind is Kind.RUNBOOK:
        return f"/v1/runbooks/{quote(document.id)}"
    if document.kind is not Kind.INCIDENT:
        return None
    path = quote(document.id)
    if path.endswith(_ESCAPED_ENDING):  # or it would ask what resembles another document
        path = path.removesuffix(_ESCAPED_ENDING) + quote(_ESCAPED_ENDING, safe="")
    return f"/v1/incidents/{path}"


class DocumentHead(Schema):
    """What is known of a document besides its text."""

    id: str = Field(description="Path below the source folder without `.md`.")
    url: str | None = Field(
        description="Address of the whole document below a server's root; null where it has none."
    )
    kind: Kind = Field(description="What the document is.")
    title: str = Field(description="Title.")
    path: str = Field(description="File, relative to its source folder.")
    source: str = Field(description="Name of the source folder.")
    date: dt.date | None = Field(description="Day that the document gives; null where it gives none.")
    severity: str | None = Field(description="Severity as the file spells it.")
    services: list[str] = Field(description="Services, the one that failed first.")
    tags: list[str] = Field(description="Tags.")
    status: str | None = Field(description="Status as the file spells it.")
    duration_minutes: int | None = Field(description="Duration of the incident in minutes.")
    authors: list[str] = Field(description="Who wrote it.")


def head_of(document: Document) -> dict[str, Any]:
    """Return the fields of a DocumentHead."""
    own = DocumentHead.model_fields.keys() - {"url"}
    return {"url": document_url(document), **{name: getattr(document, name) for name in own}}


class SectionInfo(Schema):
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


class LinkInfo(Schema):
    """A reference to another document, as it stands in the text."""

    target: str = Field(description="What it points to.")
    label: str = Field(description="What it shows.")
    section: str = Field(description="Slug of the section that it stands in.")
    line: int = Field(description="Line in the file, from 1.")
    style: str = Field(description="How it is written.")


class DocumentResponse(Answer, DocumentHead):
    """One whole document."""

    model_config = ConfigDict(json_schema_extra=example("document"))

    index_version: str = Field(description="Version of the index that it is from.")
    freshness: FreshnessInfo
    kind_reason: str = Field(description="How its kind was found.")
    sha256: str = Field(description="Digest of the file's bytes, in hexadecimal.")
    aliases: list[str] = Field(description="Other names that it answers to.")
    sections: list[SectionInfo] = Field(description="Its sections in order.")
    links: list[LinkInfo] = Field(description="References to other documents.")
    metadata: dict[str, Any] = Field(description="Front matter that has no field of its own.")
    facts: FactsInfo | None = Field(description="What an incident's write-up says; null for other documents.")
    text: str = Field(description="The whole file; line n of it is line n of every span.")

    @classmethod
    def from_result(cls, document: Document, facts: IncidentFacts | None, freshness: Freshness) -> Self:
        """Take over a document, its facts, and the state of the index that it is from."""
        return cls(
            **head_of(document),
            index_version=freshness.version,
            freshness=FreshnessInfo.from_result(freshness),
            kind_reason=document.kind_reason,
            sha256=document.sha256,
            aliases=list(document.aliases),
            sections=[SectionInfo.from_result(document, section) for section in document.sections],
            links=[LinkInfo.model_validate(link) for link in document.links],
            metadata=dict(document.metadata),
            facts=FactsInfo.from_result(facts) if facts is not None else None,
            text=document.text,
        )
