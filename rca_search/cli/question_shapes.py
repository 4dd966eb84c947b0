"""The shapes of a question in what ``--json`` prints."""

from typing import Annotated, TypedDict


class FilterShape(TypedDict):
    """What narrowed the answer."""

    services: list[str]
    severities: list[str]
    tags: list[str]
    since: Annotated[str | None, "day, inclusive"]
    until: Annotated[str | None, "day, inclusive"]


class QueryShape(TypedDict):
    """The question."""

    source: Annotated[str, "text, file, stdin or incident"]
    text: Annotated[str, "what was asked"]
    incident: Annotated[str | None, "id of the document that was asked with"]
    limit: int
    as_of: Annotated[str | None, "day after which no document exists for this answer"]
    exclude: Annotated[list[str], "documents that did not exist for this answer, as they were named"]
    elapsed_minutes: Annotated[int | None, "how long the present incident has gone on"]
    precision: Annotated[float, "what was asked to be promised"]
    about: Annotated[list[str], "services in trouble, as they were named"]
    filter: FilterShape


class UnderstoodShape(TypedDict):
    """What was made of the question before it was searched."""

    forms: Annotated[
        list[str],
        "what it was recognised as: front_matter, alertmanager, pagerduty, json, stack_trace, chat, log; "
        "empty for plain text",
    ]
    text: Annotated[str, "what is compared by meaning; the question itself where it is short plain text"]
    names: Annotated[list[str], "exact names left out of `text` that are still looked for"]
    abridged: Annotated[bool, "`text` is only the most telling part; all words count"]
