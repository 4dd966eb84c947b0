"""Families turned into what ``--json`` prints."""

from __future__ import annotations

from rca_search.cli.family_shapes import FamilyMemberShape, FamilyShape, RecurrenceShape
from rca_search.models import Family, FamilyMember, Recurrence


def recurrence(found: Recurrence | None) -> RecurrenceShape | None:
    """Return how often a failure is on record."""
    if found is None:
        return None
    return {
        "family": found.family,
        "count": found.count,
        "dates": [date.isoformat() for date in found.dates],
        "last": found.last.isoformat() if found.last else None,
        "fixes_differ": found.fixes_differ,
        "runbooks": list(found.runbooks),
        "service_runbooks": list(found.service_runbooks),
    }


def family(found: Family, rank: int) -> FamilyShape:
    """Return one family with its members."""
    return {
        "rank": rank,
        "id": found.id,
        "name": found.name,
        "count": found.count,
        "total": found.total,
        "services": list(found.services),
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "minutes": found.minutes,
        "timed": found.timed,
        "cost_minutes": found.cost_minutes,
        "severity": found.severity,
        "trend": found.trend.value,
        "months": dict(found.months),
        "recurrence": recurrence(found.recurrence),
        "members": [_member(member) for member in found.members],
    }


def _member(found: FamilyMember) -> FamilyMemberShape:
    return {
        "id": found.id,
        "title": found.title,
        "date": found.date.isoformat() if found.date else None,
        "severity": found.severity,
        "services": list(found.services),
        "duration_minutes": found.minutes,
    }
