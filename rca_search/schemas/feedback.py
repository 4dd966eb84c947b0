"""Votes on what an answer showed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field

from rca_search.models import Aspect, Vote
from rca_search.schemas.base import Answer, Moment, Schema, example


class VoteInfo(Schema):
    """A vote as it was recorded."""

    document: str = Field(description="The document that it is on.")
    aspect: Aspect = Field(description="`helpful`, `same` (failure) or `fixed` (its fix worked this time).")
    value: bool = Field(description="Whether it is so.")
    index_version: str = Field(description="Version of the index that gave the answer.")
    at: Moment = Field(description="When it was recorded, UTC.")

    @classmethod
    def from_result(cls, vote: Vote) -> Self:
        """Take over a vote."""
        return cls(
            document=vote.document,
            aspect=vote.aspect,
            value=vote.value,
            index_version=vote.version,
            at=vote.at,
        )


class FeedbackResponse(Answer):
    """The votes as they were recorded."""

    model_config = ConfigDict(json_schema_extra=example("feedback"))

    votes: list[VoteInfo] = Field(description="In the order given.")
    file: str | None = Field(
        description="Where they were appended; null over HTTP, where the place is the server's."
    )

    @classmethod
    def from_result(cls, votes: Sequence[Vote], file: Path | None) -> Self:
        """Take over votes that were appended to ``file``."""
        return cls(
            votes=[VoteInfo.from_result(vote) for vote in votes], file=None if file is None else str(file)
        )
