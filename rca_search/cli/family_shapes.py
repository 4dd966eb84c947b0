"""The shapes of what ``recurring --json`` prints; ``json_shapes`` lists them with the others."""

from typing import Annotated, TypedDict


class RecurrenceShape(TypedDict):
    """How often the failure of a matched incident is on record."""

    family: Annotated[str, "id of the family; `rca-search recurring ID` shows it"]
    count: Annotated[int, "incidents on record with this failure, the matched one included"]
    dates: Annotated[list[str], "their days as far as known, YYYY-MM-DD, oldest first"]
    last: Annotated[str | None, "the newest of them"]
    fixes_differ: Annotated[
        bool | None, "whether the last two that say what was done say different things; null where fewer do"
    ]
    runbooks: Annotated[list[str], "runbooks that one of them links to, or that link to one"]
    service_runbooks: Annotated[list[str], "other runbooks of their services"]


class FamilyMemberShape(TypedDict):
    """One incident of a family."""

    id: str
    title: str
    date: Annotated[str | None, "day, YYYY-MM-DD"]
    severity: Annotated[str | None, "as the file spells it"]
    services: list[str]
    duration_minutes: Annotated[int | None, "how long it lasted; null where the file does not say"]


class FamilyShape(TypedDict):
    """Incidents that probably share a failure."""

    rank: Annotated[int, "place in the list, from 1"]
    id: Annotated[str, "follows from the id of the earliest incident, so it outlives rebuilds"]
    name: Annotated[str, "words that the incidents share and others do not, or the title of the earliest"]
    count: Annotated[int, "incidents that the filter lets through"]
    total: Annotated[int, "incidents of the family on record"]
    services: Annotated[list[str], "services that failed, the most frequent first"]
    first: Annotated[str | None, "day of the earliest incident counted"]
    last: Annotated[str | None, "day of the latest"]
    minutes: Annotated[int, "minutes on record, added up"]
    timed: Annotated[int, "incidents that these minutes are of"]
    cost_minutes: Annotated[int, "the same with the median duration of all incidents where one is unknown"]
    severity: Annotated[str | None, "the worst, as its file spells it"]
    trend: Annotated[str, "rising, steady, falling or unknown: the last 180 days against the 180 before"]
    months: Annotated[dict[str, int], "incidents by month, YYYY-MM; months without one are left out"]
    recurrence: Annotated[RecurrenceShape | None, "what is on record of all of them, whatever the filter"]
    members: Annotated[list[FamilyMemberShape], "oldest first, those without a date last"]


PARTS = (RecurrenceShape, FamilyShape, FamilyMemberShape)
"""What the shapes of commands consist of."""
