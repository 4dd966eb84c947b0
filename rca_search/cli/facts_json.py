"""Facts of incidents as the JSON values of ``facts_shapes``."""

from __future__ import annotations

from collections.abc import Iterable

from rca_search.cli.facts_shapes import (
    ActionShape,
    DurationSummaryShape,
    ExtractShape,
    FactsShape,
    OpenActionShape,
    SupersessionShape,
)
from rca_search.models import ActionItem, DurationSummary, Extract, IncidentFacts, SearchResult, Supersession


def facts(found: IncidentFacts) -> FactsShape:
    """Return everything that was read from one incident."""
    duration = found.duration
    return {
        "resolution": _extracts(found.resolution),
        "attempts": _extracts(found.attempts),
        "causes": _extracts(found.causes),
        "symptoms": _extracts(found.symptoms),
        "duration": {
            "minutes": duration.minutes,
            "basis": duration.basis.value,
            "first_line": duration.first_line,
            "last_line": duration.last_line,
        },
        "actions": [action(item) for item in found.actions],
        "services": list(found.services),
        "resolved_by": list(found.resolved_by),
        "planned": found.planned,
        "deeds": list(found.deeds),
    }


def supersession(note: Supersession) -> SupersessionShape:
    """Return one sign that a fix may no longer hold."""
    day = note.date.isoformat() if note.date else None
    return {"reason": note.reason, "subject": note.subject, "date": day, "line": note.line}


def duration_summary(summary: DurationSummary) -> DurationSummaryShape:
    """Return how long the matched incidents of one severity, or all, lasted."""
    return {
        "severity": summary.severity,
        "count": summary.count,
        "median": summary.median,
        "shortest": summary.shortest,
        "longest": summary.longest,
        "left_out": summary.left_out,
    }


def open_actions(result: SearchResult) -> list[OpenActionShape]:
    """Return the follow-ups of all matched incidents that are not known to be done."""
    return [{"incident": incident, **action(item)} for incident, item in result.open_actions()]


def _extracts(found: Iterable[Extract]) -> list[ExtractShape]:
    return [
        {
            "first_line": item.first_line,
            "last_line": item.last_line,
            "text": item.text,
            "source": item.source,
        }
        for item in found
    ]


def action(item: ActionItem) -> ActionShape:
    """Return one follow-up."""
    return {
        "line": item.line,
        "last_line": item.last_line,
        "text": item.text,
        "status": item.status.value,
        "owner": item.owner,
        "priority": item.priority,
        "due": item.due.isoformat() if item.due else None,
    }
