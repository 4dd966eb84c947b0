"""``similar`` and ``runbooks``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from rca_search.cli import options
from rca_search.cli.exits import ExitCode
from rca_search.cli.question import Question, read_date, read_elapsed, read_filter, read_question
from rca_search.cli.session import Session
from rca_search.cli.why_not import Wanted, explain
from rca_search.cli.wording import stale_message
from rca_search.models import Freshness, Kind, Query

if TYPE_CHECKING:
    from rca_search.cli.page import Page
    from rca_search.models import SearchResult
    from rca_search.service import SearchService

DEFAULT_LIMIT = 5
DEFAULT_PRECISION = 0.8

SIMILAR_EXAMPLES = """
  rca-search similar "checkout pods restart every few minutes, OOMKilled"
  rca-search similar --service payments-api --since 2025-01-01 "x509: certificate has expired"
  kubectl logs deploy/checkout --tail 50 | rca-search similar -
  rca-search similar --file draft-postmortem.md -k 10
  rca-search similar --incident RCAs/2025-11-28-checkout-oom --json
  rca-search similar "checkout 502" --why-not RCAs/2025-11-28-checkout-oom
"""
RUNBOOKS_EXAMPLES = """
  rca-search runbooks "replication lag keeps growing"
  rca-search runbooks --incident 2025-11-28-checkout-oom
  amtool alert query -o json | rca-search runbooks -k 3 --json
"""


def similar(
    session: Session,
    text: options.Text = None,
    file: options.File = None,
    incident: options.Incident = None,
    limit: options.Limit = DEFAULT_LIMIT,
    service: options.Service = None,
    severity: options.Severity = None,
    tag: options.Tag = None,
    since: options.Since = None,
    until: options.Until = None,
    as_of: options.AsOf = None,
    exclude: options.Exclude = None,
    elapsed_time: options.Elapsed = None,
    about: options.About = None,
    rerank: options.Rerank = None,
    precision: options.Precision = DEFAULT_PRECISION,
    as_json: options.Json = False,
    why_not: options.WhyNot = None,
    exit_code: options.ExitCodeFlag = False,
) -> None:
    """Has this happened before? Find past incidents, what fixed them, and runbooks that likely apply.

    The answer opens with a verdict: same, likely, possible, nothing similar, or too thin to judge.
    """
    asked = read_question(text or [], file, incident, session.screen)
    query = Query(
        text=asked.text,
        limit=limit,
        filter=read_filter(service, severity, tag, since, until),
        as_of=read_date("--as-of", as_of),
        exclude=tuple(exclude or ()),
        elapsed_minutes=read_elapsed(elapsed_time),
        about=tuple(about or ()),
        precision=precision,
    )
    if why_not is not None:
        explain(session, asked, query, Wanted(why_not, Kind.INCIDENT, rerank, as_json, exit_code))
        return
    answer = _ask(session, asked, query, rerank)
    if as_json:
        from rca_search.schemas.search import SimilarResponse

        session.screen.show_json(SimilarResponse.from_result(answer.result, answer.asked.origin))
    else:
        session.screen.show(_similar_page(session, answer))
    _end(found=answer.result.overall.verdict.found, wanted=exit_code)


def runbooks(
    session: Session,
    text: options.Text = None,
    file: options.File = None,
    incident: options.Incident = None,
    limit: options.Limit = DEFAULT_LIMIT,
    service: options.Service = None,
    severity: options.Severity = None,
    tag: options.Tag = None,
    since: options.Since = None,
    until: options.Until = None,
    as_of: options.AsOf = None,
    exclude: options.Exclude = None,
    about: options.About = None,
    rerank: options.Rerank = None,
    precision: options.Precision = DEFAULT_PRECISION,
    as_json: options.Json = False,
    why_not: options.WhyNot = None,
    exit_code: options.ExitCodeFlag = False,
) -> None:
    """Find the runbooks that likely apply, each at its best section and with the reasons for it.

    The filters choose the past incidents whose links and services count.
    """
    asked = read_question(text or [], file, incident, session.screen)
    query = Query(
        text=asked.text,
        limit=limit,
        filter=read_filter(service, severity, tag, since, until),
        as_of=read_date("--as-of", as_of),
        exclude=tuple(exclude or ()),
        about=tuple(about or ()),
        precision=precision,
    )
    if why_not is not None:
        explain(session, asked, query, Wanted(why_not, Kind.RUNBOOK, rerank, as_json, exit_code))
        return
    answer = _ask(session, asked, query, rerank)
    if as_json:
        from rca_search.schemas.search import RunbooksResponse

        session.screen.show_json(RunbooksResponse.from_result(answer.result, answer.asked.origin))
    else:
        session.screen.show(_runbooks_page(session, answer))
    _end(found=answer.result.runbook_judgement.verdict.found, wanted=exit_code)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back; ``asked`` names the document that was asked with by its full id."""

    asked: Question
    result: SearchResult
    service: SearchService


def _ask(session: Session, asked: Question, query: Query, rerank: str | None) -> _Answer:
    with session.screen.waiting("Searching"):
        service = session.service_to_ask(rerank=rerank)
        if asked.incident is None:
            result = service.search(query)
        else:
            asked = Question(asked.source, incident=service.get(asked.incident).id)
            result = service.search_like(asked.incident or "", query)
    _say_stale(session, result.freshness)
    return _Answer(asked, result, service)


def _similar_page(session: Session, answer: _Answer) -> Page:
    from rca_search.cli.render_answer import render_left_out, render_nothing, render_similar

    page = session.screen.page()
    result, verbose = answer.result, session.screen.verbose
    _head(page, result, verbose=verbose)
    if not result.incidents:
        render_nothing(page, result.query, answer.service.catalogued())
        page.gap()
    if result.incidents or result.runbooks or result.others:
        render_similar(page, result, today=result.query.as_of or _today(), verbose=verbose)
    if result.incidents and result.judgement.verdict.found:
        best = result.incidents[0].document.id
        page.gap()
        more = "" if verbose else "-v, or "
        page.line(f"More: {more}rca-search show {_quoted(best)}", style="dim")
    render_left_out(page, result)
    return page


def _runbooks_page(session: Session, answer: _Answer) -> Page:
    from rca_search.cli.render_answer import render_left_out, render_runbooks

    page = session.screen.page()
    _head(page, answer.result, verbose=session.screen.verbose)
    if answer.result.runbooks:
        render_runbooks(page, answer.result, verbose=session.screen.verbose)
    else:
        page.line("No runbook in the index.", style="bold")
        page.line(
            "'rca-search status' counts what the index holds; 'build --kind runbook=GLOB' names runbooks."
        )
    render_left_out(page, answer.result)
    return page


def _say_stale(session: Session, freshness: Freshness) -> None:
    if freshness.stale:
        session.screen.warn(stale_message(freshness))


def _head(page: Page, result: SearchResult, *, verbose: bool) -> None:
    from rca_search.cli.render_answer import render_understood

    if result.freshness.stale:
        page.line(stale_message(result.freshness), style="bold yellow")
        page.gap()
    render_understood(page, result.understood, verbose=verbose)


def _end(*, found: bool, wanted: bool) -> None:
    if wanted and not found:
        raise typer.Exit(ExitCode.NOTHING_FOUND)


def _quoted(name: str) -> str:
    import shlex

    from rca_search.cli.safe_text import safe_line

    return safe_line(shlex.quote(name))


def _today() -> dt.date:
    return dt.date.today()
