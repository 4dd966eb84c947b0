"""The shapes of what ``build``, ``status`` and ``verify`` print under ``--json``."""

from typing import Annotated, TypedDict

from rca_search.cli.shape_types import IndexVersion, Version


class FreshnessShape(TypedDict):
    """How current the index is."""

    published_at: Annotated[str | None, "when this version was published, ISO 8601, UTC"]
    checked_at: Annotated[str | None, "when the sources were last compared with it, ISO 8601, UTC"]
    source_revision: Annotated[str | None, "git commit of the sources at that time"]
    stale: Annotated[bool, "last checked longer ago than `RCA_STALE_AFTER`"]


class ProblemShape(TypedDict):
    """Something odd in a file."""

    path: str
    line: int | None
    code: str
    message: str
    remedy: str
    fatal: Annotated[bool, "whether it cost the file"]


class BuildShape(TypedDict):
    """``build --json``."""

    schema_version: Version
    index_version: Annotated[str, "the version that is current now"]
    published: Annotated[bool, "false where nothing had changed"]
    documents: Annotated[dict[str, int], "documents by kind"]
    recognised: Annotated[dict[str, dict[str, int]], "by kind: how documents were recognised, and how many"]
    chunks: int
    added: Annotated[list[str], "ids that are new since the version before"]
    changed: list[str]
    removed: list[str]
    rejected: Annotated[int, "files left out"]
    warnings: Annotated[int, "oddities in other files"]
    problems: Annotated[list[ProblemShape], "both, in order of path and line"]
    seconds: Annotated[float, "time taken"]


class SearchMethodShape(TypedDict):
    """How vectors are searched."""

    exact: Annotated[bool, "every vector is compared; always so where some documents are left out"]
    description: Annotated[str, "the same in words"]
    recall: Annotated[float, "share of the true ten nearest that are found, measured when it was built"]


class StatusShape(TypedDict):
    """``status --json``."""

    schema_version: Version
    index_version: IndexVersion
    freshness: FreshnessShape
    documents: Annotated[dict[str, int], "documents by kind"]
    chunks: int
    encoder: Annotated[str, "the model that made the vectors"]
    store: Annotated[str, "the engine that holds the vectors"]
    search: SearchMethodShape
    rejected: Annotated[int, "files that the build left out"]
    warnings: Annotated[int, "oddities that it found in other files"]
    problems: Annotated[list[ProblemShape], "both, in order of path and line"]
    size_bytes: Annotated[int, "size of the index folder on disk, all versions"]


class VerifyShape(TypedDict):
    """``verify --json``."""

    schema_version: Version
    index_version: Annotated[str, "the version that was checked"]
    intact: bool
    faults: Annotated[list[str], "one sentence for each damaged, missing or foreign file"]
