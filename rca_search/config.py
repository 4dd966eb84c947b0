"""Settings: from options, then ``RCA_`` environment variables, then defaults."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from rca_search.embedding import DEFAULT_MODEL, Precision


class Settings(BaseModel):
    """Every setting of rca-search; the environment variable is the name in capitals after ``RCA_``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    index: Path = Field(default=Path("index"), description="Folder of the index.")
    model: str = Field(
        default=DEFAULT_MODEL, description="Name or folder of the sentence-transformers model to build with."
    )
    precision: Precision = Field(
        default="fp32",
        description="Weights of the model that is built with: fp32, as published, or int8.",
    )
    rerank: str | None = Field(
        default=None,
        description="Name or folder of a cross-encoder on this machine that looks at the best fifty "
        "documents of each answer again; needs sentence-transformers and seconds a question.",
    )
    store: str = Field(
        default="auto",
        description="Vector store: auto, faiss, ivf or exact; auto takes faiss, and ivf in large corpora.",
    )
    max_file_bytes: int = Field(
        default=10 * 1024 * 1024, gt=0, description="Files larger than this are rejected unread, in bytes."
    )
    kinds: tuple[str, ...] = Field(
        default=(),
        description="Kinds set by hand, as KIND=GLOB over document ids, several with commas.",
    )
    glossary: Path | None = Field(
        default=None,
        description="File of expressions that mean the same in this company, added to those that are shipped "
        "when an index is built (see ranking.md).",
    )
    stale_after: dt.timedelta | None = Field(
        default=None,
        description="The index counts as stale when its sources were last checked longer ago than this "
        "(ISO 8601 duration such as P1D, or seconds).",
    )
    feedback_file: Path | None = Field(
        default=None,
        description="File that votes on answers are appended to and counted from; default: feedback.jsonl in "
        "the index. Keep it in git to review what votes change.",
    )
    feedback_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Secret that answer ids are signed with; every process that serves or records votes must "
        "have the same. Default: a key that is made with the index and kept in it (.answer-key).",
    )
    workers: int | None = Field(
        default=None, gt=0, description="Texts encoded side by side; default: the processors available."
    )
    host: str = Field(default="127.0.0.1", description="Address that the server binds to.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port that the server binds to; 0 picks one.")
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="Names that the server is reached by, several with commas. On loopback those of loopback "
        "are always among them; elsewhere any name is answered unless this is set.",
    )
    max_connections: int = Field(
        default=512,
        gt=0,
        description="Connections that the server holds at once; of more, those that have waited longest "
        "without asking are closed.",
    )
    max_request_bytes: int = Field(
        default=1024 * 1024, gt=0, description="Largest request body that the server accepts, in bytes."
    )
    reload_seconds: float = Field(
        default=5.0,
        ge=0,
        allow_inf_nan=False,
        description="The server looks for a newly published version this often, in seconds; 0: never.",
    )
    threads: int | None = Field(
        default=None,
        gt=0,
        description="Questions that the server works on side by side; default: the processors available, "
        "at least 2.",
    )
    remembered: int = Field(
        default=512,
        ge=0,
        description="Answers that the server keeps for the same question asked again; 0: none.",
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Log lines: text or json.")
    log_level: str = Field(
        default="INFO",
        pattern="^(?i:debug|info|warning|error|critical)$",
        description="Least severe level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
    )

    @property
    def votes_file(self) -> Path:
        """The file of votes."""
        return self.feedback_file or self.index / "feedback.jsonl"

    @property
    def has_own_votes_file(self) -> bool:
        """Whether votes are kept elsewhere than in the index."""
        return self.feedback_file is not None

    @property
    def secret(self) -> bytes:
        """What answer ids are signed with; empty where nothing is set."""
        return self.feedback_secret.get_secret_value().encode()

    @model_validator(mode="before")
    @classmethod
    def _with_environment(cls, given: dict[str, object]) -> dict[str, object]:
        """Put the environment behind what was given; an empty variable counts as not set."""
        found = {name: os.environ.get(f"RCA_{name.upper()}") for name in cls.model_fields}
        return {**{name: value for name, value in found.items() if value}, **given}

    @field_validator("stale_after", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        """Take a number of seconds also as text, as it comes from the environment."""
        stated = value.strip() if isinstance(value, str) else ""
        return float(stated) if stated.replace(".", "", 1).isdecimal() and stated.isascii() else value

    @field_validator("kinds", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Take one text with commas as well as a list."""
        return (
            tuple(filter(None, (part.strip() for part in value.split(","))))
            if isinstance(value, str)
            else value
        )
