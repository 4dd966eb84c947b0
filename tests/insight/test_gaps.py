"""What is missing, named exactly, and the same in a view as in an index of its documents alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.insight.gaps import find_gaps
from rca_search.insight.links.runbook_age import last_updated
from rca_search.models import Document, RunbookAge

if TYPE_CHECKING:
    from tests.insight.conftest import Company

TODAY = dt.date(2025, 12, 1)
CERTIFICATES = "Runbooks/certificates-renewal"
AGAIN = "RCAs/2025-03-10-billing-again"


def test_dangling_links_stale_runbooks_uncovered_services_and_unlinked_runbooks(company: Company) -> None:
    gaps = find_gaps(*company.seen(), today=TODAY, stale_from=1)
    assert [
        (link.target, f"{link.path}:{link.line}", link.candidates, link.near) for link in gaps.dangling_links
    ] == [
        ("no such page", "RCAs/2025-01-10-billing-slow.md:10", (), ()),
        ("certificate-renewl", f"{AGAIN}.md:10", (), (CERTIFICATES,)),
        ("twin", "RCAs/2025-04-01-search.md:10", ("Runbooks/a/twin", "Runbooks/b/twin"), ()),
    ]
    assert [(book.document_id, book.age) for book in gaps.stale_runbooks] == [
        (CERTIFICATES, RunbookAge(None, None, 1, dt.date(2025, 1, 10))),
        ("Runbooks/runbook-billing-api", RunbookAge(dt.date(2025, 2, 1), 4, 1, dt.date(2025, 3, 10))),
    ]
    assert [(one.service, one.incidents, one.last_incident) for one in gaps.uncovered_services] == [
        ("search", 1, dt.date(2025, 4, 1))
    ]
    assert [book.document_id for book in gaps.unlinked_runbooks] == [
        "Runbooks/a/twin",
        "Runbooks/b/twin",
        "Runbooks/runbook-order-api",
    ]
    assert gaps.total == 9


def test_fewer_incidents_than_asked_make_no_runbook_stale(company: Company) -> None:
    assert find_gaps(*company.seen(), today=TODAY, stale_from=2).stale_runbooks == ()
    for number in (0, 10_001):
        with pytest.raises(InvalidRequestError, match=f"{number} incidents"):
            find_gaps(*company.seen(), today=TODAY, stale_from=number)


@pytest.mark.parametrize("hidden", [[AGAIN], [CERTIFICATES], ["Runbooks/a/twin", "Services/billing-api"]])
def test_gaps_of_a_view_are_those_of_an_index_of_the_visible_part(
    company: Company,
    make_company: Callable[[Mapping[str, str]], Company],
    company_documents: dict[str, str],
    hidden: list[str],
) -> None:
    kept = {path: text for path, text in company_documents.items() if path.removesuffix(".md") not in hidden}
    view = find_gaps(*company.seen(*hidden), today=TODAY, stale_from=1)
    assert view == find_gaps(*make_company(kept).seen(), today=TODAY, stale_from=1)


@pytest.mark.parametrize(
    ("text", "day", "line"),
    [
        ("---\nlast_updated: 2025-02-01\nreviewed: 2025-06-01\n---\n# T\n\nx\n", dt.date(2025, 6, 1), 3),
        ("---\ndate: 2024-01-01\n---\n# T\n\n_Last reviewed: 3 March 2025_\n", dt.date(2025, 3, 3), 6),
        ("# T\n\nLast looked at: February 2024 (Ada)\n", dt.date(2024, 2, 29), 3),
        ("---\ndate: 2024-01-01\n---\n# T\n\nx\n", dt.date(2024, 1, 1), 2),
        ("---\nlast_updated: soon\n---\n# T\n\nUpdated nobody knows when.\n", None, None),
    ],
)
def test_the_last_update_is_the_latest_that_a_runbook_gives(
    make_document: Callable[..., Document], text: str, day: dt.date | None, line: int | None
) -> None:
    assert last_updated(make_document(text, "Runbooks/x.md")) == (day, line)
