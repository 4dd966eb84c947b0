"""A small company with a service catalogue, notes, runbooks of one template, and links that lead nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.insight.links.graph import LinkGraph
from rca_search.insight.version_cache import VersionCache
from rca_search.models import Document, Query, SourceFile
from rca_search.service import SearchService
from rca_search.sources.documents import parse_document
from rca_search.views import View

CATALOGUE = """\
kind: Component
metadata:
  name: ledger
spec:
  owner: group:payments
  system: shop
  dependsOn: [resource:ledger-db, component:billing-api]
---
kind: Group
metadata:
  name: payments
"""


def runbook(service: str, day: str) -> str:
    return f"""\
---
title: {service} runbook
tags: [runbook, {service}]
last_updated: {day}
---
# {service} runbook

## High latency

### Symptoms

The p99 of {service} is above half a second and callers give up.

### Resolution

Scale it out: `kubectl scale deployment {service} --replicas=5`, then look for slow queries in its database.

## Contacts

Ask in #{service}-oncall.
"""


def incident(title: str, date: str, service: str, text: str = "It was slow.") -> str:
    return (
        f"---\ntitle: {title}\ndate: {date}\nservices: [{service}]\n---\n# {title}\n\n## Summary\n\n{text}\n"
    )


DOCUMENTS: Mapping[str, str] = {
    "catalog-info.yaml": CATALOGUE,
    "RCAs/2025-01-10-billing-slow.md": incident(
        "Billing slow",
        "2025-01-10",
        "billing-api",
        "As in INC-9, see [[Certificates_Renewal]] and [[no such page]].",
    ),
    "RCAs/2025-03-10-billing-again.md": incident(
        "Billing slow again",
        "2025-03-10",
        "billing-api",
        "Like 2025-01-10-billing-slow. https://wiki.example/x/Runbooks/runbook-billing-api helped. "
        "[[certificate-renewl]]",
    ),
    "RCAs/2025-04-01-search.md": "---\nid: INC-7\ndate: 2025-04-01\nservices: search\n---\n# Search\n\n"
    "## Summary\n\n[[twin]]\n",
    "Runbooks/runbook-billing-api.md": runbook("billing-api", "2025-02-01"),
    "Runbooks/runbook-order-api.md": runbook("order-api", "2025-02-01"),
    "Runbooks/certificates-renewal.md": "# Certificates\n\n## Symptoms\n\nThe x509 certificate has expired, "
    "browsers refuse it.\n\n## Steps\n\nIssue the x509 certificate anew, install it, and restart all ingress "
    "nodes.\n",
    "Runbooks/a/twin.md": "# One\n\n## Steps\n\nx\n",
    "Runbooks/b/twin.md": "# Other\n\n## Steps\n\nx\n",
    "Services/billing-api.md": "---\nowner: payments team\nrunbook: '[[runbook-billing-api]]'\n---\n"
    "# billing-api\n\n## Dependencies\n\n- [[order-api]]\n- kafka\n- [[certificates-renewal]]\n",
    "Services/order-api.md": "# order-api\n\nUsed by ledger-ui, [[billing-api]].\n",
    "Teams/payments.md": "# The payments team\n\nWe own money.\n",
}


@dataclass(frozen=True)
class Company:
    """A service and what it knows of one view."""

    service: SearchService

    def seen(self, *hidden: str) -> tuple[VersionCache, View]:
        library, view, _ = self.service.seen(Query("", exclude=hidden))
        return library, view

    def graph(self, *hidden: str) -> LinkGraph:
        library, view = self.seen(*hidden)
        return library.graph(view)


@pytest.fixture(scope="session")
def company_documents() -> dict[str, str]:
    return dict(DOCUMENTS)


@pytest.fixture(scope="session")
def make_company(make_service: Callable[..., SearchService]) -> Callable[[Mapping[str, str]], Company]:
    return lambda documents: Company(make_service(documents, HashingEncoder()))


@pytest.fixture(scope="session")
def company(make_company: Callable[[Mapping[str, str]], Company]) -> Company:
    return make_company(DOCUMENTS)


@pytest.fixture(scope="session")
def write() -> Callable[..., Document]:
    """Return what turns Markdown into a document; ``date`` goes into front matter."""

    def make(text: str, *, date: str = "2025-03-05", front: str = "") -> Document:
        content = f"---\ndate: {date}\n{front}---\n{text}".encode()
        digest = hashlib.sha256(content).hexdigest()
        return parse_document(SourceFile("RCAs/one", "vault", "RCAs/one.md", content, digest)).document

    return make
