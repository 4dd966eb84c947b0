"""The index itself: how current it is, what it holds, what a build did, and whether its files are intact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import ConfigDict, Field

from rca_search.models import Freshness, Problem
from rca_search.schemas.base import Answer, Moment, Schema, example

if TYPE_CHECKING:
    from rca_search.indexing.build import BuildReport
    from rca_search.indexing.versions import IndexCheck
    from rca_search.service import IndexStatus


class FreshnessInfo(Schema):
    """How current the index is."""

    published_at: Moment | None = Field(description="When this version was published (UTC).")
    checked_at: Moment | None = Field(description="When the sources were last compared with the index (UTC).")
    source_revision: str | None = Field(description="Revision of the sources then, where they have one.")
    stale: bool = Field(description="Whether `checked_at` lies further back than `RCA_STALE_AFTER`.")
    damaged_version: str | None = Field(
        description="The version that should have answered, where it is damaged and an earlier one did."
    )

    @classmethod
    def from_result(cls, freshness: Freshness) -> Self:
        """Take over what the service found."""
        return cls.model_validate(freshness)


class ProblemInfo(Schema):
    """Something odd in a file."""

    path: str = Field(description="File, relative to its source folder.")
    line: int | None = Field(description="Line in it, from 1; null where it is about the whole file.")
    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="What is odd.")
    remedy: str = Field(description="What to do about it.")
    fatal: bool = Field(description="Whether it cost the file.")


class SearchMethodInfo(Schema):
    """How vectors are searched."""

    exact: bool = Field(
        description="Whether every vector is compared; always so where some documents are left out."
    )
    description: str = Field(description="The same in words.")
    recall: float = Field(
        description="Share of the true ten nearest that are found, measured when the index was built."
    )


class IndexInfo(Answer):
    """What an index holds."""

    index_version: str = Field(description="Version of the index that answers.")
    freshness: FreshnessInfo
    documents: dict[str, int] = Field(description="Documents by kind.")
    chunks: int = Field(description="Passages in the index.")
    encoder: str = Field(description="Model that the index was made with.")
    store: str = Field(description="Vector store.")
    search: SearchMethodInfo
    rejected: int = Field(description="Files that the build could not use.")
    warnings: int = Field(description="Oddities that the build found in other files.")


def index_fields(status: IndexStatus) -> dict[str, Any]:
    """Return the fields of an IndexInfo."""
    return {
        "index_version": status.freshness.version,
        "freshness": FreshnessInfo.from_result(status.freshness),
        "documents": status.documents,
        "chunks": status.chunks,
        "encoder": status.encoder,
        "store": status.store,
        "search": SearchMethodInfo.model_validate(status.search),
        "rejected": status.rejected,
        "warnings": status.warnings,
    }


class IndexStatusResponse(IndexInfo):
    """An index on disk."""

    model_config = ConfigDict(json_schema_extra=example("status"))

    problems: list[ProblemInfo] = Field(description="Files left out and oddities, in order of path and line.")
    size_bytes: int = Field(description="Size of the index folder on disk, all versions.")

    @classmethod
    def from_result(cls, status: IndexStatus, problems: Sequence[Problem], size_bytes: int) -> Self:
        """Take over what the service says of its index, and the size of its folder."""
        told = [ProblemInfo.model_validate(problem) for problem in problems]
        return cls(**index_fields(status), problems=told, size_bytes=size_bytes)


class BuildResponse(Answer):
    """What a build did."""

    model_config = ConfigDict(json_schema_extra=example("build"))

    index_version: str = Field(description="The version that is current now.")
    published: bool = Field(description="False where nothing had changed.")
    documents: dict[str, int] = Field(description="Documents by kind.")
    recognised: dict[str, dict[str, int]] = Field(
        description="By kind: how documents were recognised, and how many."
    )
    chunks: int = Field(description="Passages in the index.")
    added: list[str] = Field(description="Ids that are new since the version before.")
    changed: list[str] = Field(description="Ids of documents that changed.")
    removed: list[str] = Field(description="Ids that are gone.")
    besides: list[str] = Field(
        description="What changed besides documents, so that others were made anew: the program, the model, "
        "a setting, the votes."
    )
    rejected: int = Field(description="Files left out.")
    warnings: int = Field(description="Oddities in other files.")
    problems: list[ProblemInfo] = Field(description="Both, in order of path and line.")
    seconds: float = Field(description="Time taken.")

    @classmethod
    def from_result(cls, report: BuildReport, seconds: float) -> Self:
        """Take over the report of a build that took so many ``seconds``."""
        rejected = sum(problem.fatal for problem in report.problems)
        return cls(
            index_version=report.version,
            published=report.published,
            documents=dict(report.documents),
            recognised={kind: dict(found) for kind, found in report.reasons.items()},
            chunks=report.chunks,
            added=list(report.plan.added),
            changed=list(report.plan.changed),
            removed=list(report.plan.removed),
            besides=list(report.besides),
            rejected=rejected,
            warnings=len(report.problems) - rejected,
            problems=[ProblemInfo.model_validate(problem) for problem in report.problems],
            seconds=round(seconds, 3),
        )


class VersionCheck(Schema):
    """A version that lies in the index."""

    index_version: str = Field(description="Its name.")
    current: bool = Field(description="Whether it is the one that answers.")
    intact: bool = Field(description="Whether every file is as it was published.")
    faults: list[str] = Field(description="One sentence for each damaged, missing or foreign file.")


class VerifyResponse(Answer):
    """Whether the files of an index are intact."""

    index_version: str | None = Field(description="The current version; null where that cannot be told.")
    intact: bool = Field(description="Whether there is no fault.")
    faults: list[str] = Field(description="One sentence for each fault, those of all versions included.")
    versions: list[VersionCheck] = Field(description="Every version that is kept, the newest first.")
    votes: list[ProblemInfo] = Field(description="Lines of the file of votes that cannot be read.")

    @classmethod
    def from_result(cls, found: IndexCheck, votes: Sequence[Problem]) -> Self:
        """Take over what was found."""
        return cls(
            index_version=found.current.pointer.version if found.current else None,
            intact=not found.all_faults,
            faults=list(found.all_faults),
            versions=[
                VersionCheck(
                    index_version=kept.pointer.version,
                    current=kept.current,
                    intact=not kept.faults,
                    faults=list(kept.faults),
                )
                for kept in found.versions
            ],
            votes=[ProblemInfo.model_validate(problem) for problem in votes],
        )


class RollbackResponse(Answer):
    """Which version is current after a rollback."""

    index_version: str = Field(description="The version that is current now.")
    before: str | None = Field(description="The one that was; null where the pointer was damaged.")
