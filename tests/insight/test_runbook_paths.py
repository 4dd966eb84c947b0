"""The ways to a runbook: links, services, what these depend on; and templates that a service tells apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Filter, Query, RunbookReason, Verdict
from rca_search.protocols import Encoder
from rca_search.ranking.runbooks import packaged_paths
from rca_search.service import SearchService

if TYPE_CHECKING:
    from tests.insight.conftest import Company

SLOW = "callers give up, p99 above half a second"
BILLING, ORDER = "Runbooks/runbook-billing-api", "Runbooks/runbook-order-api"


def test_a_runbook_of_what_the_service_depends_on_is_named_with_the_way_to_it(company: Company) -> None:
    result = company.service.search(Query("billing-api: callers give up", limit=10))
    reasons = {hit.document.id: hit.reasons for hit in result.runbooks}
    named = {name: [replace(reason, probability=0.0) for reason in found] for name, found in reasons.items()}
    assert RunbookReason("service", "billing-api") in named[BILLING]
    assert RunbookReason("dependency", "order-api", ("billing-api", "order-api")) in named[ORDER]
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
            hits = service.search(Query(question)).runbooks
            first = hits[0]
            assert first.document.id == f"Runbooks/{wanted}", (question, first.document.id, first.score)
            # Nor does its name make it look like the answer.
            (own,) = (hit for hit in hits if hit.document.id == "Runbooks/payments-api")
            assert own.verdict not in {Verdict.LIKELY, Verdict.SAME}, (question, own.likelihood)
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


def test_the_probability_is_what_all_paths_make_of_it(company: Company) -> None:
    result = company.service.search(Query("billing-api: callers give up, p99 above half a second", limit=10))
    for hit in result.runbooks:
        paths = {reason.source: reason.probability for reason in hit.reasons if reason.source != "text"}
        if "service" in paths:
            paths.pop("dependency", None)
        linked = [reason.probability for reason in hit.reasons if reason.source == "linked"]
        left = 1.0 - hit.text_likelihood.probability
        for probability in (*linked, *(paths[name] for name in paths if name != "linked")):
            left *= 1.0 - probability
        assert hit.likelihood.probability == pytest.approx(1.0 - left, abs=1e-5)
        assert hit.likelihood.same <= hit.likelihood.probability
    best = max(hit.likelihood.probability for hit in result.runbooks[:5])
    assert result.runbook_judgement.likelihood.probability >= best


LINKING = (
    "---\ntitle: Pool exhausted\ndate: 2025-01-0{day}\nservices: [shop]\n---\n# Pool exhausted\n\n"
    "## Summary\n\n{text}\n\n## Resolution\n\nAs in [[pools]].\n"
)


def test_a_link_counts_as_far_as_its_incident_does(make_service: Callable[..., SearchService]) -> None:
    """The same link: from the incident that is told again word for word, and from another one."""
    pool = "HikariPool-1 connection is not available, request timed out after 30000 ms."
    other = "The coffee machine on the third floor leaked over night and the carpet was wet."
    service = make_service(
        {
            "RCAs/pool.md": LINKING.format(day=1, text=pool),
            "RCAs/coffee.md": LINKING.format(day=2, text=other),
            "Runbooks/pools.md": "# Pools\n\n## Steps\n\nStop the callers first.\n",
        },
        HashingEncoder(),
    )
    hit = service.search(Query(pool, limit=5)).runbooks[0]
    worth = {reason.subject: reason.probability for reason in hit.reasons if reason.source == "linked"}
    assert worth["RCAs/pool"] > worth["RCAs/coffee"]
    incidents = {
        each.document.id: each.likelihood.probability for each in service.search(Query(pool)).incidents
    }
    for name, probability in worth.items():
        assert probability == pytest.approx(incidents[name] * packaged_paths().linked, abs=1e-6)
    assert hit.likelihood.probability > hit.text_likelihood.probability


@pytest.mark.full
@pytest.mark.model
def test_ten_real_runbooks_of_one_template_are_told_apart_by_service(
    corpora: Path, model: Encoder, make_service: Callable[..., SearchService]
) -> None:
    folder = corpora / "corpora" / "vault"
    service = make_service(folder, model)
    symptom = "p99 latency is high, requests are slow and time out"
    answer = service.search(Query(symptom, limit=10))
    names = sorted(path.stem for path in (folder / "Services").glob("*.md"))
    assert len(names) == 10
    assert sorted(one.service for one in answer.alike) == names
    assert answer.runbooks[0].passages[0].headings[-2:] == ("High Latency", "Resolution")
    for name in names:
        for query in (Query(f"{name}: {symptom}"), Query(symptom, filter=Filter(services=(name,)))):
            found = service.search(query)
            assert found.runbooks[0].document.id == f"Runbooks/runbook-{name}"
            assert found.alike == ()
