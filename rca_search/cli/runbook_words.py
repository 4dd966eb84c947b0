"""Why a runbook is named, how old it is, and which ones look like it, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.cli.card import place_of
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.models import AlikeRunbook, RunbookAge, RunbookHit, RunbookReason

SHOWN_LINKS = 2
"""Incidents named that link to a runbook; of more, the number is said."""
SHOWN_SERVICES = 12

_SAID = {
    "linked": "linked from", "service": "runbook of", "dependency": "runbook of", "text": "matches its",
}  # fmt: skip


def runbook_title(hit: RunbookHit) -> str:
    """Return the title with the section to open, where that has a heading of its own."""
    headings = hit.passages[0].headings if hit.passages else ()
    own = headings[-1:] if headings and headings[-1] != hit.document.title else ()
    return safe_line(" · ".join((hit.document.title, *own)))


def runbook_place(hit: RunbookHit) -> str:
    """Return where the section to open begins."""
    return place_of(hit.passages[0]) if hit.passages else safe_line(hit.document.path)


def reasons_line(reasons: Sequence[RunbookReason], title: str) -> str:
    """Return the reasons in words; those that begin alike share their beginning.

    A section without a heading of its own, or headed like the document, is the document's opening.
    """
    told: dict[str, list[str]] = {}
    for reason in reasons:
        told.setdefault(reason.source, []).append(_subject(reason, title))
    linked = told.get("linked", [])
    if len(linked) > SHOWN_LINKS:
        told["linked"] = [f"{len(linked)} of the matched incidents ({', '.join(linked[:SHOWN_LINKS])} ...)"]
    parts = [f"{_SAID[source]} {', '.join(subjects)}" for source, subjects in told.items()]
    return safe_line("; ".join(parts)) or "its text is the closest there is"


def _subject(reason: RunbookReason, title: str) -> str:
    if reason.source == "text":
        return "opening" if reason.subject in {"", title} else f'section "{reason.subject}"'
    return f"{reason.path[-1]}, which {reason.path[0]} depends on" if reason.path else reason.subject


def age_line(age: RunbookAge) -> str:
    """Say when a runbook was last updated against the incidents since; "" where nothing is known."""
    if age.last_updated is None:
        came = counted(age.incidents_since, "incident")
        return f"no date of its last update; {came} of its kind on record" if age.incidents_since else ""
    since = counted(age.incidents_since, "incident") if age.incidents_since else "no incident"
    last = f", the last on {age.last_incident}" if age.last_incident is not None else ""
    return f"updated {age.last_updated}, {since} since{last}"


def alike_line(alike: Sequence[AlikeRunbook]) -> str:
    """Say that the question does not tell runbooks of one template apart, and what would; "" for none."""
    if not alike:
        return ""
    names = [one.service for one in alike]
    more = f" and {len(names) - SHOWN_SERVICES} more" if len(names) > SHOWN_SERVICES else ""
    listed = safe_line(", ".join(names[:SHOWN_SERVICES]))
    return (
        f"The question names no service, and {len(names)} runbooks differ in nothing else: {listed}{more}. "
        "Name the service, or narrow with --service."
    )
