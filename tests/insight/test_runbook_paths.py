"""The ways to a runbook: links, services, what these depend on; and templates that a service tells apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from rca_search.models import Filter, Query, RunbookReason
from rca_search.protocols import Encoder
from rca_search.service import SearchService

if TYPE_CHECKING:
    from tests.insight.conftest import Company

SLOW = "callers give up, p99 above half a second"
BILLING, ORDER = "Runbooks/runbook-billing-api", "Runbooks/runbook-order-api"


def test_a_runbook_of_what_the_service_depends_on_is_named_with_the_way_to_it(company: Company) -> None:
    result = company.service.search(Query("billing-api: callers give up", limit=10))
    reasons = {hit.document.id: hit.reasons for hit in result.runbooks}
    assert RunbookReason("service", "billing-api") in reasons[BILLING]
    assert RunbookReason("dependency", "order-api", ("billing-api", "order-api")) in reasons[ORDER]
    assert result.runbooks[0].document.id == BILLING
    ledger = company.service.search(Query("slow", limit=10, filter=Filter(services=("ledger",))))
    ways = [reason.path for hit in ledger.runbooks for reason in hit.reasons if reason.source == "dependency"]
    assert ways == [("ledger", "billing-api")]


def test_without_a_service_the_runbooks_of_one_template_are_listed(company: Company) -> None:
    result = company.service.search(Query(SLOW, limit=1))
    assert [(one.service, one.document_id) for one in result.alike] == [
        ("billing-api", BILLING),
        ("order-api", ORDER),
    ]
    for query in (
        Query(f"order-api: {SLOW}"),
        Query(SLOW, filter=Filter(services=("order-api",))),
        Query("x509 certificate has expired"),
    ):
        assert company.service.search(query).alike == ()


@pytest.mark.parametrize("service", ["billing-api", "order-api"])
def test_a_named_service_tells_runbooks_of_one_template_apart(company: Company, service: str) -> None:
    for query in (Query(f"{service}: {SLOW}"), Query(SLOW, filter=Filter(services=(service,)))):
        first = company.service.search(query).runbooks[0]
        assert first.document.id == f"Runbooks/runbook-{service}"
        assert first.passages[0].headings[-2:] == ("High latency", "Resolution")


def test_a_runbook_says_how_old_it_is_against_the_incidents_since(company: Company) -> None:
    ages = {hit.document.id: hit.age for hit in company.service.search(Query(SLOW, limit=10)).runbooks}
    assert (str(ages[BILLING].last_updated), ages[BILLING].line, ages[BILLING].incidents_since) == (
        "2025-02-01",
        4,
        1,
    )
    assert (ages[ORDER].incidents_since, ages[ORDER].last_incident) == (0, None)


SYMPTOMS = {
    "x509 certificate has expired, clients refuse the handshake": "tls",
    "disk of the node is full, no space left on device": "disk",
    "consumer lag keeps growing, the group rebalances": "lag",
    "too many connections, the pool is exhausted": "pool",
    # Few words beside the name, which stands all over the runbook of the service.
    "browsers complain, certificate not valid any more": "tls",
    "expired cert": "tls",
    "cannot write files, volume is full": "disk",
    "messages are processed late, lag": "lag",
    "waits for a database connection": "pool",
}


def page(title: str, symptoms: str, mitigation: str) -> str:
    return f"# {title}\n\n## Symptoms\n\n{symptoms}\n\n## Mitigation\n\n{mitigation}\n"


PAGES = {
    "Runbooks/tls.md": page(
        "Certificates",
        "Clients refuse the TLS handshake: x509 certificate has expired.",
        "Issue the certificate anew and reload the proxies that serve it.",
    ),
    "Runbooks/disk.md": page(
        "Disk full",
        "Writes fail with no space left on device.",
        "Find large files with du, delete old logs and grow the volume where that is not enough.",
    ),
    "Runbooks/lag.md": page(
        "Consumer lag",
        "The consumer group rebalances over and over and the lag grows.",
        "Raise the poll interval, then add consumers up to the number of partitions.",
    ),
    "Runbooks/pool.md": page(
        "Connections used up",
        "The pool is exhausted: too many connections.",
        "Kill idle sessions, restart the service that leaks and lower the pool of the others.",
    ),
    "Runbooks/payments-api.md": "---\nservice: payments-api\n---\n# payments-api\n\n## Steps\n\nTo deploy "
    "payments-api run the pipeline payments-api-release and announce it in the channel of payments-api.\n",
    "Services/payments-api.md": "# payments-api\n\nTakes money.\n",
    "RCAs/2025-01-01-rounding.md": "---\ndate: 2025-01-01\nservices: [payments-api]\n---\n# Rounding\n\n"
    "## Summary\n\nAmounts were rounded the wrong way.\n",
}


@pytest.mark.model
def test_a_runbook_that_only_shares_the_service_does_not_outrank_the_one_on_the_symptom(
    make_service: Callable[..., SearchService], model: Encoder
) -> None:
    service = make_service(PAGES, model)
    for text, wanted in SYMPTOMS.items():
        for question in (f"payments-api: {text}", f"{text} on payments-api", text):
            first = service.search(Query(question)).runbooks[0]
            assert first.document.id == f"Runbooks/{wanted}", (question, first.document.id, first.score)
        narrowed = service.search(Query(text, filter=Filter(services=("payments-api",)))).runbooks[0]
        assert narrowed.document.id == f"Runbooks/{wanted}", (text, narrowed.document.id)


def test_answers_over_a_view_leave_hidden_notes_and_catalogues_of_links_out(
    company: Company,
    make_company: Callable[[Mapping[str, str]], Company],
    company_documents: dict[str, str],
) -> None:
    for hidden in (("Services/billing-api",), ("Services/order-api", "RCAs/2025-03-10-billing-again")):
        kept = {
            path: text for path, text in company_documents.items() if path.removesuffix(".md") not in hidden
        }
        alone = make_company(kept).service
        for question in (SLOW, f"billing-api: {SLOW}"):
            view = company.service.search(Query(question, exclude=hidden))
            same = alone.search(Query(question))
            assert (view.runbooks, view.alike) == (same.runbooks, same.alike)
