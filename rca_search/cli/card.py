"""The frame of a card: a title with its place, rows with labels, and lines quoted from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.text import Text

from rca_search.cli import excerpt
from rca_search.cli.page import KEPT_SPACE, Page, fitting
from rca_search.cli.safe_text import safe, safe_line
from rca_search.cli.wording import counted, duration, severity_text
from rca_search.insight.sentences import terms_of
from rca_search.lexical.tokens import tokenize
from rca_search.models import (
    AlikeRunbook,
    IdentifierKind,
    IncidentHit,
    Passage,
    Reason,
    ReasonKind,
    Recurrence,
    RunbookAge,
    RunbookHit,
    RunbookReason,
    Supersession,
)


def whole_words(matched: Sequence[str]) -> list[str]:
    """Return ``matched`` without words that are only parts of another: ``kill`` beside ``OOMKilled``."""
    parts = {part for word in matched for part in tokenize(word)[1:]}
    return [word for word in matched if word not in parts]


def telling(words: Iterable[str]) -> list[str]:
    """Return ``words`` without numbers and without those that have no subject, such as ``some``."""
    return [word for word in words if terms_of(word)]


_MOST_WORDS = 5
_BY_MEANING = "close in meaning, though no telling word is the same"
_HARDLY = "no telling word is the same"

_IDENTIFIERS = {IdentifierKind.ERROR.value: "same error", IdentifierKind.ALERT.value: "same alert"}
_BEGINNINGS = {
    ReasonKind.WORDS: "both say",
    ReasonKind.SERVICE: "same service",
    ReasonKind.NEIGHBOUR: "happened to",
    ReasonKind.TAG: "tagged",
}
_SHARED = {ReasonKind.IDENTIFIER, ReasonKind.WORDS}


def why_line(hit: IncidentHit) -> str:
    """Say what ``hit`` has in common with the question: names, words, services and tags."""
    told = because(hit.evidence.reasons)
    if _SHARED.isdisjoint(reason.kind for reason in hit.evidence.reasons):
        told = "; ".join(filter(None, (words_line(hit.matched_terms), told)))
    return safe_line(told) or (_BY_MEANING if hit.verdict.found else _HARDLY)


def words_line(matched: Sequence[str]) -> str:
    """Say which telling words of ``matched`` both have; "" where there is none."""
    words = telling(whole_words(matched))[:_MOST_WORDS]
    return safe_line(f"both say {listed(words)}") if words else ""


def because(reasons: Sequence[Reason]) -> str:
    """Return the reasons in one sentence, without its full stop; "" where there is none.

    In which part of a write-up something matched is no reason to read it.
    """
    said: dict[str, list[str]] = {}
    for reason in reasons:
        if reason.kind is not ReasonKind.ROLE:
            said.setdefault(_beginning(reason), []).append(_reason_subject(reason))
    return "; ".join(f"{beginning} {listed(subjects)}" for beginning, subjects in said.items())


def listed(names: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _beginning(reason: Reason) -> str:
    if reason.kind is ReasonKind.IDENTIFIER:
        return _IDENTIFIERS.get(reason.detail, "both name")
    return _BEGINNINGS[reason.kind]


def _reason_subject(reason: Reason) -> str:
    neighbour = reason.kind is ReasonKind.NEIGHBOUR
    return f"{reason.subject}, next to {reason.detail}" if neighbour else reason.subject


_LATER = "later_incident"
_WARNINGS = {
    "service_retired": "{subject} is retired{since}",
    _LATER: "came back{dated} and was fixed otherwise: {subject}",
    "document_changed": "{subject} changed{dated}, after this",
    "document_retired": "{subject} says that it is deprecated",
    "document_stale": "{subject} was to be looked at again{dated}",
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


INDENT = 2
LABEL = 14
"""Columns of a label, the gap after it included."""

_NARROW = 60
"""Columns of a page below which labels stand above what they label."""

_CODE = re.compile(r"`[^`\n]+`")
_MARK = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")


def head(page: Page, title: str, edge: Sequence[str], place: str) -> None:
    """Add the title, with ``edge`` at the right edge, and below it where to open the file."""
    page.spread(Text(safe_line(title), style="bold cyan"), Text(safe_line(" · ".join(edge))), indent=INDENT)
    page.verbatim(Text(place, style="dim"), indent=INDENT)


def card_row(page: Page, label: str, lines: Iterable[str | Text], *, style: str = "bold") -> None:
    """Add ``lines`` beside a label, on a narrow page below it; nothing where there is none."""
    if not _is_narrow(page):
        page.labelled(label, lines, indent=INDENT, style=style, columns=LABEL)
        return
    for line in lines:
        if label:
            page.line(label, indent=INDENT, style=style)
            label = ""
        page.line(line, indent=2 * INDENT)


def room(page: Page) -> int:
    """Return how many columns there are for what stands beside a label."""
    return page.width - (2 * INDENT if _is_narrow(page) else INDENT + LABEL)


def quoted(page: Page, label: str, passage: Passage, *, rows: int, style: str = "bold") -> None:
    """Add the beginning of a passage beside a label: prose wrapped, code as it is, to be copied."""
    lines = excerpt.told_lines(passage)
    kept = excerpt.opening(lines, room=rows, width=room(page))
    for line in kept:
        if line.code or _is_long_command(line.text, room(page)):
            _command(page, label, line.text, style)
        else:
            card_row(page, label, [_prose(line.text, room(page), alone=len(lines) == 1)], style=style)
        label = ""
    if left := len(lines) - len(kept):
        card_row(page, label, [Text(f"and {counted(left, 'more line')}", style="dim")])


def place_of(passage: Passage) -> str:
    """Return ``path:line`` of where a passage begins, as editors take it."""
    return safe_line(f"{passage.path}:{passage.first_line}")


def _command(page: Page, label: str, command: str, style: str) -> None:
    text = Text(safe(command), style="magenta")
    if _is_narrow(page):
        if label:
            page.line(label, indent=INDENT, style=style)
        page.verbatim(text, indent=2 * INDENT)
        return
    prefix = Text(label, style=style)
    prefix.pad_right(LABEL - len(label))
    page.verbatim(Text.assemble(prefix, text), indent=INDENT)


def unmarked(line: str) -> str:
    """Return ``line`` without the mark of a list at its beginning."""
    text = line.strip()
    mark = _MARK.match(text)
    return text[mark.end() :] if mark else text


def _prose(line: str, columns: int, *, alone: bool) -> Text:
    """Return a line for the screen; the mark of a list is left out where it stands ``alone``."""
    text = safe(unmarked(line) if alone else line).strip()
    return Text(_CODE.sub(lambda found: _kept_whole(found[0], columns), text))


def _is_long_command(line: str, columns: int) -> bool:
    """Return whether a line is nothing but a command that has to be broken in order to fit."""
    return len(line.strip()) > columns and _CODE.fullmatch(unmarked(line)) is not None


def _kept_whole(command: str, columns: int) -> str:
    """Return a command within a sentence so that it is not broken over two lines, where it fits one."""
    return command.replace(" ", KEPT_SPACE) if len(command) < columns else command


def _is_narrow(page: Page) -> bool:
    return page.width < _NARROW


SHOWN_LINKS = 2
"""Incidents named that link to a runbook; of more, the number is said."""
SHOWN_SERVICES = 12

_SAID = {
    "alert": "named by the alert:", "named": "named by the question:", "linked": "linked from",
    "service": "runbook of", "dependency": "runbook of", "text": "matches its",
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
    standing = _standing(age)
    if standing:
        return f"{standing}; {_updated(age)}" if _updated(age) else standing
    return _updated(age)


def _standing(age: RunbookAge) -> str:
    """Say what a runbook says of itself that makes one careful, or who vouches for it."""
    told = []
    if age.retired:
        told.append("deprecated")
    if age.stale_after is not None:
        told.append(f"to be looked at again after {age.stale_after}")
    if age.generated:
        told.append("generated")
    if age.vouched_by:
        told.append(f"verified by {safe_line(age.vouched_by)}")
    elif age.generated:
        told.append("verified by nobody")
    return ", ".join(told)


def _updated(age: RunbookAge) -> str:
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


FIXED_ROWS = 4
"""Rows of what fixed it; the rest is in the file."""

WARNINGS = 3
"""Warnings on a card; a fix that has three against it need not be told more."""


def render_card(page: Page, hit: IncidentHit, runbook: RunbookHit | None, *, dated: bool) -> None:
    """Add what one needs of an incident in order to act.

    ``runbook`` is the one to name on it; ``dated`` tells that its day has been said already.
    """
    head(page, hit.document.title, _at_the_edge(hit, dated=dated), incident_place(hit))
    _fixed_by(page, hit)
    if hit.facts.attempts:
        card_row(page, "Did not help", [_tried(hit, room(page))])
    card_row(page, "Careful", careful_lines(hit)[:WARNINGS], style="bold yellow")
    if runbook is not None:
        card_row(page, "Runbook", [f"{runbook_title(runbook)} · {runbook_place(runbook)}"])
    card_row(page, "Why", [why_line(hit)])


def incident_place(hit: IncidentHit) -> str:
    """Return where what fixed it is told, else the file."""
    return place_of(hit.resolution) if hit.resolution else safe_line(hit.document.path)


def _at_the_edge(hit: IncidentHit, *, dated: bool) -> list[str]:
    document, minutes = hit.document, hit.facts.duration.minutes
    known = (
        "" if dated or document.date is None else str(document.date),
        severity_text(document.severity or ""),
        "" if minutes is None else duration(minutes),
        "planned work" if hit.facts.planned else "",
    )
    return [part for part in known if part]


def _fixed_by(page: Page, hit: IncidentHit) -> None:
    if hit.resolution is not None:
        quoted(page, "Fixed by", hit.resolution, rows=FIXED_ROWS, style="bold green")
        return
    said = "nothing: this was planned work" if hit.facts.planned else "the write-up does not say"
    card_row(page, "Fixed by", [said], style="bold green")


def _tried(hit: IncidentHit, columns: int) -> str:
    """Return on one line what was tried first in vain, and how much else."""
    lines = hit.facts.attempts[0].text.split("\n")
    text = " ".join(unmarked(excerpt.unframed(line)) for line in lines if line.strip(" #`"))
    more = len(hit.facts.attempts) - 1
    tail = f" · {more} more" if more else ""
    return fitting(safe_line(text), columns - len(tail)) + tail
