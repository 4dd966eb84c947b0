"""How current an answer is: part of every answer from the index."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from rca_search.models import Freshness


class FreshnessInfo(BaseModel):
    """How current the index is."""

    model_config = ConfigDict(from_attributes=True)

    published_at: dt.datetime | None = Field(description="When this version was published (UTC).")
    checked_at: dt.datetime | None = Field(
        description="When the sources were last compared with the index (UTC)."
    )
    source_revision: str | None = Field(description="Revision of the sources then, where they have one.")
    stale: bool = Field(description="Whether `checked_at` lies further back than the server accepts.")

    @classmethod
    def from_result(cls, freshness: Freshness) -> Self:
        """Take over what the service found."""
        return cls.model_validate(freshness)
