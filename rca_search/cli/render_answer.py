"""An answer for a person who has to act on it: the verdict, the best hit, then what else to look at."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rich.cells import cell_len
from rich.text import Text

from rca_search.cli.card import (
    age_line,
    alike_line,
    card_row,
    head,
    incident_place,
    quoted,
    reasons_line,
    render_card,
    runbook_place,
    runbook_title,
    words_line,
)
from rca_search.cli.page import Page, fitting
from rca_search.cli.render_details import render_details, render_pairs, render_score
from rca_search.cli.render_verdict import likely, render_runbook_verdict, render_verdict
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted, duration, severity_text
from rca_search.models import (
    DurationSummary,
    Filter,
    Form,
    IncidentHit,
    Judgement,
    Kind,
    Query,
    RunbookHit,
    SearchResult,
    Understood,
    Verdict,
)
from rca_search.service import Catalogued

INDENT = 2
SHORTEST_TITLE = 26
"""Columns below which a title says too little to choose by."""
_GAP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One hit, every text safe for a terminal; ``place`` is never cut, so that it can be opened."""

    title: str
    date: str
    word: str
    place: str


def render_list(page: Page, rows: Sequence[Row]) -> None:
    """Add ``rows`` as aligned columns: each on one line, or on two where there is too little room.

    Days are left out where titles would be cut for them and the places tell them as well.
    """
    titled = max(cell_len(row.title) for row in rows)
    lines = _abouts(page, rows, titled, placed=True)
    if _room(page, lines) >= min(SHORTEST_TITLE, titled):
        _add(page, rows, lines)
    else:
        _add(page, rows, _abouts(page, rows, titled, placed=False), below=True)


def _abouts(page: Page, rows: Sequence[Row], titled: int, *, placed: bool) -> list[str]:
    """Return what follows the titles, the widest of ``titled`` columns, with the place or without."""
    dated = _aligned([(row.date, row.word, row.place if placed else "") for row in rows])
    if _room(page, dated) >= titled or not all(row.date in row.place for row in rows):
        return dated
    return _aligned([(row.word, row.place if placed else "") for row in rows])


def _room(page: Page, abouts: Sequence[str]) -> int:
    """Return the columns left for titles."""
    return max(page.width - INDENT - _GAP - max(map(cell_len, abouts)), 1)


def _add(page: Page, rows: Sequence[Row], abouts: Sequence[str], *, below: bool = False) -> None:
    """Add each title with what follows it and, where it is not part of that, its place ``below``."""
    titles = [Text(fitting(row.title, _room(page, abouts)), style="cyan") for row in rows]
    wide = max(title.cell_len for title in titles) + _GAP
    for row, title, about in zip(rows, titles, abouts, strict=True):
        gap = " " * (wide - title.cell_len)
        page.verbatim(Text.assemble(title, gap, (about, "dim")), indent=INDENT)
        if below:
            page.verbatim(Text(row.place, style="dim"), indent=2 * INDENT)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return each row as one text in which the columns of all rows stand below each other."""
    lines = [""] * len(rows)
    for column in zip(*rows, strict=True):
        wide = max(map(cell_len, column))
        gap = _GAP if wide else 0
        cells = (cell + " " * (wide - cell_len(cell) + gap) for cell in column)
        lines = [line + cell for line, cell in zip(lines, cells, strict=True)]
    return [line.rstrip() for line in lines]


def render_durations(page: Page, durations: Sequence[DurationSummary], elapsed: int | None) -> None:
    """Say how long the matched incidents lasted: median, range and number, and the same by severity."""
    beyond = f" longer than the {duration(elapsed)} so far" if elapsed is not None else ""
    left = durations[0].left_out
    shorter = f", {counted(left, 'shorter one')} left out" if left else ""
    first, *rest = _figures(durations[0])
    parts = [f"These lasted{beyond}: {first}", *rest]
    parts[-1] += shorter
    parts += [f"{severity_text(summary.severity or '')}: {_brief(summary)}" for summary in durations[1:]]
    page.items([safe_line(part) for part in parts], indent=0)


def _figures(summary: DurationSummary) -> list[str]:
    if summary.median is None or summary.shortest is None or summary.longest is None:
        return ["none"]
    if summary.count == 1:
        return [f"{duration(summary.median)} (n=1)"]
    spread = f"{duration(summary.shortest)} to {duration(summary.longest)}"
    return [f"median {duration(summary.median)}", f"{spread} (n={summary.count})"]


def _brief(summary: DurationSummary) -> str:
    if summary.median is None:
        return "none"
    median = "median " if summary.count > 1 else ""
    return f"{median}{duration(summary.median)} (n={summary.count})"


_CALLED = {
    Form.FRONT_MATTER: "a draft with front matter",
    Form.ALERTMANAGER: "Alertmanager alerts",
    Form.PAGERDUTY: "a PagerDuty event",
    Form.CLOUDWATCH: "a CloudWatch alarm",
    Form.EVENTBRIDGE: "an EventBridge event",
    Form.OPSGENIE: "an Opsgenie alert",
    Form.DATADOG: "a Datadog event",
    Form.SENTRY: "a Sentry event",
    Form.AZURE_MONITOR: "an Azure Monitor alert",
    Form.GOOGLE_MONITORING: "a Google Cloud alert",
    Form.GITHUB_ISSUE: "a GitHub issue",
    Form.ALERT_RULE: "an alert rule",
    Form.JSON: "JSON",
    Form.STACK_TRACE: "a stack trace",
    Form.CHAT: "a chat",
    Form.LOG: "log lines",
}


def render_understood(page: Page, understood: Understood, *, verbose: bool) -> None:
    """Add what was made of the question; nothing where it is searched as it stands."""
    if not understood.forms and not understood.abridged:
        return
    called = " with ".join(_CALLED[form] for form in understood.forms) or "a long text"
    if understood.abridged:
        called += ", by meaning in its most telling parts and by all of its words"
    lines = [safe_line(line) for line in understood.text.split("\n") if line.strip()]
    if verbose:
        page.line(f"Read as {called}:", style="dim")
        if understood.names:
            lines.append(f"and exactly: {safe_line(', '.join(understood.names))}")
        for line in lines:
            page.line(line, indent=2, style="dim")
    else:
        page.line(fitting(f"Read as {called}: {' · '.join(lines)}", page.width), style="dim")
    page.gap()


def render_nothing(page: Page, query: Query, known: Catalogued) -> None:
    """Say that no incident was found, and for each thing that may be the reason what to do."""
    if not known.incidents:
        page.line("There is no incident in the index.", style="bold")
        page.line("'rca-search status' counts what it holds; 'build --kind incident=GLOB' names incidents.")
        return
    if query.filter != Filter():
        page.line("No incident in the index passes these filters.", style="bold")
    else:
        page.line("No incident in the index exists for this question.", style="bold")
    for hint in _hints(query, known):
        page.line(safe_line(hint), indent=INDENT, hang=2)


def _hints(query: Query, known: Catalogued) -> list[str]:
    wanted = query.filter
    hints = [
        *_unknown("service", wanted.services, known.services),
        *_unknown("severity", wanted.severities, known.severities),
        *_unknown("tag", wanted.tags, known.tags),
    ]
    if (wanted.since or wanted.until) and known.first is not None and known.last is not None:
        hints.append(
            f"Incidents are dated from {known.first} to {known.last}; undated ones pass no date filter."
        )
    if query.as_of is not None:
        hints.append(f"Documents after {query.as_of} did not exist for this answer (--as-of).")
    if query.exclude:
        hints.append(f"Left out: {', '.join(query.exclude)} (--exclude).")
    return hints or ["Ask again with fewer filters."]


def _unknown(what: str, wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return a hint for each value that no incident has, with near spellings or examples."""
    folded = {name.casefold(): name for name in known}
    hints = []
    for name in wanted:
        if name.casefold() in folded:
            continue
        near = [folded[other] for other in difflib.get_close_matches(name.casefold(), folded, n=3)]
        named = f"did you mean {', '.join(near)}?" if near else f"known are {_some(known)}." if known else ""
        hints.append(f"No incident has the {what} {name}; {named}".rstrip("; "))
    return hints


def _some(names: Sequence[str]) -> str:
    most = 8
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")


SECTION_ROWS = 4
"""Rows of the section to open."""


def render_runbook(page: Page, hit: RunbookHit) -> None:
    """Add where to open a runbook, how that begins, and why it is named."""
    head(page, runbook_title(hit), [], runbook_place(hit))
    if hit.passages:
        quoted(page, "It says", hit.passages[0], rows=SECTION_ROWS, style="bold green")
    doubtful = hit.age.retired or hit.age.generated or hit.age.stale_after is not None
    if doubtful or (hit.age.last_updated is not None and hit.age.incidents_since):
        card_row(page, "Careful", [age_line(hit.age)], style="bold yellow")
    card_row(page, "Why", [reasons_line(hit.reasons, hit.document.title)])


def render_runbook_details(page: Page, hit: RunbookHit, question: str, *, calibrated: bool) -> None:
    """Add what ``-v`` tells of a runbook: how likely it applies, how old it is, and what met the question."""
    if calibrated:
        card_row(page, "Chance", [f"{likely(hit.likelihood)} that it applies"])
    card_row(page, "Services", [safe_line(", ".join(hit.document.services))] if hit.document.services else [])
    card_row(
        page, "Updated", [age_line(hit.age)] if age_line(hit.age) and not hit.age.incidents_since else []
    )
    card_row(page, "Matched", [words] if (words := words_line(hit.matched_terms)) else [])
    render_pairs(page, hit.evidence.pairs, hit.passages, whole=question)
    render_score(page, hit.score)


Hit = TypeVar("Hit", IncidentHit, RunbookHit)

FURTHER_RUNBOOKS = 2
"""Runbooks listed below incidents; ``rca-search runbooks`` lists more."""

_UNLIKELY = "unlikely"
_WORDS: Mapping[Verdict, str] = {
    Verdict.SAME: "the same",
    Verdict.LIKELY: "likely",
    Verdict.POSSIBLE: "possible",
    Verdict.NOTHING_SIMILAR: _UNLIKELY,
    Verdict.TOO_THIN: "",
}


def render_similar(page: Page, result: SearchResult, *, today: dt.date, verbose: bool) -> None:
    """Add the answer to ``similar``: incidents, and the runbooks beside them."""
    render_verdict(page, result)
    carded = _carded_runbook(result)
    if result.foremost is Kind.RUNBOOK and carded is not None:
        _runbook_card(page, result, carded, verbose=verbose)
    if result.foremost is Kind.OTHER:
        _others(page, result)
    _incidents(page, result, carded, today=today, verbose=verbose)
    _further_runbooks(page, result, carded, verbose=verbose)
    if result.foremost is not Kind.OTHER:
        _others(page, result)
    if result.durations and (verbose or result.query.elapsed_minutes is not None):
        page.gap()
        render_durations(page, result.durations, result.query.elapsed_minutes)


def _others(page: Page, result: SearchResult) -> None:
    """List the documents of no known kind that speak of the same."""
    rows = [
        Row(
            safe_line(hit.document.title),
            str(hit.document.date or ""),
            _WORDS[hit.verdict],
            safe_line(f"{hit.document.path}:{hit.passages[0].first_line if hit.passages else 1}"),
        )
        for hit in result.others
    ]
    if rows:
        page.gap()
        page.line("Other documents that mention this", style="bold")
        render_list(page, rows)


def render_left_out(page: Page, result: SearchResult) -> None:
    """Say that files are missing in the index, where some are."""
    if result.left_out:
        files = counted(result.left_out, "file")
        page.gap()
        page.line(f"{files} could not be read and took no part: rca-search status", style="dim")


def render_runbooks(page: Page, result: SearchResult, *, verbose: bool) -> None:
    """Add the answer to ``runbooks``."""
    render_runbook_verdict(page, result)
    judgement = result.runbook_judgement
    cards = result.runbooks if verbose else result.runbooks[: judgement.verdict.found]
    for hit in cards:
        _runbook_card(page, result, hit, verbose=verbose)
    rest = result.runbooks[len(cards) :]
    _list(page, _list_name(judgement, rest, "runbooks"), [_runbook_row(hit) for hit in _by_word(rest)])
    _alike(page, result)


def _carded_runbook(result: SearchResult) -> RunbookHit | None:
    """Return the runbook to show with the best incident, or before it: one likely enough or linked by it."""
    if result.foremost is Kind.RUNBOOK:
        return result.runbooks[0] if result.runbook_judgement.verdict.found else None
    if not result.judgement.verdict.found:
        return None
    best = result.incidents[0].document.id
    fitting = (hit for hit in result.runbooks if hit.verdict.found or _is_linked(hit, best))
    return next(fitting, None)


def _incidents(
    page: Page, result: SearchResult, carded: RunbookHit | None, *, today: dt.date, verbose: bool
) -> None:
    """Add the best incident as a card, with ``-v`` all of them, and list the others; misses only listed."""
    found = result.judgement.verdict.found
    cards = result.incidents if verbose else result.incidents[:found]
    rest = result.incidents[len(cards) :]
    beside = result.foremost is Kind.RUNBOOK and not found
    name = "Nearest incidents, all unlikely" if beside else _list_name(result.judgement, rest, "incidents")
    if cards and not found:
        _name(page, name)
    for place, hit in enumerate(cards):
        _incident_card(page, result, hit, carded if place == 0 else None, today=today, verbose=verbose)
    _list(page, name, [_incident_row(hit) for hit in _by_word(rest)])


def _is_linked(hit: RunbookHit, incident: str) -> bool:
    return any(reason.source == "linked" and reason.subject == incident for reason in hit.reasons)


def _incident_card(
    page: Page,
    result: SearchResult,
    hit: IncidentHit,
    runbook: RunbookHit | None,
    *,
    today: dt.date,
    verbose: bool,
) -> None:
    page.gap()
    led = result.foremost is Kind.INCIDENT
    dated = led and hit is result.incidents[0] and hit.verdict.found and result.judgement.verdict.found
    render_card(page, hit, runbook if led else None, dated=dated)
    if verbose:
        calibrated = result.judgement.calibrated
        render_details(page, hit, result.understood.text, today=today, calibrated=calibrated)


def _runbook_card(page: Page, result: SearchResult, hit: RunbookHit, *, verbose: bool) -> None:
    page.gap()
    render_runbook(page, hit)
    if verbose:
        calibrated = result.runbook_judgement.calibrated
        render_runbook_details(page, hit, result.understood.text, calibrated=calibrated)


def _list(page: Page, name: str, rows: Sequence[Row], more: str = "") -> None:
    """Add a list below its name; where every hit is unlikely, the name says so and no row has to."""
    if not rows:
        return
    _name(page, name, more)
    words = {row.word for row in rows}
    render_list(page, [replace(row, word="") for row in rows] if words == {_UNLIKELY} else rows)


def _name(page: Page, name: str, more: str = "") -> None:
    page.gap()
    page.line(Text(name, style="bold underline"), Text(more, style="dim"))


def _further_runbooks(page: Page, result: SearchResult, carded: RunbookHit | None, *, verbose: bool) -> None:
    """List the runbooks that are on no card and may apply; where none is on a card, at least the nearest."""
    others = [hit for hit in result.runbooks if hit is not carded]
    worth = [hit for hit in others if hit.verdict.found][:FURTHER_RUNBOOKS]
    shown = others if verbose else worth or others[: carded is None]
    left = len(others) - len(shown)
    more = f"  {left} more: rca-search runbooks" if left else ""
    _list(
        page,
        _runbooks_name(shown, first=carded is None),
        [_runbook_row(hit) for hit in _by_word(shown)],
        more,
    )
    _alike(page, result)


def _alike(page: Page, result: SearchResult) -> None:
    if alike := alike_line(result.alike):
        page.gap()
        page.line(alike, style="yellow")


def _list_name(judgement: Judgement, hits: Sequence[IncidentHit | RunbookHit], what: str) -> str:
    if judgement.verdict is Verdict.TOO_THIN:
        return "Closest so far"
    if not judgement.verdict.found:
        return "Nearest misses"
    return "Worth a look" if any(hit.verdict.found for hit in hits) else f"Other {what}, all unlikely"


def _runbooks_name(hits: Sequence[RunbookHit], *, first: bool) -> str:
    if any(hit.verdict.found for hit in hits):
        return "Runbooks that may apply" if first else "More runbooks that may apply"
    name = "Nearest runbook" if len(hits) == 1 else "Nearest runbooks"
    return name if any(hit.verdict is Verdict.TOO_THIN for hit in hits) else f"{name}, unlikely"


def _by_word(hits: Sequence[Hit]) -> list[Hit]:
    """Order by the word that is shown, so that no "unlikely" stands above a "possible"; else as ranked."""
    return sorted(hits, key=lambda hit: -hit.verdict.rung)


def _incident_row(hit: IncidentHit) -> Row:
    document = hit.document
    date = str(document.date) if document.date else ""
    return Row(safe_line(document.title), date, _WORDS[hit.verdict], incident_place(hit))


def _runbook_row(hit: RunbookHit) -> Row:
    return Row(runbook_title(hit), "", _WORDS[hit.verdict], runbook_place(hit))
