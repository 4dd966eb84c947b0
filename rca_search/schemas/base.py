"""What all answers share: their form, how moments and examples are written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

SCHEMA_VERSION: Final = 2


def _to_the_second(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


Moment = Annotated[dt.datetime, PlainSerializer(_to_the_second, return_type=str, when_used="json")]
"""A point in time; written in UTC, to the second."""


class Schema(BaseModel):
    """A part of an answer; built when it is first used, since an edge needs few of them."""

    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)


class Answer(Schema):
    """What a command prints under ``--json`` or a route answers."""

    schema_version: Literal[2] = Field(
        default=SCHEMA_VERSION,
        description="Rises where a field goes away or changes its meaning; new fields may come at any time.",
    )


def example(name: str) -> Callable[[dict[str, Any]], None]:
    """Return what adds the example called ``name``, a real answer of the example vault, to a JSON Schema."""

    def added(schema: dict[str, Any]) -> None:
        schema["examples"] = [example_answer(name)]

    return added


def example_answer(name: str) -> dict[str, Any]:
    """Return the example called ``name``."""
    content = files("rca_search.schemas").joinpath("examples", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(content)
    return found
