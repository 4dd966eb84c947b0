"""Services in trouble as context: their incidents and their neighbours' weigh more; nothing is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Filter, Query, SearchResult, ServiceTie
from rca_search.ranking import weights
from rca_search.service import SearchService

Make = Callable[..., SearchService]


def incident(title: str, service: str) -> str:
    return (
        f"---\ntitle: {title}\ndate: 2025-01-01\nservices: [{service}]\n---\n# {title}\n\n"
        "## Symptoms\n\nEvery page took ten seconds.\n"
    )


DOCUMENTS = {
    "RCAs/slow-alpha.md": incident("Slow alpha", "search"),
    "RCAs/slow-bravo.md": incident("Slow bravo", "shop-web"),
    "RCAs/slow-charlie.md": incident("Slow charlie", "Pricing"),
    "RCAs/slow-delta.md": incident("Slow delta", "tax_tables"),
    "RCAs/slow-echo.md": incident("Slow echo", "mailer"),
    "Services/shop-web.md": (
        "---\ndepends_on: [component:default/tax-tables]\n---\n# shop-web\n\nAsks [[pricing]].\n"
    ),
    "Services/pricing.md": "# pricing\n\nAsks nobody.\n",
    "Services/mailer.md": "# mailer\n\nCalled by [[shop-web]], whose runbook it shares.\n",
    "Runbooks/shop-web.md": "# Restart the shop\n\n## Steps\n\nRoll it.\n",
    "Runbooks/coffee.md": "# Coffee\n\n## Steps\n\nDescale it.\n",
}
QUESTION = "every page took ten seconds"


@pytest.fixture(scope="module")
def company(make_service: Make) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def parts(result: SearchResult) -> dict[str, float]:
    return {hit.document.id.removeprefix("RCAs/slow-"): hit.score.service for hit in result.incidents}


def test_the_same_service_weighs_more_and_neighbours_half_as_much(company: SearchService) -> None:
    plain = company.search(Query(QUESTION, limit=9))
    about = company.search(Query(QUESTION, limit=9, about=("Shop Web",)))
    assert set(parts(plain).values()) == {0.0}
    same, near = weights.SAME_SERVICE, weights.NEIGHBOUR_SERVICE
    assert parts(about) == {"alpha": 0.0, "bravo": same, "charlie": near, "delta": near, "echo": near}
    before = {hit.document.id: hit.score.total - hit.score.learned for hit in plain.incidents}
    for hit in about.incidents:
        added = hit.score.total - hit.score.learned
        assert added == pytest.approx(before[hit.document.id] + hit.score.service, abs=4e-6)
    places = [[hit.document.id for hit in found.incidents] for found in (plain, about)]
    was, now = (found.index("RCAs/slow-bravo") for found in places)
    assert now <= was


def test_of_equal_incidents_that_of_the_service_comes_first_and_neighbours_next(
    company: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weighed so heavily that nothing else decides: the texts differ in a word of the title."""
    monkeypatch.setattr(weights, "SAME_SERVICE", 8.0)
    monkeypatch.setattr(weights, "NEIGHBOUR_SERVICE", 4.0)
    found = company.search(Query(QUESTION, limit=8, about=("Shop Web",)))
    order = [hit.document.id.removeprefix("RCAs/slow-") for hit in found.incidents]
    assert (order[0], set(order[1:4]), order[4]) == ("bravo", {"charlie", "delta", "echo"}, "alpha")


def test_ties_say_which_service_and_which_way(company: SearchService) -> None:
    about = company.search(Query(QUESTION, limit=9, about=("pricing",)))
    ties = {hit.document.id.removeprefix("RCAs/slow-"): hit.ties for hit in about.incidents}
    assert ties["charlie"] == (ServiceTie("Pricing", "same", "pricing"),)
    assert ties["bravo"] == (ServiceTie("shop-web", "neighbour", "pricing"),)
    assert ties["echo"] == ties["alpha"] == ()


def test_a_service_catalogue_names_neighbours_and_a_note_answers_to_its_aliases(make_service: Make) -> None:
    catalogue = "kind: Component\nmetadata:\n  name: search\nspec:\n  dependsOn: [component:mailer]\n"
    note = "---\naliases: [The Shop]\n---\n# shop-web\n\nAsks [[pricing]].\n"
    documents = {**DOCUMENTS, "catalog-info.yaml": catalogue, "Services/shop-web.md": note}
    company = make_service(documents, HashingEncoder())
    found = company.search(Query(QUESTION, limit=9, about=("search",))).incidents
    ties = {hit.document.id.removeprefix("RCAs/slow-"): hit.ties for hit in found}
    assert ties["alpha"] == (ServiceTie("search", "same", "search"),)
    assert ties["echo"] == (ServiceTie("mailer", "neighbour", "search"),)
    found = company.search(Query(QUESTION, limit=9, about=("the shop",))).incidents
    ties = {hit.document.id.removeprefix("RCAs/slow-"): hit.ties for hit in found}
    assert ties["bravo"] == (ServiceTie("shop-web", "same", "the shop"),)
    assert ties["charlie"] == (ServiceTie("Pricing", "neighbour", "the shop"),)
    assert ties["delta"] == ()


def test_runbooks_of_the_service_count_as_its_own(
    company: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "ALERTS", weights.WORDS)
    hits = company.search(Query(QUESTION, about=("shop-web",))).runbooks
    assert hits[0].document.id == "Runbooks/shop-web"
    score = hits[0].score
    assert (score.service, score.links) == (weights.RUNBOOK_SERVICE, 0.0)
    signals = (score.dense, score.lexical, score.spelling, score.title)
    text = sum(share * signal for share, signal in zip(weights.WORDS, signals, strict=True))
    assert score.total == pytest.approx(text + score.service, abs=3e-6)


@pytest.mark.parametrize("about", [("nobody-knows-it",), ("--",), ("",)])
def test_an_unknown_service_changes_nothing(company: SearchService, about: tuple[str, ...]) -> None:
    plain, asked = company.search(Query(QUESTION)), company.search(Query(QUESTION, about=about))
    assert asked.incidents == plain.incidents


@pytest.mark.parametrize(
    "hidden", ["Services/shop-web", "Services/pricing", "Services/mailer", "RCAs/slow-delta"]
)
def test_hidden_notes_make_no_neighbours(company: SearchService, make_service: Make, hidden: str) -> None:
    alone = make_service({p: t for p, t in DOCUMENTS.items() if p != f"{hidden}.md"}, HashingEncoder())
    for about in (("shop-web",), ("pricing",), ("tax-tables",), ("mailer",)):
        for wanted in (Filter(), Filter(services=("pricing", "mailer"))):
            asked = Query(QUESTION, limit=9, about=about, filter=wanted)
            view = company.search(Query(QUESTION, limit=9, about=about, filter=wanted, exclude=(hidden,)))
            found = alone.search(asked)
            assert [asdict(hit) for hit in view.incidents] == [asdict(hit) for hit in found.incidents]
            assert [asdict(hit) for hit in view.runbooks] == [asdict(hit) for hit in found.runbooks]


@pytest.mark.model
def test_notes_of_the_example_vault_name_their_dependencies(example_service: SearchService) -> None:
    about = example_service.search(Query("requests are slow", limit=30, about=("checkout-web",)))
    near = {tie.service for hit in about.incidents for tie in hit.ties if tie.relation == "neighbour"}
    assert {"pricing", "label-service", "identity"} <= near
    assert "locker-gateway" not in near
