"""Why a runbook is named, and how much that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pytest

from rca_search.models import Likelihood, RunbookReason
from rca_search.ranking.fusion import Signals
from rca_search.ranking.retrieval import Ranked
from rca_search.ranking.runbooks import RunbookSupport, Worth, packaged_paths, reasons, relevance, reorder
from rca_search.ranking.service_names import Runbook, RunbookServices, ServiceNames


def belongs_to(
    service: str, *, services: Sequence[str], tags: Sequence[str], name: str, known: Sequence[str] = ()
) -> bool:
    runbooks = RunbookServices([Runbook(7, services, tags, name)], ServiceNames(known))
    return runbooks.of(service) == [7]


def mentions(service: str, text: str, *, known: Sequence[str] = ()) -> bool:
    return service in ServiceNames([service, *known]).said_in(text)


@pytest.mark.parametrize(
    ("service", "name", "expected"),
    [
        ("api", "api-runbook", True),
        ("api", "API_runbook", True),
        ("api", "the-api", True),
        ("api", "apiserver", False),
        ("api", "rapid-response", False),
        ("checkout-api", "checkout_api-latency", True),
        ("checkout-api", "api-checkout", False),
        ("checkout api", "Checkout-API errors", True),
        ("", "anything", False),
        ("--", "any--thing", False),
        ("api", "api-gateway-errors", True),
    ],
)
def test_a_file_name_names_a_service_by_whole_words(service: str, name: str, expected: bool) -> None:
    assert belongs_to(service, services=(), tags=(), name=name) is expected


def test_a_longer_service_has_the_better_claim_to_a_name() -> None:
    known = ["api", "api-gateway", "gateway"]
    claims = [
        service
        for service in known
        if belongs_to(service, services=(), tags=(), name="api-gateway-errors", known=known)
    ]
    assert claims == ["api-gateway"]
    assert belongs_to("api", services=(), tags=(), name="api-gateway-and-api", known=known)
    assert belongs_to("api", services=(), tags=("API",), name="api-gateway", known=known)


def test_fields_name_a_service_whole() -> None:
    assert belongs_to("checkout-api", services=("Checkout_API",), tags=(), name="x")
    assert belongs_to("checkout-api", services=(), tags=("checkout api",), name="x")
    assert not belongs_to("checkout", services=("checkout-api",), tags=("checkout-web",), name="x")


@pytest.mark.parametrize(
    ("service", "text", "expected"),
    [
        ("checkout-api", "why is the checkout API slow?", True),
        ("checkout-api", "checkout_api:8080 refused", True),
        ("checkout", "checkout-api is slow", True),
        ("search", "researching the outage", False),
        ("db", "the db is slow", False),
        ("dns", "DNS!", True),
    ],
)
def test_a_question_names_a_service_by_whole_words(service: str, text: str, expected: bool) -> None:
    assert mentions(service, text) is expected


def test_a_question_that_names_the_longer_service_does_not_name_the_shorter() -> None:
    known = ["checkout", "checkout-api"]
    assert not mentions("checkout", "checkout-api is slow", known=known)
    assert mentions("checkout-api", "checkout-api is slow", known=known)
    assert mentions("checkout", "checkout-api breaks checkout", known=known)


def ranked(totals: list[float]) -> Ranked:
    scores = np.array(totals)
    return Ranked(
        np.array([3, 7, 8, 9], dtype=np.int32),
        scores,
        Signals(scores + 10, scores + 20, scores + 30, scores + 40),
    )


def test_bonuses_are_bounded_and_fall_with_the_place_of_the_incident() -> None:
    evidence = RunbookSupport(
        linked={7: [(0, "a"), (1, "b"), (2, "c")], 8: [(1, "b")]}, services={8: ["api", "web"], 9: ["api"]}
    )
    found = reorder(ranked([0.9, 0.0, 0.0, 0.0]), evidence, np.ones(4))
    assert found.documents.tolist() == [7, 8, 3, 9]
    np.testing.assert_allclose(found.totals, [1.0, 1.0, 0.9, 0.5])
    # Parts stay those of the text, each with its own document.
    np.testing.assert_allclose(found.signals.dense, [10.0, 10.0, 10.9, 10.0])
    np.testing.assert_allclose(found.signals.lexical, [20.0, 20.0, 20.9, 20.0])
    assert evidence.ordinals().tolist() == [7, 8, 9]


def test_no_evidence_changes_nothing() -> None:
    found = reorder(ranked([0.4, 0.3, 0.3, -1.0]), RunbookSupport({}, {}), np.ones(4))
    assert found.documents.tolist() == [3, 7, 8, 9]
    assert found.totals.tolist() == [0.4, 0.3, 0.3, -1.0]
    assert RunbookSupport({}, {}).ordinals().tolist() == []


def test_a_service_counts_as_far_as_the_other_words_of_the_question_are_there() -> None:
    np.testing.assert_allclose(relevance(np.array([8.0, 4.0, 2.0, 0.0])), [1.0, 1.0, 0.5, 0.0])
    np.testing.assert_allclose(relevance(np.zeros(3)), [1.0, 1.0, 1.0])
    assert relevance(np.zeros(0)).tolist() == []
    evidence = RunbookSupport(
        {}, services={7: ["api"], 8: ["api"]}, needed={9: [("api", "db")], 8: [("web", "api")]}
    )
    found = reorder(ranked([0.0, 0.0, 0.0, 0.0]), evidence, np.array([8.0, 0.0, 4.0, 8.0]))
    assert dict(zip(found.documents.tolist(), found.totals.tolist(), strict=True)) == {
        3: 0.0,
        7: 0.0,
        8: 0.5,
        9: 0.25,
    }


def test_every_source_of_a_runbook_is_named_with_what_it_is_worth() -> None:
    paths = packaged_paths()
    sure, even = Likelihood(1.0, 1.0), Likelihood(0.5, 0.1)
    worth = Worth(Likelihood(0.2, 0.1), (sure, sure, sure, sure, even), share=0.5)
    evidence = RunbookSupport(linked={7: [(0, "RCAs/a"), (4, "RCAs/b")]}, services={7: ["api"]})
    needed = RunbookSupport({}, {}, needed={7: [("web", "api")]})
    half = {name: round(0.5 * number, 6) for name, number in asdict(paths).items()}
    assert reasons(7, needed, worth, text_total=0.0, section="") == (
        RunbookReason("dependency", "api", ("web", "api"), half["dependency"]),
    )
    assert reasons(7, evidence, worth, text_total=0.1, section="Symptoms") == (
        RunbookReason("linked", "RCAs/a", (), paths.linked),
        RunbookReason("linked", "RCAs/b", (), half["linked"]),
        RunbookReason("service", "api", (), half["service"]),
        RunbookReason("text", "Symptoms", (), 0.2),
    )
    assert reasons(3, evidence, worth, text_total=0.1, section="") == (RunbookReason("text", "", (), 0.2),)
    assert reasons(3, evidence, worth, text_total=0.0, section="Symptoms") == ()
