"""What is hidden leaves no trace: an answer over a view is the answer over only its documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Filter, Query
from rca_search.protocols import Encoder
from rca_search.service import SearchService

Make = Callable[..., SearchService]


def answer(service: SearchService, query: Query) -> dict[str, Any]:
    found = asdict(service.search(query))
    return {
        name: found[name] for name in ("judgement", "runbook_judgement", "incidents", "runbooks", "windows")
    }


QUESTIONS = [
    "HikariPool-1 timed out, no connection in the pool",
    "payments: connections held by a query",
    "x509 certificate refused by browsers of ingress",
    "disk",
    '{"labels": {"alertname": "PoolFull", "service": "payments"}, "annotations": {"summary": "It hangs"}}',
    "nothing that is known here",
]


@pytest.mark.parametrize(
    "hidden",
    [
        ["RCAs/2024-08-09-pool-again"],
        ["RCAs/2024-02-01-pool", "Runbooks/payments"],
        ["Runbooks/pool-recovery"],
        ["RCAs/undated-disk", "RCAs/north/outage", "Runbooks/coffee", "Services/checkout-api"],
        [
            "RCAs/2024-02-01-pool",
            "RCAs/2024-08-09-pool-again",
            "RCAs/2025-03-03-certificate",
            "RCAs/undated-disk",
        ],
    ],
)
def test_excluded_documents_leave_no_trace(
    service: SearchService, make_service: Make, documents: dict[str, str], hidden: list[str]
) -> None:
    kept = {path: text for path, text in documents.items() if path.removesuffix(".md") not in hidden}
    alone = make_service(kept, HashingEncoder())
    for question in QUESTIONS:
        for narrowed in (Filter(), Filter(severities=("sev1",)), Filter(services=("payments",))):
            query = Query(question, limit=20, filter=narrowed)
            view = Query(question, limit=20, filter=narrowed, exclude=tuple(hidden))
            assert answer(service, view) == answer(alone, query)


def test_documents_of_later_days_leave_no_trace(
    service: SearchService, make_service: Make, documents: dict[str, str]
) -> None:
    later = ("RCAs/2024-08-09-pool-again.md", "RCAs/2025-03-03-certificate.md")
    later += ("RCAs/north/outage.md", "RCAs/south/outage.md")
    alone = make_service({p: t for p, t in documents.items() if p not in later}, HashingEncoder())
    for question in QUESTIONS:
        query = Query(question, limit=20, as_of=dt.date(2024, 8, 8))
        assert answer(service, query) == answer(alone, Query(question, limit=20))


def test_the_document_that_is_asked_about_leaves_no_trace(
    service: SearchService, make_service: Make, documents: dict[str, str]
) -> None:
    name = "RCAs/2024-08-09-pool-again"
    alone = make_service({p: t for p, t in documents.items() if p != f"{name}.md"}, HashingEncoder())
    like = asdict(service.search_like(name, Query("", limit=20)))
    hits = {hit["document"]["id"] for hit in like["incidents"]}
    assert hits == {hit["document"]["id"] for hit in answer(alone, Query("pool", limit=20))["incidents"]}


LINKING = """\
---
title: Queue stuck
date: 2025-05-05
---
# Queue stuck

## Symptoms

The queue stood still.

## Related

See [[unstick]].
"""
RUNBOOK = "---\naliases: [unstick]\n---\n# Move it\n\n## Steps\n\nRestart the consumer.\n"


def test_a_link_means_the_one_document_of_that_name_that_exists(make_service: Make) -> None:
    documents = {
        "RCAs/queue.md": LINKING,
        "Runbooks/first.md": RUNBOOK,
        "Runbooks/second.md": RUNBOOK.replace("consumer", "broker"),
    }
    both = make_service(documents, HashingEncoder())
    query = Query("the queue stood still")
    sources = [reason["source"] for hit in answer(both, query)["runbooks"] for reason in hit["reasons"]]
    assert "linked" not in sources
    for hidden in ("first", "second"):
        kept = {path: text for path, text in documents.items() if hidden not in path}
        view = answer(both, Query(query.text, exclude=(f"Runbooks/{hidden}",)))
        assert view == answer(make_service(kept, HashingEncoder()), query)
        assert view["runbooks"][0]["reasons"][0]["subject"] == "RCAs/queue"


@pytest.mark.parametrize(
    "nearer",
    [
        pytest.param("RCAs/unstick.md", id="in the folder of the incident"),
        pytest.param("Runbooks/unstick.md", id="by file name, before the alias"),
    ],
)
def test_a_hidden_document_does_not_shadow_the_one_that_a_link_means(make_service: Make, nearer: str) -> None:
    documents = {"RCAs/queue.md": LINKING, "Runbooks/first.md": RUNBOOK, nearer: RUNBOOK}
    both = make_service(documents, HashingEncoder())
    query = Query("the queue stood still")
    view = answer(both, Query(query.text, exclude=(nearer.removesuffix(".md"),)))
    kept = {path: text for path, text in documents.items() if path != nearer}
    assert view == answer(make_service(kept, HashingEncoder()), query)
    assert next(reason["source"] for reason in view["runbooks"][0]["reasons"]) == "linked"


@pytest.mark.model
def test_the_example_vault_as_it_was_in_its_first_months(
    example_service: SearchService, make_service: Make, model: Encoder, vault: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "vault"
    hidden: list[str] = []
    for path in sorted(vault.rglob("*.md")):
        name = path.relative_to(vault).as_posix()
        if (
            name.startswith(("RCAs/2025-1", "RCAs/2025-0", "RCAs/2026"))
            or name == "Runbooks/postgres-locks.md"
        ):
            hidden.append(name.removesuffix(".md"))
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(path.read_bytes())
    alone = make_service(folder, model)
    for question in ("HikariPool-1 - Connection is not available", "tls cert ran out, nobody was warned"):
        view = answer(example_service, Query(question, limit=10, exclude=tuple(hidden)))
        assert view == answer(alone, Query(question, limit=10))
