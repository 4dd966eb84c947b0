"""What makes a fix of the past doubtful today: it came back, its runbook changed, its service is gone."""

from __future__ import annotations

from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.models import IncidentHit, Recurrence, Supersession

_LATER = "later_incident"
_WARNINGS = {
    "service_retired": "{subject} is retired{since}",
    _LATER: "came back{dated} and was fixed otherwise: {subject}",
    "document_changed": "{subject} changed{dated}, after this",
}


def careful_lines(hit: IncidentHit) -> list[str]:
    """Return, one line each, what changes what one does with the fix of ``hit``, the weightiest first."""
    lines = [_warning(note) for note in hit.superseded if note.reason in _WARNINGS]
    came_back = any(note.reason == _LATER for note in hit.superseded)
    if hit.recurrence is not None and hit.recurrence.fixes_differ and not came_back:
        lines.append(_differing(hit.recurrence))
    return lines


def dangling_lines(hit: IncidentHit) -> list[str]:
    """Return, one line each, which links of the write-up lead nowhere."""
    lost = (note.subject for note in hit.superseded if note.reason == "dangling_link")
    return [safe_line(f"its link to {subject} leads nowhere") for subject in lost]


def _warning(note: Supersession) -> str:
    since, dated = (f" since {note.date}", f" on {note.date}") if note.date else ("", "")
    return safe_line(_WARNINGS[note.reason].format(subject=note.subject, since=since, dated=dated))


def _differing(found: Recurrence) -> str:
    last = f", last on {found.last}" if found.last is not None else ""
    return f"on record {counted(found.count, 'time')}{last}; the last two fixes differ"
