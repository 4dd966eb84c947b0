"""The card of one incident: what fixed it, how long it took, who, what is open, what may be outdated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.text import Text

from rca_search.cli import excerpt, matches
from rca_search.cli.page import LABEL, Page
from rca_search.cli.safe_text import safe, safe_line
from rca_search.cli.wording import counted, duration, severity_text
from rca_search.models import (
    ActionItem,
    ActionStatus,
    DurationBasis,
    DurationSummary,
    IncidentDuration,
    IncidentHit,
    Passage,
    Supersession,
)

INDENT = 4
SHORTEST_ITEM = 20

_REASONS = {
    "service_retired": "{subject} is retired{since}",
    "later_incident": "{subject}{dated} was fixed otherwise",
    "document_changed": "{subject} changed{since}, after the incident",
    "dangling_link": "its link to {subject} leads nowhere",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """Rows given to the parts of one hit; the best hit is worth more of them than the others."""

    resolution: int
    passage: int
    pairs: int
    facts: bool


FULL, SHORT, BRIEF = Detail(4, 1, 2, facts=True), Detail(2, 0, 0, facts=True), Detail(1, 0, 0, facts=False)
LISTED = Detail(0, 0, 0, facts=False)
"""Its title alone, with how likely it is."""


def render_resolution(page: Page, hit: IncidentHit, shown: Detail) -> None:
    """Say what fixed it, with commands as they are, and below the full card what did not help."""
    if hit.resolution is None:
        said = (
            "no fix: this is planned work"
            if hit.facts.planned
            else "not recorded: the write-up does not say how"
        )
        page.labelled("fixed by", [said], indent=INDENT, style="bold green")
    else:
        room = page.width - INDENT - LABEL
        lines = excerpt.told_lines(hit.resolution)
        kept = excerpt.opening(lines, room=shown.resolution, width=room)
        show_lines(page, "fixed by", kept, style="bold green")
        left = len(lines) - len(kept)
        if shown is FULL and left:
            page.line(f"{counted(left, 'more line')} of it", indent=INDENT + LABEL, style="dim")
    if shown is FULL and hit.facts.attempts:
        page.labelled("no help", [_tried(hit, page.width - INDENT - LABEL)], indent=INDENT)


def render_facts(page: Page, hit: IncidentHit, shown: Detail, today: dt.date) -> None:
    """Add duration and who resolved it, what is still open, and what may be outdated."""
    if not shown.facts:
        return
    room = page.width - INDENT - LABEL
    lasted = [part for part in (lasted_text(hit.facts.duration), _by(hit)) if part]
    if shown is FULL and lasted:
        page.labelled("lasted", [safe_line(" · ".join(lasted))], indent=INDENT)
    left = hit.facts.still_open()
    if left:
        count = f"{counted(len(left), 'action')}: "
        page.labelled("open", [count + action_text(left[0], today, room - len(count))], indent=INDENT)
    if hit.superseded:
        notes = [supersession_text(note) for note in hit.superseded]
        page.labelled("beware", [fitting("; ".join(notes), room)], indent=INDENT)


def render_durations(page: Page, durations: Sequence[DurationSummary], elapsed: int | None) -> None:
    """Say how long the matched incidents lasted: median, range and number, and the same by severity."""
    if not durations:
        return
    beyond = f" longer than the {duration(elapsed)} so far" if elapsed is not None else ""
    left = durations[0].left_out
    parts = [_figures(durations[0]) + (f", {counted(left, 'shorter one')} left out" if left else "")]
    parts += [f"{severity_text(summary.severity or '')}: {_brief(summary)}" for summary in durations[1:]]
    text = f"These lasted{beyond}: {' · '.join(parts)}"
    page.line(fitting(safe_line(text), 2 * page.width - 4))


def show_lines(
    page: Page, label: str, lines: Sequence[excerpt.Line], terms: Collection[str] = (), *, style: str = "bold"
) -> None:
    """Show lines beside a label: prose wrapped, code as it is, ``terms`` marked."""
    for line in lines:
        text = Text(safe(line.text if line.code else line.text.strip()))
        for start, end in matches.spans(text.plain, terms) if terms else ():
            text.stylize("bold yellow", start, end)
        if line.code:
            prefix = Text(label, style=style)
            prefix.pad_right(LABEL - len(label))
            text.stylize("magenta")
            page.verbatim(Text.assemble(prefix, "  ", text), indent=INDENT)
        else:
            page.labelled(label, [text], indent=INDENT, style=style)
        label = ""


def source_of(passage: Passage, lines: Sequence[excerpt.Line] = ()) -> str:
    """Return ``path:first-last`` of a passage, or of ``lines`` of it."""
    first = lines[0].number if lines else passage.first_line
    last = lines[-1].number if lines else passage.last_line
    return safe_line(f"{passage.path}:{first}-{last}" if last > first else f"{passage.path}:{first}")


def lasted_text(found: IncidentDuration) -> str:
    """Return a duration with where it is from, "" where it is unknown."""
    if found.minutes is None:
        return ""
    basis = "by its timeline" if found.basis is DurationBasis.TIMELINE else "as stated"
    return f"{duration(found.minutes)} {basis}"


def action_text(item: ActionItem, today: dt.date, room: int | None = None) -> str:
    """Return an action item with owner, due date, and what is recorded of it; its text is cut to ``room``."""
    said = [part for part in (item.owner, item.priority) if part and part not in item.text]
    if item.due is not None and item.due.isoformat() not in item.text:
        said.append(f"due {item.due}")
    if item.due is not None and item.due < today and item.status is not ActionStatus.DONE:
        said.append("no completion recorded")
    elif item.status is ActionStatus.UNKNOWN:
        said.append("status not recorded")
    tail = f" ({safe_line(', '.join(said))})" if said else ""
    text = safe_line(item.text)
    return (text if room is None else fitting(text, max(room - len(tail), SHORTEST_ITEM))) + tail


def supersession_text(note: Supersession) -> str:
    """Return in words why a fix may no longer hold."""
    day = f" {note.date}" if note.date else ""
    return safe_line(
        _REASONS[note.reason].format(
            subject=note.subject,
            since=f" since{day}" if day and note.reason == "service_retired" else f" on{day}" if day else "",
            dated=f" of{day}" if day else "",
        )
    )


def _figures(summary: DurationSummary) -> str:
    if summary.median is None or summary.shortest is None or summary.longest is None:
        return "none"
    if summary.count == 1:
        return f"{duration(summary.median)} (n=1)"
    spread = f"{duration(summary.shortest)} to {duration(summary.longest)}"
    return f"median {duration(summary.median)}, {spread} (n={summary.count})"


def _brief(summary: DurationSummary) -> str:
    if summary.median is None:
        return "none"
    median = "median " if summary.count > 1 else ""
    return f"{median}{duration(summary.median)} (n={summary.count})"


def _by(hit: IncidentHit) -> str:
    return f"by {', '.join(hit.facts.resolved_by)}" if hit.facts.resolved_by else ""


def _tried(hit: IncidentHit, room: int) -> str:
    first = hit.facts.attempts[0]
    text = " ".join(excerpt.unframed(line).strip() for line in first.text.split("\n") if line.strip(" #`"))
    more = len(hit.facts.attempts) - 1
    tail = f" · {more} more" if more else ""
    return fitting(safe_line(text), room - len(tail)) + tail


def fitting(text: str, room: int) -> str:
    """Return ``text``, cut with a mark where it is longer than ``room`` columns."""
    return text if len(text) <= room else f"{text[: room - 2].rstrip()} …"
