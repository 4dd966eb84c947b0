"""The whole answer as a person sees it, for every verdict, with odds that no new fit changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rca_search.cli.page import Page
from rca_search.cli.render_answer import render_runbooks, render_similar
from rca_search.cli.render_verdict import incident_headline
from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Judgement, Likelihood, Query, SearchResult, Verdict
from rca_search.service import SearchService

SAME, LIKELY, POSSIBLE, NOTHING, THIN = Verdict
QUESTION = "x509 certificate expired, orders fail"
TODAY = dt.date(2026, 1, 10)


HEAD = "---\ntitle: {title}\ndate: {date}\nseverity: {severity}\nduration_minutes: 102\n---\n"
DOCUMENTS = {
    "RCAs/2025-11-02-certificate.md": HEAD.format(
        title="Orders refused by browsers", date="2025-11-02", severity="SEV-1"
    )
    + "## Summary\n\nEvery order failed: x509 certificate expired.\n\n"
    "## Analysis\n\nPurging the cache of the edge did not help.\n\n"
    "## Resolution\n\nIssued the certificate by hand.\n\n"
    "```\nkubectl -n edge create secret tls edge-certificate"
    " --cert=fullchain.pem --key=privkey.pem\n```\n\n"
    "See [[Runbooks/certificates]] and [[Runbooks/certificates#Steps]].\n",
    "RCAs/2025-03-14-lag.md": HEAD.format(
        title="Payments fell behind while orders waited", date="2025-03-14", severity="sev2"
    )
    + "## Summary\n\nThe group rebalances, orders wait.\n\n## Resolution\n\n- Raised the interval.\n",
    "RCAs/disk.md": "# Disk full\n\n## Summary\n\nThe disk of search filled up, orders fail.\n",
    "Runbooks/certificates.md": "# Certificates\n\n## Steps\n\n1. Renew the expired certificate.\n",
    "Runbooks/disk.md": "# Disk\n\n## Steps\n\n1. Empty it.\n",
}


@pytest.fixture(scope="module")
def found(make_service: Callable[..., SearchService]) -> SearchResult:
    return make_service(DOCUMENTS, HashingEncoder()).search(Query(QUESTION, limit=3))


def judged(
    found: SearchResult, incidents: Verdict, runbooks: Verdict, *, calibrated: bool = True
) -> SearchResult:
    """Return the answer with these verdicts and set odds, of which the best hit of each kind has the same."""
    further = least(incidents, POSSIBLE), least(incidents, NOTHING)
    return replace(
        found,
        judgement=judgement(incidents, 0.62, calibrated=calibrated),
        runbook_judgement=judgement(runbooks, 0.81, calibrated=calibrated),
        incidents=tuple(map(with_verdict, found.incidents, (incidents, *further))),
        runbooks=tuple(map(with_verdict, found.runbooks, (runbooks, least(runbooks, NOTHING)))),
    )


def judgement(verdict: Verdict, share: float, *, calibrated: bool) -> Judgement:
    missing = ("the exact error line", "the service or the host") if verdict is THIN else ()
    likelihood = Likelihood(share, share - 0.1)
    return Judgement(verdict, likelihood, 0.8, missing=missing, calibrated=calibrated)


def with_verdict(hit: Any, verdict: Verdict) -> Any:
    return replace(hit, verdict=verdict)


def least(verdict: Verdict, other: Verdict) -> Verdict:
    return min(verdict, other, key=lambda each: each.rung)


def shown(result: SearchResult, *, width: int = 80) -> str:
    page = Page(width=width, colored=False)
    render_similar(page, result, today=TODAY, verbose=False)
    return page.text()


INCIDENT = """\
  RCAs/2025-11-02-certificate.md:17
  Fixed by      Issued the certificate by hand.
                kubectl -n edge create secret tls edge-certificate --cert=fullchain.pem --key=privkey.pem
  Did not help  Purging the cache of the edge did not help.
"""
INCIDENT_WHY = """\
  Why           both name x509; both say certificate, expired and fail

Worth a look
  Disk full                             possible   RCAs/disk.md
  Payments fell behind while orders …   unlikely   RCAs/2025-03-14-lag.md:13
"""
RUNBOOK = """\
  Certificates · Steps
  Runbooks/certificates.md:5
  It says       Renew the expired certificate.
  Why           linked from RCAs/2025-11-02-certificate; matches its section
                "Steps"
"""
MISSES = """\
  Orders refused by browsers                 RCAs/2025-11-02-certificate.md:17
  Disk full                                  RCAs/disk.md
  Payments fell behind while orders waited   RCAs/2025-03-14-lag.md:13
"""
NEAREST_RUNBOOK = "  1 more: rca-search runbooks\n  Certificates · Steps   Runbooks/certificates.md:5\n"
OF_THE_INCIDENT = f"""
  Orders refused by browsers                                  SEV-1 · 1 h 42 min
{INCIDENT}  Runbook       Certificates · Steps · Runbooks/certificates.md:5
{INCIDENT_WHY}"""


@pytest.mark.parametrize(
    ("verdicts", "screen"),
    [
        ((SAME, SAME), f"Probably the same failure as on 2025-11-02 (52 %)\n{OF_THE_INCIDENT}"),
        ((LIKELY, NOTHING), f"Probably related to the failure of 2025-11-02 (62 %)\n{OF_THE_INCIDENT}"),
        ((POSSIBLE, POSSIBLE), f"Possibly related to the failure of 2025-11-02 (62 %)\n{OF_THE_INCIDENT}"),
        (
            (POSSIBLE, SAME),
            "Probably the runbook for this (71 %) and possibly a related incident (62 %)\n"
            f"\n{RUNBOOK}\n"
            "  Orders refused by browsers                     2025-11-02 · SEV-1 · 1 h 42 min\n"
            f"{INCIDENT}{INCIDENT_WHY}",
        ),
        (
            (NOTHING, LIKELY),
            "No similar incident, but probably a runbook for this (81 %)\n"
            f"\n{RUNBOOK}\nNearest incidents, all unlikely\n{MISSES}",
        ),
        (
            (NOTHING, NOTHING),
            "Nothing similar on record (the nearest is 62 % likely)\n"
            f"\nNearest misses\n{MISSES}\nNearest runbook, unlikely{NEAREST_RUNBOOK}",
        ),
        (
            (THIN, THIN),
            "Too little to judge by\n  Add: the exact error line; the service or the host.\n"
            f"\nClosest so far\n{MISSES}\nNearest runbook{NEAREST_RUNBOOK}",
        ),
    ],
)
def test_an_answer_by_its_verdicts(
    found: SearchResult, verdicts: tuple[Verdict, Verdict], screen: str
) -> None:
    assert shown(judged(found, *verdicts)) == screen


@pytest.mark.parametrize(
    ("verdict", "screen"),
    [
        (SAME, f"Probably the runbook for this (71 %)\n\n{RUNBOOK}\nOther runbooks, all unlikely\n"),
        (POSSIBLE, f"Possibly a runbook for this (81 %)\n\n{RUNBOOK}\nOther runbooks, all unlikely\n"),
        (
            NOTHING,
            "No runbook for this on record (the nearest is 81 % likely)\n\nNearest misses\n"
            "  Certificates · Steps   Runbooks/certificates.md:5\n",
        ),
    ],
)
def test_runbooks_by_their_verdict(found: SearchResult, verdict: Verdict, screen: str) -> None:
    page = Page(width=80, colored=False)
    render_runbooks(page, judged(found, NOTHING, verdict), verbose=False)
    name, _, place = page.text().splitlines()[-1].strip().partition("   ")
    assert page.text().startswith(screen)
    assert (name, place.strip()) == ("Disk · Steps", "Runbooks/disk.md:5")


NARROW = """\
Probably the same failure as on
2025-11-02 (52 %)

  Orders refused by browsers
  SEV-1 · 1 h 42 min
  RCAs/2025-11-02-certificate.md:17
  Fixed by
    Issued the certificate by hand.
    kubectl -n edge create secret tls edge-certificate --cert=fullchain.pem --key=privkey.pem
  Did not help
    Purging the cache of the edge did …
  Runbook
    Certificates · Steps ·
    Runbooks/certificates.md:5
  Why
    both name x509; both say
    certificate, expired and fail

Worth a look
  Disk full                possible
    RCAs/disk.md
  Payments fell behind …   unlikely
    RCAs/2025-03-14-lag.md:13
"""


def test_a_narrow_terminal_has_labels_above_and_places_below(found: SearchResult) -> None:
    assert shown(judged(found, SAME, SAME), width=40) == NARROW


def test_without_a_calibration_there_are_words_and_no_odds(found: SearchResult) -> None:
    note = "No odds are given: not calibrated for this model.\n"
    plain = shown(judged(found, SAME, SAME, calibrated=False))
    assert plain == f"Probably the same failure as on 2025-11-02\n{note}{OF_THE_INCIDENT}"
    assert shown(judged(found, NOTHING, NOTHING, calibrated=False)).startswith(
        f"Nothing similar on record\n{note}"
    )
    assert note not in shown(judged(found, THIN, THIN, calibrated=False))
    page = Page(width=80, colored=False)
    render_similar(page, judged(found, SAME, SAME, calibrated=False), today=TODAY, verbose=True)
    assert "%" not in page.text()


@pytest.mark.parametrize(
    ("verdict", "date", "planned", "of_hit", "headline"),
    [
        (SAME, False, False, SAME, 'Probably the same failure as "Orders refused by browsers" (52 %)'),
        (LIKELY, False, False, LIKELY, 'Probably related to "Orders refused by browsers" (62 %)'),
        (LIKELY, True, True, LIKELY, "Probably related to the planned work of 2025-11-02 (62 %)"),
        (POSSIBLE, True, False, NOTHING, "Possibly something related on record (62 %)"),
        (LIKELY, True, False, NOTHING, "Probably something related on record (62 %)"),
    ],
)
def test_the_first_line_names_the_best_hit(
    found: SearchResult, verdict: Verdict, date: bool, planned: bool, of_hit: Verdict, headline: str
) -> None:
    answer = judged(found, verdict, NOTHING)
    best = answer.incidents[0]
    best = replace(
        best,
        verdict=of_hit,
        document=best.document if date else replace(best.document, date=None),
        facts=replace(best.facts, planned=planned),
    )
    assert incident_headline(replace(answer, incidents=(best, *answer.incidents[1:]))) == headline


def test_no_unlikely_hit_stands_above_a_possible_one(found: SearchResult) -> None:
    answer = judged(found, SAME, SAME)
    best, second, third = answer.incidents
    answer = replace(
        answer, incidents=(best, replace(third, verdict=NOTHING), replace(second, verdict=LIKELY))
    )
    rows = shown(answer).partition("Worth a look\n")[2].splitlines()
    assert [row.split("   ")[-2].strip() for row in rows] == ["likely", "unlikely"]


def test_a_fix_that_is_not_on_record_is_not_passed_over(found: SearchResult) -> None:
    answer = judged(found, SAME, SAME)
    undone = next(hit for hit in answer.incidents if hit.document.id == "RCAs/disk")
    assert "  Fixed by      the write-up does not say\n" in shown(
        replace(answer, incidents=(replace(undone, verdict=SAME),))
    )
    planned = replace(undone, verdict=SAME, facts=replace(undone.facts, planned=True))
    assert "  Fixed by      nothing: this was planned work\n" in shown(replace(answer, incidents=(planned,)))
