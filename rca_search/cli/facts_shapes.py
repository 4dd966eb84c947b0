"""The shapes of what a write-up says of its incident, as ``--json`` prints them."""

from typing import Annotated, TypedDict

from rca_search.cli.shape_types import Version


class ExtractShape(TypedDict):
    """Lines of the file, verbatim, that state a fact."""

    first_line: Annotated[int, "first line in the file, from 1"]
    last_line: Annotated[int, "last line in the file, inclusive"]
    text: Annotated[str, "the lines as they stand in the file"]
    source: Annotated[str, "section (a part of that name), timeline (a row) or sentence"]


class DurationShape(TypedDict):
    """How long users were affected."""

    minutes: Annotated[int | None, "whole minutes; null where the write-up does not say"]
    basis: Annotated[str, "stated, timeline (first row to the row that ends the impact) or unknown"]
    first_line: Annotated[int, "where it is stated or the first row; 0 in front matter"]
    last_line: Annotated[int, "where it is stated or the last row; 0 in front matter"]


class ActionShape(TypedDict):
    """One follow-up."""

    line: Annotated[int, "its first line in the file"]
    last_line: Annotated[int, "its last line in the file"]
    text: Annotated[str, "as written, without list mark and box"]
    status: Annotated[str, "done, open or unknown (nothing recorded)"]
    owner: Annotated[str | None, "as written"]
    priority: Annotated[str | None, "as written"]
    due: Annotated[str | None, "day; of a month or quarter its last"]


class FactsShape(TypedDict):
    """What the write-up says; every list of extracts has the best first and may be empty."""

    resolution: Annotated[list[ExtractShape], "what fixed it"]
    attempts: Annotated[list[ExtractShape], "what was tried and did not help"]
    causes: list[ExtractShape]
    symptoms: list[ExtractShape]
    duration: DurationShape
    actions: Annotated[list[ActionShape], "follow-ups in the order of the file"]
    services: Annotated[list[str], "those the file lists, else those its text names"]
    resolved_by: Annotated[list[str], "people, roles or teams, as the file gives them"]
    planned: Annotated[bool, "planned work, no incident"]
    deeds: Annotated[list[str], "sorts of deed that the first resolution tells of, such as `rolled back`"]


class SupersessionShape(TypedDict):
    """Why what fixed it may no longer hold."""

    reason: Annotated[
        str, "service_retired, later_incident (fixed otherwise), document_changed, dangling_link"
    ]
    subject: Annotated[str, "id of that document, or the target of the link"]
    date: Annotated[str | None, "day of it"]
    line: Annotated[int, "where the write-up names it; 0 where it does not"]


class DurationSummaryShape(TypedDict):
    """How long the matched incidents lasted."""

    severity: Annotated[str | None, "null: all of them"]
    count: Annotated[int, "incidents that enter the figures"]
    median: Annotated[int | None, "minutes; null where none is left"]
    shortest: int | None
    longest: int | None
    left_out: Annotated[int, "incidents that were over sooner than `elapsed_minutes`"]


class OpenActionShape(ActionShape):
    """A follow-up of a matched incident that nothing says was carried out."""

    incident: Annotated[str, "id of the incident"]


class ExtractionMeasureShape(TypedDict):
    """One measure over labelled documents."""

    share: float
    right: int
    of: Annotated[int, "documents, or for `status` action items that were found and labelled"]


class ActionScoresShape(TypedDict):
    """Action items found, compared with labelled ones by their first line."""

    f1: float
    found: int
    labelled: int
    matched: int


class ExtractionScoresShape(TypedDict):
    """Measures over some documents."""

    documents: int
    measures: Annotated[
        dict[str, ExtractionMeasureShape],
        "resolution, cause, symptom, duration, status, service_in, service_first, planned",
    ]
    action_items: ActionScoresShape


class ExtractionShape(TypedDict):
    """``eval --extraction --json``."""

    schema_version: Version
    extraction: Annotated[ExtractionScoresShape, "over all labelled documents"]
    organisations: Annotated[dict[str, ExtractionScoresShape], "by first folder of the document's id"]
    missing: Annotated[list[str], "labelled documents that are not there"]


COMMANDS = (ExtractionShape,)
PARTS = (
    FactsShape,
    ExtractShape,
    DurationShape,
    ActionShape,
    OpenActionShape,
    SupersessionShape,
    DurationSummaryShape,
    ExtractionScoresShape,
    ExtractionMeasureShape,
    ActionScoresShape,
)
