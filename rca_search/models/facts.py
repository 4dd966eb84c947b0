"""What a write-up says of its incident, each fact with the lines that say it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class DurationBasis(StrEnum):
    """Where a duration was taken from."""

    STATED = "stated"
    TIMELINE = "timeline"
    UNKNOWN = "unknown"


class ActionStatus(StrEnum):
    """Whether an action item was carried out, as far as the write-up says."""

    DONE = "done"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Extract:
    """Lines of a document, verbatim, that state a fact.

    ``source`` is ``section`` (a part of that name), ``timeline`` (a row of it) or ``sentence``.
    """

    first_line: int
    last_line: int
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class IncidentDuration:
    """How long users were affected, in whole minutes; None where the write-up does not say.

    ``first_line`` and ``last_line`` are where it is stated, or the first and last row that were
    subtracted; 0 where it comes from front matter or is unknown.
    """

    minutes: int | None
    basis: DurationBasis
    first_line: int = 0
    last_line: int = 0


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One follow-up as written, without list mark, box and the owner or date that were read from it."""

    line: int
    last_line: int
    text: str
    status: ActionStatus
    owner: str | None = None
    priority: str | None = None
    due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """Everything read from one incident; tuples of extracts have the best first.

    ``planned`` tells that the document announces or records planned work. ``services`` are those the file
    lists, else those the text names, the one that failed first. ``resolved_by`` are people, roles or
    teams, as the file gives them. ``deeds`` are the sorts of deed that the first of ``resolution`` tells of.
    """

    resolution: tuple[Extract, ...]
    attempts: tuple[Extract, ...]
    causes: tuple[Extract, ...]
    symptoms: tuple[Extract, ...]
    duration: IncidentDuration
    actions: tuple[ActionItem, ...]
    services: tuple[str, ...]
    resolved_by: tuple[str, ...]
    planned: bool
    deeds: tuple[str, ...] = ()

    def still_open(self) -> tuple[ActionItem, ...]:
        """Return the action items that nothing in the write-up says were carried out, open ones first."""
        left = [item for item in self.actions if item.status is not ActionStatus.DONE]
        return tuple(sorted(left, key=lambda item: item.status is not ActionStatus.OPEN))

    def fixed_otherwise(self, other: IncidentFacts) -> bool | None:
        """Return whether something else was done than in ``other``; None where either does not say what."""
        if not self.deeds or not other.deeds:
            return None
        return not set(self.deeds) & set(other.deeds)


@dataclass(frozen=True, slots=True)
class DurationSummary:
    """Durations of the matched incidents that have one, in minutes; ``severity`` None means all.

    ``count`` incidents enter it, and ``left_out`` were over sooner than the time that has passed already,
    so that they say nothing of what is to come. Where none is left the figures are None.
    """

    severity: str | None
    count: int
    median: int | None
    shortest: int | None
    longest: int | None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Supersession:
    """Why what fixed an incident may no longer hold.

    ``reason`` is ``later_incident``, ``document_changed``, ``document_retired``, ``document_stale``,
    ``service_retired`` or ``dangling_link``;
    ``subject`` is the id of that document, or the target of the link; ``line`` is where the incident
    names it, 0 where it does not.
    """

    reason: str
    subject: str
    date: dt.date | None = None
    line: int = 0
