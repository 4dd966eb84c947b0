"""What became of a failure that came back: whether its fixes differ, and which runbook there is for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.insight.gaps import find_gaps
from rca_search.models import ActionStatus, Query, Recurrence
from rca_search.service import SearchService

Make = Callable[..., SearchService]

TODAY = dt.date(2025, 12, 1)

INCIDENT = """\
---
title: Locker gateway down
date: {day}
services: [lockers]
---
# Locker gateway down

## Summary

The locker gateway refused every client: x509 certificate expired, handshake failed.

## Resolution

{fix}

## Action items

{actions}
"""
OPEN = """\
- [ ] Rotate it by machine (owner: Ada, due 2025-06-01)
- [ ] Ask the vendor
- [x] Alert on it
"""
PLAIN = "- Think about a second gateway\n- Write a test by 2025-02-01\n"


def incident(day: str, fix: str, actions: str = "") -> str:
    return INCIDENT.format(day=day, fix=fix, actions=actions)


DOCUMENTS = {
    "RCAs/a.md": incident("2025-01-05", "Renewed the certificate.", PLAIN),
    "RCAs/b.md": incident("2025-03-05", "Renewed the certificate again.", OPEN),
    "RCAs/c.md": incident("2025-05-05", "Restarted the gateway. As in [[RCAs/b]]."),
    "RCAs/other.md": "---\ntitle: Invoices late\ndate: 2025-04-01\n---\n## Summary\n\nA job hung.\n",
    "Runbooks/lockers-ops.md": "---\nservices: [lockers]\n---\n# Lockers\n\n## Steps\n\nLook at them.\n",
}


@pytest.fixture(scope="module")
def service(make_service: Make) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def recurrence(service: SearchService, **query: object) -> Recurrence | None:
    found = service.search(Query("locker gateway x509 certificate expired handshake failed", **query))  # type: ignore[arg-type]
    return next(hit.recurrence for hit in found.incidents if hit.document.id == "RCAs/a")


def test_the_last_two_fixes_differ(service: SearchService) -> None:
    found = recurrence(service)
    assert found is not None
    assert (found.count, found.fixes_differ) == (3, True)


def test_before_the_third_they_did_not(service: SearchService) -> None:
    found = recurrence(service, as_of=dt.date(2025, 4, 1))
    assert found is not None
    assert (found.count, found.fixes_differ) == (2, False)


def test_where_fewer_than_two_say_what_was_done_nothing_is_claimed(make_service: Make) -> None:
    silent = {**DOCUMENTS, "RCAs/c.md": incident("2025-05-05", "It went away by itself.")}
    del silent["RCAs/b.md"]
    found = recurrence(make_service(silent, HashingEncoder()))
    assert found is not None
    assert found.fixes_differ is None


def test_a_runbook_of_the_service_is_named_but_is_none_on_record(service: SearchService) -> None:
    found = recurrence(service)
    assert found is not None
    assert (found.runbooks, found.service_runbooks) == ((), ("Runbooks/lockers-ops",))
    library, view, _ = service.seen(Query(""))
    (gap,) = find_gaps(library, view, today=TODAY).uncovered_families
    assert (gap.family, gap.incidents, gap.first, gap.last) == (
        found.family,
        3,
        dt.date(2025, 1, 5),
        dt.date(2025, 5, 5),
    )
    assert gap.service_runbooks == ("Runbooks/lockers-ops",)


@pytest.mark.parametrize(
    ("place", "addition"),
    [("RCAs/b.md", "\nSee [[lockers-ops]].\n"), ("Runbooks/lockers-ops.md", "\nHelped in [[RCAs/c]].\n")],
)
def test_a_link_from_or_to_any_of_them_puts_a_runbook_on_record(
    make_service: Make, place: str, addition: str
) -> None:
    service = make_service({**DOCUMENTS, place: DOCUMENTS[place] + addition}, HashingEncoder())
    found = recurrence(service)
    assert found is not None
    assert (found.runbooks, found.service_runbooks) == (("Runbooks/lockers-ops",), ())
    library, view, _ = service.seen(Query(""))
    assert find_gaps(library, view, today=TODAY).uncovered_families == ()
    library, view, _ = service.seen(Query("", exclude=("Runbooks/lockers-ops",)))
    (gap,) = find_gaps(library, view, today=TODAY).uncovered_families
    assert gap.service_runbooks == ()


def test_actions_that_nobody_closed(service: SearchService) -> None:
    library, view, _ = service.seen(Query(""))
    gaps = find_gaps(library, view, today=TODAY)
    assert [
        (one.document_id, one.item.text.split(" (")[0], one.overdue, one.item.status)
        for one in gaps.unclosed_actions
    ] == [
        ("RCAs/a", "Write a test by 2025-02-01", True, ActionStatus.UNKNOWN),
        ("RCAs/b", "Rotate it by machine", True, ActionStatus.OPEN),
        ("RCAs/b", "Ask the vendor", False, ActionStatus.OPEN),
    ]
    assert gaps.unrecorded_actions == 1
    before = find_gaps(library, view, today=dt.date(2025, 2, 1))
    assert [(one.document_id, one.overdue) for one in before.unclosed_actions] == [
        ("RCAs/b", False),
        ("RCAs/b", False),
    ]
    assert before.unrecorded_actions == 2


def test_what_a_view_hides_closes_no_gap(service: SearchService, make_service: Make) -> None:
    hidden = ("RCAs/b", "Runbooks/lockers-ops")
    alone = make_service(
        {path: text for path, text in DOCUMENTS.items() if path.removesuffix(".md") not in hidden},
        HashingEncoder(),
    )
    library, view, _ = service.seen(Query("", exclude=hidden))
    other, everything, _ = alone.seen(Query(""))
    assert find_gaps(library, view, today=TODAY) == find_gaps(other, everything, today=TODAY)
