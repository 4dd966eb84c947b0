"""How long the matched incidents lasted: median, range and number, in all and by severity."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.models import DurationSummary, IncidentHit
from rca_search.ranking.filters import severity_key


def summarise(hits: Sequence[IncidentHit], elapsed_minutes: int | None) -> tuple[DurationSummary, ...]:
    """Return the durations of ``hits`` in all, then by severity where there are several of those.

    Planned work and incidents of unknown duration do not count. Where ``elapsed_minutes`` have passed
    already, only incidents that lasted longer say how long this one may go on. () where none has a
    duration.
    """
    known = [
        (hit.document.severity, hit.facts.duration.minutes)
        for hit in hits
        if hit.facts.duration.minutes is not None and not hit.facts.planned
    ]
    if not known:
        return ()
    groups: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for severity, minutes in known:
        if severity:
            key = severity_key(severity)
            names.setdefault(key, severity)
            groups.setdefault(key, []).append(minutes)
    whole = _summary(None, [minutes for _, minutes in known], elapsed_minutes)
    if len(groups) < 2:
        return (whole,)
    return (whole, *(_summary(names[key], groups[key], elapsed_minutes) for key in sorted(groups)))


def _summary(severity: str | None, minutes: Sequence[int], elapsed: int | None) -> DurationSummary:
    longer = sorted(value for value in minutes if elapsed is None or value > elapsed)
    return DurationSummary(
        severity=severity,
        count=len(longer),
        median=_median(longer) if longer else None,
        shortest=longer[0] if longer else None,
        longest=longer[-1] if longer else None,
        left_out=len(minutes) - len(longer),
    )


def _median(ordered: Sequence[int]) -> int:
    """Return the middle of sorted minutes, of two the mean, halves rounded up."""
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2
