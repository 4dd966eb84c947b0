"""Services that the team's own notes list come before any guess from the text."""

from __future__ import annotations

from collections.abc import Callable

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Query
from rca_search.service import SearchService

DOCUMENTS = {
    "incidents/2025-03-05-orders.md": (
        "# Orders fail\n\n## Impact\n\nOrders of ledger-api failed in Grafana.\n\n## Fix\n\nRestarted.\n"
    ),
    "incidents/2025-04-05-listed.md": (
        "---\nservices: [shop]\n---\n# Sales fail\n\n"
        "## Impact\n\nSales of ledger-api failed.\n\n## Fix\n\nx\n"
    ),
    "services/ledger-api.md": "# ledger-api\n\nTakes orders.\n",
    "runbooks/ledger.md": "---\nservices: [ledger-api]\n---\n# Ledger\n\n## Steps\n\nRestart.\n",
}


def test_known_services_come_first(make_service: Callable[..., SearchService]) -> None:
    service = make_service(DOCUMENTS, HashingEncoder())
    hits = {hit.document.id: hit for hit in service.search(Query("orders and sales fail")).incidents}
    assert hits["incidents/2025-03-05-orders"].facts.services[0] == "ledger-api"
    assert hits["incidents/2025-04-05-listed"].facts.services == ("shop",)
    _, facts, _ = service.fetch_incident("2025-03-05-orders")
    assert facts.services[0] == "ledger-api"
