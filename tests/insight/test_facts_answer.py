"""Facts over an answer: durations by severity, open actions, and signs that a fix may be outdated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rca_search.cli.page import Page
from rca_search.cli.render_answer import render_similar
from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import DurationSummary, Query, SearchResult, Verdict
from rca_search.service import SearchService

Make = Callable[..., SearchService]

TODAY = dt.date(2025, 6, 1)
ROWS = 36
POOL = (
    "---\ntitle: {title}\ndate: {date}\nseverity: {severity}\nservices: [checkout]\n"
    "duration_minutes: {minutes}\n---\n"
)
DOCUMENTS = {
    "RCAs/first.md": POOL.format(title="Pool exhausted", date="2025-01-10", severity="SEV-1", minutes=30)
    + "# Pool exhausted\n\nThe pool of checkout was exhausted, HTTP 503.\n\n"
    "## Resolution\n\nRestarted checkout.\n\n"
    "## Action items\n\n- [ ] raise the pool (owner: Ada), due 2025-02-01\n- [x] alert on waiting threads\n\n"
    "## Related\n\n- [[pool]]\n- [[gone]]\n- [[checkout]]\n",
    "RCAs/second.md": POOL.format(
        title="Pool exhausted again", date="2025-03-10", severity="sev1", minutes=90
    )
    + "# Pool exhausted again\n\nThe pool was exhausted, as in [[first]].\n\n"
    "## Resolution\n\nDowngraded the driver.\n",
    "RCAs/third.md": POOL.format(title="Pool small", date="2025-04-10", severity="SEV-2", minutes=45)
    + "# Pool small\n\nThe pool was too small.\n\n## Resolution\n\nRaised it to 50.\n",
    "RCAs/planned.md": "---\ndate: 2025-05-01\nduration_minutes: 600\n---\n# Maintenance of the pool\n\n"
    "The pool will be down for maintenance on Monday.\n",
    "Runbooks/pool.md": "---\nlast_updated: 2025-02-20\n---\n# Pool\n\n## Steps\n\nRestart.\n",
    "Services/checkout.md": "---\nstatus: retired\nlast_updated: 2025-05-20\n---\n# checkout\n",
}


@pytest.fixture(scope="module")
def service(make_service: Make) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def ask(service: SearchService, **parts: object) -> SearchResult:
    return service.search(Query("the pool was exhausted", **parts))  # type: ignore[arg-type]


def test_durations_are_summed_up_by_severity(service: SearchService) -> None:
    assert ask(service).durations == (
        DurationSummary(None, 3, 45, 30, 90),
        DurationSummary("sev1", 2, 60, 30, 90),
        DurationSummary("SEV-2", 1, 45, 45, 45),
    )


@pytest.mark.parametrize("elapsed", [0, 29, 30, 44, 45, 89, 90, 1000])
def test_no_estimate_falls_below_the_time_that_has_passed(service: SearchService, elapsed: int) -> None:
    for summary in ask(service, elapsed_minutes=elapsed).durations:
        assert summary.count + summary.left_out in {1, 2, 3}
        for figure in (summary.median, summary.shortest, summary.longest):
            assert figure is None if summary.count == 0 else figure is not None and figure > elapsed


def test_signs_that_a_fix_may_be_outdated(service: SearchService) -> None:
    first = next(hit for hit in ask(service).incidents if hit.document.id == "RCAs/first")
    assert [(note.reason, note.subject, note.date) for note in first.superseded] == [
        ("service_retired", "Services/checkout", dt.date(2025, 5, 20)),
        ("later_incident", "RCAs/second", dt.date(2025, 3, 10)),
        ("document_changed", "Runbooks/pool", dt.date(2025, 2, 20)),
        ("dangling_link", "gone", None),
    ]


def test_what_is_hidden_or_still_to_come_gives_no_sign(service: SearchService) -> None:
    for parts in ({"exclude": ("RCAs/second", "Services/checkout")}, {"as_of": dt.date(2025, 2, 1)}):
        first = next(hit for hit in ask(service, **parts).incidents if hit.document.id == "RCAs/first")
        reasons = {note.reason for note in first.superseded}
        assert reasons.isdisjoint({"later_incident", "service_retired"})
    assert "document_changed" not in reasons


def test_open_actions_of_all_incidents(service: SearchService) -> None:
    (found,) = ask(service).open_actions()
    assert found[0] == "RCAs/first"
    assert (found[1].owner, found[1].due) == ("Ada", dt.date(2025, 2, 1))


CARD = """\
  Pool exhausted                                                                      SEV-1 · 30 min
  RCAs/first.md:14
  Fixed by      Restarted checkout.
  Careful       Services/checkout is retired since 2025-05-20
                came back on 2025-03-10 and was fixed otherwise: RCAs/second
                Runbooks/pool changed on 2025-02-20, after this
  Runbook       Pool · Steps · Runbooks/pool.md:8
  Why           both say HTTP and exhausted; same service checkout
"""
DETAILS = """\
  Date          2025-01-10, 4 months ago
  Services      checkout
  Lasted        30 min as stated
  Recurs        2 times, would now be the 2nd in 90 days; last on 2025-03-10; last two fixes differ
  Still open    raise the pool (owner: Ada), due 2025-02-01 (no completion recorded)
  Lost link     its link to gone leads nowhere
  Line 10       The pool of checkout was exhausted, HTTP 503.
                RCAs/first.md:10 · Pool exhausted
"""
LASTED = "These lasted longer than the 20 min so far: 30 min (n=1)\n"


def answered(service: SearchService, *, verbose: bool, **parts: object) -> str:
    query = Query("The pool of checkout was exhausted, HTTP 503", limit=1, **parts)  # type: ignore[arg-type]
    result = service.search(query)
    page = Page(width=100, colored=False)
    sure = replace(result, judgement=replace(result.judgement, verdict=Verdict.SAME, calibrated=True))
    render_similar(page, sure, today=TODAY, verbose=verbose)
    return page.text()


def test_the_card(service: SearchService) -> None:
    shown = answered(service, verbose=False)
    assert CARD in shown
    assert not any(
        label in shown for label in ("Services  ", "Lasted", "Still open", "Ranked", "These lasted")
    )


def test_everything_else_is_on_it_when_asked_for(service: SearchService) -> None:
    shown = answered(service, verbose=True)
    assert CARD in shown
    assert DETAILS in shown
    assert re.search(r"^  Chance        \d+ % the same or related, \d+ % the same$", shown, re.MULTILINE)


def test_how_long_they_lasted_is_said_where_the_time_so_far_was(service: SearchService) -> None:
    assert answered(service, verbose=False, elapsed_minutes=20).endswith(LASTED)


@pytest.mark.parametrize("limit", [3, 5])
def test_cards_fit_one_screen(vault_service: SearchService, limit: int) -> None:
    questions = (
        "checkout 502 certificate",
        "consumer lag",
        "disk full",
        "slow queries, locks",
        "lockers offline",
    )
    for text in questions:
        result = vault_service.search(Query(text, limit=limit, elapsed_minutes=30))
        page = Page(width=100, colored=False)
        render_similar(page, result, today=dt.date(2026, 11, 26), verbose=False)
        assert len(result.incidents) == limit
        assert page.text().count("\n") <= ROWS


@pytest.fixture(scope="module")
def vault_service(vault: Path, make_service: Make) -> SearchService:
    return make_service(vault, HashingEncoder())
