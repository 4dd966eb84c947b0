"""What documents say of their own standing, and what answers make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.insight.links.runbook_age import last_updated
from rca_search.insight.standing import Standing, standing_of
from rca_search.models import Document, Query
from rca_search.service import SearchService

Write = Callable[..., Document]


@pytest.mark.parametrize(
    ("front", "standing"),
    [
        ("status: deprecated\n", Standing(retired=True)),
        ("status: active\n", Standing()),
        ("stale_after: 2025-06-30\n", Standing(stale_after=dt.date(2025, 6, 30))),
        ("generated: true\n", Standing(generated=True)),
        ("generated: {by: a model, at: 2025-01-01}\n", Standing(generated=True)),
        ("generated: false\nverified: 2025-02-01\n", Standing()),
        ("verified: {by: Kim Vale, on: 2025-02-01}\n", Standing(vouched_by="Kim Vale")),
        ("verified_by: Jo Reed\n", Standing(vouched_by="Jo Reed")),
        ("verified: yes\n", Standing()),
    ],
)
def test_standing(write: Write, front: str, standing: Standing) -> None:
    assert standing_of(write("# T\n\n## Steps\n\nx\n", front=front)) == standing


def test_a_day_beside_a_name_counts_as_the_last_update(write: Write) -> None:
    document = write("# T\n\nx\n", front="verified: {by: Kim Vale, on: 2025-09-01}\n")
    assert last_updated(document)[0] == dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    ("day", "stale"), [("2025-06-29", False), ("2025-06-30", False), ("2025-07-01", True)]
)
def test_it_is_stale_from_the_day_after(day: str, stale: bool) -> None:
    assert Standing(stale_after=dt.date(2025, 6, 30)).is_stale(dt.date.fromisoformat(day)) is stale


INCIDENT = "---\ndate: 2025-03-05\n---\n# Broker of orders full\n\n## Fix\n\nSee [[broker]] and [[ledger]].\n"
DOCUMENTS = {
    "incidents/2025-03-05-broker.md": INCIDENT,
    "runbooks/broker.md": (
        "---\nstatus: deprecated\ngenerated: true\n---\n# Broker\n\n## Steps\n\nDelete orders segments.\n"
    ),
    "runbooks/ledger.md": (
        "---\nstale_after: 2025-06-30\nverified_by: Kim\n---\n# Ledger\n\n## Steps\n\nRestart.\n"
    ),
    "services/orders-broker.md": "# orders-broker\n\nHolds the orders.\n",
}


@pytest.fixture(scope="module")
def vouched(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def test_answers_say_it(vouched: SearchService) -> None:
    hit = vouched.search(Query("broker of orders full")).incidents[0]
    found = {(note.reason, note.subject) for note in hit.superseded}
    assert {("document_retired", "runbooks/broker"), ("document_stale", "runbooks/ledger")} <= found
    before = vouched.search(Query("broker of orders full", as_of=dt.date(2025, 6, 30))).incidents[0]
    assert ("document_stale", "runbooks/ledger") not in {(n.reason, n.subject) for n in before.superseded}
    ages = {book.document.id: book.age for book in vouched.search(Query("delete orders segments")).runbooks}
    assert (ages["runbooks/broker"].retired, ages["runbooks/broker"].generated) == (True, True)
    assert ages["runbooks/ledger"].vouched_by == "Kim"
