"""What is answered about the server itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import ConfigDict, Field

from rca_search.api.upkeep import Fault
from rca_search.schemas.base import Moment, Schema, example
from rca_search.schemas.index import IndexInfo, index_fields
from rca_search.service import IndexStatus


class FaultInfo(Schema):
    """Something that does not work at the moment."""

    part: str = Field(
        description="`encoder`; `reload` where a newly published version cannot be opened and the one before "
        "it goes on answering; `index` where the current version is damaged and an earlier one answers."
    )
    code: str = Field(description="Stable code of the error.")
    message: str = Field(description="What that means.")
    since: Moment = Field(description="Since when (UTC).")


class StatusResponse(IndexInfo):
    """What is being served."""

    model_config = ConfigDict(json_schema_extra=example("server_status"))

    release: str = Field(description="Release of rca-search that is running.")
    ready: bool = Field(description="Whether questions can be answered.")
    degraded: list[FaultInfo] = Field(description="What does not work at the moment.")

    @classmethod
    def from_result(cls, status: IndexStatus, faults: Sequence[Fault], *, release: str, ready: bool) -> Self:
        """Take over what the service and the server say of themselves."""
        told = [FaultInfo.model_validate(fault) for fault in faults]
        return cls(**index_fields(status), release=release, ready=ready, degraded=told)


class LiveResponse(Schema):
    """The process runs and its event loop turns."""

    status: Literal["live"] = "live"


class ReadyResponse(Schema):
    """Questions can be answered."""

    status: Literal["ready"] = "ready"
    index_version: str = Field(description="Version of the index that is served.")
    degraded: list[FaultInfo] = Field(description="What does not work all the same.")
