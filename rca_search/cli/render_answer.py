"""An answer for a person who has to act on it: the verdict, the best hit, then what else to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.render_card import incident_place, render_card
from rca_search.cli.render_details import render_details
from rca_search.cli.render_durations import render_durations
from rca_search.cli.render_list import Row, render_list
from rca_search.cli.render_runbook import render_runbook, render_runbook_details
from rca_search.cli.render_verdict import render_runbook_verdict, render_verdict
from rca_search.cli.runbook_words import alike_line, runbook_place, runbook_title
from rca_search.cli.safe_text import safe_line
from rca_search.models import IncidentHit, Judgement, Kind, RunbookHit, SearchResult, Verdict

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
    _incidents(page, result, carded, today=today, verbose=verbose)
    _further_runbooks(page, result, carded, verbose=verbose)
    if result.durations and (verbose or result.query.elapsed_minutes is not None):
        page.gap()
        render_durations(page, result.durations, result.query.elapsed_minutes)


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
