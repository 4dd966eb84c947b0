"""What a question names outright, and documents of no known kind."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Kind, Query, Verdict
from rca_search.service import SearchService

PAGE = """\
# Ingest guide

## IngestWriterFull

Add a writer.

## IngestLagHigh

Look at the slowest tenant first.

## IngestCompactorHalted

Delete the broken block and restart the compactor.
"""
DOCUMENTS = {
    "runbooks/ingest.md": PAGE,
    "runbooks/broker/index.md": (
        "---\naliases: [BrokerDiskFull]\n---\n# Broker\n\n## Mitigation\n\nDelete segments.\n"
    ),
    "runbooks/disk.md": "# DiskSpaceLow\n\n## Mitigation\n\nDelete old logs of the host.\n",
    "runbooks/slow-invoices.md": (
        "# Invoices are slow\n\nWatch <http://grafana.lan/d/fQ7xYabc/invoices?orgId=1> and the\n"
        "[overview](https://grafana.lan/d/overview1/all).\n\n## Mitigation\n\nPurge the queue.\n"
    ),
    "runbooks/mail.md": (
        "# Mail is late\n\nSee https://grafana.lan/d/overview1/all and\n"
        "https://wiki.lan/pages/view?pageId=4711.\n\n## Mitigation\n\nRestart the relay.\n"
    ),
    "incidents/2025-03-05-queue.md": (
        "# Queue of invoices full\n\n## Cause\n\nA consumer hung.\n\n## Fix\n\nPurged.\n"
    ),
    "notes/printer.md": (
        "# Label printer\n\nThe license server of the label printer answered seat limit reached.\n"
    ),
    "templates/rca.md": "# Label printer license seat limit reached\n\n## Cause\n\nseat limit reached\n",
}


@pytest.fixture(scope="module")
def named(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def alert(**annotations: str) -> str:
    return json.dumps({"alerts": [{"labels": {"alertname": "SomethingOff"}, "annotations": annotations}]})


@pytest.mark.parametrize(
    ("text", "document", "heading", "source"),
    [
        ("IngestCompactorHalted", "runbooks/ingest", "IngestCompactorHalted", "named"),
        ("ingest lag high", "runbooks/ingest", "IngestLagHigh", "named"),
        ("BrokerDiskFull", "runbooks/broker/index", None, "named"),
        ("Broker", "runbooks/broker/index", None, "named"),
        ("DiskSpaceLow", "runbooks/disk", None, "named"),
        (
            alert(runbook_url="https://x.example/docs/ingest.md#ingestlaghigh"),
            "runbooks/ingest",
            "IngestLagHigh",
            "alert",
        ),
        (alert(runbook_url="https://x.example/broker/"), "runbooks/broker/index", None, "alert"),
        (
            alert(dashboard_url="https://grafana.example/d/fQ7xYabc/x?from=now-1h&to=now#top"),
            "runbooks/slow-invoices",
            None,
            "alert",
        ),
        (alert(dashboard="https://boards.example/broker?kiosk"), "runbooks/broker/index", None, "alert"),
        (alert(runbook_url="http://wiki.lan/pages/view?pageId=4711"), "runbooks/mail", None, "alert"),
        (
            alert(summary="x").replace("SomethingOff", "IngestWriterFull"),
            "runbooks/ingest",
            "IngestWriterFull",
            "alert",
        ),
    ],
)
def test_what_is_named_comes_first_at_its_section(
    named: SearchService, text: str, document: str, heading: str | None, source: str
) -> None:
    result = named.search(Query(text))
    first = result.runbooks[0]
    assert first.document.id == document
    assert (first.reasons[0].source, first.verdict.found) == (source, True)
    assert first.likelihood.probability > 0.9
    assert first.score.named > 0
    if heading is not None:
        assert first.passages[0].headings[-1] == heading
        told = first.passages[0].text
        others = {"IngestWriterFull", "IngestLagHigh", "IngestCompactorHalted"} - {heading}
        assert not any(other in told for other in others)


def test_an_incident_by_its_title_and_nothing_by_part_of_it(named: SearchService) -> None:
    result = named.search(Query("queue of invoices full"))
    assert result.incidents[0].score.named > 0
    assert result.judgement.likelihood.probability > 0.9
    assert all(hit.score.named == 0 for hit in named.search(Query("queue of invoices full again")).incidents)


def test_an_address_of_no_known_page_names_nothing(named: SearchService) -> None:
    result = named.search(
        Query(alert(runbook_url="https://x.example/unknown.md#ingestlaghigh", summary="odd"))
    )
    assert all(hit.score.named == 0 for hit in result.runbooks)


def test_what_is_named_must_exist_for_the_question(named: SearchService) -> None:
    result = named.search(Query("BrokerDiskFull", exclude=("runbooks/broker/index",)))
    assert all(hit.document.id != "runbooks/broker/index" for hit in result.runbooks)


def test_notes_of_no_known_kind_are_asked_and_templates_are_not(named: SearchService) -> None:
    assert named.get("notes/printer").kind is Kind.OTHER
    assert named.get("templates/rca").kind is Kind.TEMPLATE
    result = named.search(Query("label printer: license server says seat limit reached"))
    assert [hit.document.id for hit in result.others] == ["notes/printer"]
    assert result.others[0].verdict.found
    assert result.others[0].passages[0].first_line == 3
    if not (result.judgement.verdict.found or result.runbook_judgement.verdict.found):
        assert (result.foremost, result.overall) == (Kind.OTHER, result.other_judgement)
        assert result.overall.verdict is not Verdict.NOTHING_SIMILAR
    other = named.search(Query("kafka consumers rebalance in a loop at night"))
    assert other.others == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://grafana.example/d/overview1/all",
        "https://wiki.lan/pages",
        "/d/fQ7xYabcd/x",
        "https://wiki.lan",
    ],
)
def test_an_address_that_several_pages_give_or_none_names_nothing(named: SearchService, address: str) -> None:
    result = named.search(Query(alert(dashboard_url=address, runbook_url=address)))
    assert not any(hit.score.named for hit in result.runbooks)
