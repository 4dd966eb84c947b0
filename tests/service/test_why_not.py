"""Why an expected document does not come first: where it stands, and that every claimed change holds."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import AmbiguousIdError, DocumentNotFoundError, InvalidRequestError
from rca_search.insight.rankings import Supposed
from rca_search.insight.why_not.comparison import Asking, QuestionWords, Stand
from rca_search.models import (
    Barrier,
    Change,
    ChangeKind,
    Filter,
    Ground,
    KeptOut,
    Kind,
    Query,
    Standing,
    Verdict,
    WhyNot,
)
from rca_search.ranking import grounds, weights
from rca_search.ranking.calibration import default_calibration
from rca_search.service import SearchService

Make = Callable[..., SearchService]

POOL, AGAIN = "RCAs/2024-02-01-pool", "RCAs/2024-08-09-pool-again"
CERTIFICATE, DISK = "RCAs/2025-03-03-certificate", "RCAs/undated-disk"
HELD = "payments: connections held by a query"
QUESTIONS = [
    HELD,
    "HikariPool-1 timed out, no connection in the pool",
    "x509 certificate refused by browsers of ingress",
    "pool of payments exhausted, browsers refused",
    "nothing that is known here",
    "disk",
]
INCIDENTS = [POOL, AGAIN, CERTIFICATE, DISK, "RCAs/north/outage", "RCAs/south/outage"]
RUNBOOKS = [f"Runbooks/{name}" for name in ("pool-recovery", "ingress-certificates", "payments", "coffee")]


def of_kind(found: WhyNot, kind: ChangeKind) -> list[Change]:
    return [change for change in found.would_take if change.kind is kind]


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_says_what_the_answer_says_of_each_hit(service: SearchService, question: str) -> None:
    query = Query(question, limit=20)
    answer = service.search(query)
    for hits in (answer.incidents, answer.runbooks):
        for place, hit in enumerate(hits, start=1):
            found = service.why_not(query, hit.document.id)
            assert (found.place, found.of, found.kept_out_by) == (place, len(hits), ())
            assert (found.title, found.path) == (hit.document.title, hit.document.path)
            assert (found.likelihood, found.verdict) == (hit.likelihood, hit.verdict)
            assert found.first is not None
            first = hits[0]
            assert (found.first.document, found.first.path) == (first.document.id, first.document.path)
            assert (found.first.likelihood, found.first.verdict) == (first.likelihood, first.verdict)
            assert found.question_lacks == answer.judgement.missing
    for hit in answer.runbooks:
        assert service.why_not(query, hit.document.id).by_text == hit.text_likelihood


@pytest.mark.parametrize("name", [*INCIDENTS, *RUNBOOKS])
def test_grounds_add_up_to_the_probability_by_text(service: SearchService, name: str) -> None:
    found = service.why_not(Query(HELD), name)
    assert [each.ground for each in found.contributions] == list(Ground)
    assert found.by_text
    assert found.first
    own = sum(each.log_odds for each in found.contributions)
    first = sum(each.first_log_odds or 0.0 for each in found.contributions)
    for total, likelihood in ((own, found.by_text), (first, found.first.by_text)):
        assert 1 / (1 + math.exp(-total)) == pytest.approx(likelihood.probability, abs=1e-5)
    question = found.contributions[-1]
    assert question.log_odds == question.first_log_odds


def test_a_small_corpus_gets_an_exact_answer(service: SearchService) -> None:
    found = service.why_not(Query(HELD), "INC-1")
    assert (found.document, found.place, found.of) == (POOL, 2, 6)
    assert found.first
    assert found.first.document == AGAIN
    assert (found.missing_terms, found.present_terms) == (("payments",), ("query",))
    assert found.lacking_terms == ("payments",)
    words, service_ground = (
        next(each for each in found.contributions if each.ground is ground)
        for ground in (Ground.WORDS, Ground.SERVICE)
    )
    assert (words.only_it, words.only_first) == (("query",), ("payments",))
    assert (service_ground.only_it, service_ground.only_first) == ((), ("payments",))
    # Whether the word is enough for the first place is for the calibration to say.
    (said,) = (*of_kind(found, ChangeKind.WORDS), *filter(None, (found.all_words,)))
    assert (said.subject, said.first) == (("payments",), said.place == 1)
    assert found.likelihood
    assert said.likelihood.probability > found.likelihood.probability


def test_the_first_hit_takes_nothing_to_be_first(service: SearchService) -> None:
    found = service.why_not(Query(HELD), AGAIN)
    assert (found.place, found.would_take, found.all_words, found.short_of_first) == (1, (), None, None)


def test_where_no_words_help_it_says_what_all_of_them_would_do(service: SearchService) -> None:
    found = service.why_not(Query(HELD), DISK)
    assert found.all_words
    assert found.all_words.subject == found.lacking_terms == ("payments", "query", "held", "connections")
    assert not found.all_words.first
    assert found.all_words.verdict is Verdict.NOTHING_SIMILAR
    assert found.short_of_first
    assert found.short_of_possible
    assert found.first
    assert found.likelihood
    own, first = found.likelihood.probability, found.first.likelihood.probability
    assert found.short_of_first == pytest.approx(math.log(first / (1 - first)) - math.log(own / (1 - own)))


def test_a_thin_question_is_said_to_be_one(service: SearchService) -> None:
    found = service.why_not(Query("disk"), CERTIFICATE)
    assert found.verdict is Verdict.TOO_THIN
    assert found.question_lacks
    assert found.short_of_possible is None


# What is claimed of a change holds.


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", [*INCIDENTS, *RUNBOOKS])
def test_changes_of_the_text_reach_what_they_are_listed_for(
    service: SearchService, question: str, name: str
) -> None:
    found = service.why_not(Query(question), name)
    assert found.verdict
    for change in found.would_take:
        assert change.first or (change.verdict.found and not found.verdict.found)
        assert change.likelihood.probability > (found.likelihood.probability if found.likelihood else 1)
        if change.place is not None:
            assert change.first == (change.place == 1)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", INCIDENTS)
def test_a_ground_of_the_first_hit_makes_it_as_likely_as_is_said(
    service: SearchService, question: str, name: str
) -> None:
    found = service.why_not(Query(question), name)
    rows = dict(service.features(Query(question), Kind.INCIDENT, depth=20))
    assert found.first
    for change in of_kind(found, ChangeKind.GROUND):
        row = grounds.as_on(rows[name], rows[found.first.document], Ground(change.subject[0]))
        swapped = default_calibration().likelihoods(Kind.INCIDENT, row[np.newaxis]).hits[0]
        assert swapped == change.likelihood
        assert change.first == (swapped.probability > found.first.likelihood.probability)


SLOW = "---\ntitle: {0}\ndate: 2025-01-0{1}\nservices: [{2}]\n---\n# {0}\n\n## Symptoms\n\n{3}\n"
FLEET = {
    "RCAs/alpha.md": SLOW.format("Alpha slow", 1, "alpha", "The lease expired and every replica stalled."),
    "RCAs/bravo.md": SLOW.format("Bravo slow", 2, "bravo", "The lease expired while one replica stalled."),
    "RCAs/charlie.md": SLOW.format("Charlie", 3, "charlie", "A cable was cut by diggers in the street."),
    "RCAs/delta.md": SLOW.format("Delta", 4, "delta", "Watchdog rebooted the quorum of etcd twice."),
    "RCAs/echo.md": SLOW.format("Echo", 5, "echo", "Nobody could print labels on Monday at noon."),
    "Runbooks/lease.md": "# Leases\n\n## Steps\n\nRenew the lease of the replica by hand.\n",
    "Runbooks/print.md": "# Printing\n\n## Steps\n\nTurn the printer off and on.\n",
}
LEASE = "quorum watchdog: lease expired, replica stalled"


@pytest.fixture(scope="module")
def fleet(make_service: Make) -> SearchService:
    return make_service(FLEET, HashingEncoder())


@pytest.mark.parametrize("name", ["RCAs/alpha", "RCAs/bravo", "RCAs/delta", "RCAs/charlie"])
def test_a_file_that_says_the_words_comes_first(fleet: SearchService, make_service: Make, name: str) -> None:
    found = fleet.why_not(Query(LEASE), name)
    for change in of_kind(found, ChangeKind.WORDS):
        text = FLEET[f"{name}.md"].rstrip() + f" {' '.join(change.subject)}.\n"
        written = make_service({**FLEET, f"{name}.md": text}, HashingEncoder())
        hits = written.search(Query(LEASE, limit=9)).incidents
        place, hit = next((n, hit) for n, hit in enumerate(hits, 1) if hit.document.id == name)
        # Meaning and spelling of the written words come on top of what was supposed.
        assert place <= (change.place or 0)
        assert hit.verdict.found or not change.verdict.found


@pytest.mark.parametrize("name", [path.removesuffix(".md") for path in FLEET])
def test_one_word_less_would_not_do(fleet: SearchService, name: str) -> None:
    found = fleet.why_not(Query(LEASE), name)
    asking = asked_of(fleet, LEASE, name)
    words = QuestionWords(asking.library, asking.ask().retrieval)
    passage = words.passage_of(asking.ordinal)

    def said(count: int, change: Change) -> Stand:
        terms = words.terms_lacked(change.subject[:count], asking.ordinal)
        return asking.stand(asking.ask(supposed=Supposed(asking.ordinal, passage, terms)))

    for change in of_kind(found, ChangeKind.WORDS):
        enough, less = said(len(change.subject), change), said(len(change.subject) - 1, change)
        assert (enough.place, enough.likelihood) == (change.place, change.likelihood)
        assert (change.first and less.place != 1) or (change.verdict.found and not less.verdict.found)


def asked_of(service: SearchService, question: str, name: str) -> Asking:
    snapshot, served = service.snapshot, service._served
    asked = served.questions.of_text(question)
    ordinal = snapshot.ordinal(name)
    kind = snapshot.catalogue.kinds[ordinal]
    return Asking(served.library, asked, snapshot.everything, Query(question), None, kind, ordinal)


def test_that_some_words_are_found_to_suffice(fleet: SearchService) -> None:
    order = [hit.document.id for hit in fleet.search(Query(LEASE, limit=9)).incidents]
    changes = [of_kind(fleet.why_not(Query(LEASE), name), ChangeKind.WORDS) for name in order[1:]]
    assert any(change.first for found in changes for change in found)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_written_link_does_what_a_supposed_one_does(
    service: SearchService, make_service: Make, documents: dict[str, str], question: str, name: str
) -> None:
    found = service.why_not(Query(question), name)
    for change in of_kind(found, ChangeKind.LINK):
        path = f"{change.subject[0]}.md"
        linked = {**documents, path: f"{documents[path].rstrip()}\n\n- [[{name}]]\n"}
        hits = make_service(linked, HashingEncoder()).search(Query(question, limit=9)).runbooks
        place, hit = next((n, hit) for n, hit in enumerate(hits, 1) if hit.document.id == name)
        assert place == change.place
        assert hit.score.links == weights.RUNBOOK_LINKED
        # The link itself is text that the incident says besides.
        assert hit.likelihood.probability == pytest.approx(change.likelihood.probability, abs=0.05)


# What keeps it out.


@pytest.mark.parametrize(
    ("narrowed", "kept_out_by"),
    [
        (Filter(services=("ingress",)), [KeptOut(Barrier.SERVICES, ("ingress",))]),
        (Filter(severities=("sev2",)), [KeptOut(Barrier.SEVERITIES, ("sev2",))]),
        (Filter(tags=("tls", "dns")), [KeptOut(Barrier.TAGS, ("tls", "dns"))]),
        (Filter(since=dt.date(2025, 1, 1)), [KeptOut(Barrier.SINCE, ("2025-01-01",))]),
        (Filter(until=dt.date(2024, 1, 1)), [KeptOut(Barrier.UNTIL, ("2024-01-01",))]),
        (Filter(kinds=(Kind.RUNBOOK,)), [KeptOut(Barrier.KINDS, ("runbook",))]),
        (
            Filter(services=("ingress",), severities=("SEV-1",), since=dt.date(2025, 1, 1)),
            [KeptOut(Barrier.SERVICES, ("ingress",)), KeptOut(Barrier.SINCE, ("2025-01-01",))],
        ),
    ],
)
def test_a_filter_that_keeps_it_out_is_named_and_what_comes_without_it(
    service: SearchService, narrowed: Filter, kept_out_by: list[KeptOut]
) -> None:
    query = Query(QUESTIONS[1], limit=20, filter=narrowed)
    found = service.why_not(query, POOL)
    assert (found.place, list(found.kept_out_by)) == (None, kept_out_by)
    assert len(found.would_take) == 1
    change = found.would_take[0]
    assert change.kind is ChangeKind.FILTER
    assert list(change.fields) == [each.barrier for each in kept_out_by]
    opened = replace(narrowed, **{each.barrier.value: () for each in kept_out_by})
    if any(each.barrier in (Barrier.SINCE, Barrier.UNTIL) for each in kept_out_by):
        opened = replace(opened, since=None, until=None)
    hits = service.search(replace(query, filter=opened)).incidents
    assert change.place is not None
    hit = hits[change.place - 1]
    assert (hit.document.id, hit.likelihood, hit.verdict) == (POOL, change.likelihood, change.verdict)
    assert found.likelihood == change.likelihood


def test_without_any_hit_there_is_none_to_compare_with(service: SearchService) -> None:
    found = service.why_not(Query(HELD, filter=Filter(services=("nobody",))), POOL)
    assert (found.of, found.first, found.short_of_first) == (0, None, None)
    assert {each.first_log_odds for each in found.contributions} == {None}


def test_no_filter_keeps_a_runbook_out(service: SearchService) -> None:
    found = service.why_not(Query(HELD, filter=Filter(services=("ingress",))), RUNBOOKS[0])
    assert found.place is not None
    assert found.kept_out_by == ()


@pytest.mark.parametrize(
    ("query", "barrier"),
    [
        (Query(HELD, as_of=dt.date(2024, 1, 1)), KeptOut(Barrier.AS_OF, ("2024-01-01",))),
        (Query(HELD, exclude=("INC-1", POOL, "recovery")), KeptOut(Barrier.EXCLUDE, ("INC-1", POOL))),
    ],
)
def test_of_a_document_that_does_not_exist_nothing_is_told(
    service: SearchService, query: Query, barrier: KeptOut
) -> None:
    found = service.why_not(query, POOL)
    assert found == WhyNot(POOL, Kind.INCIDENT, found.freshness, kept_out_by=(barrier,))
    assert found.hidden


def comparable(found: WhyNot) -> dict[str, Any]:
    told = asdict(found)
    del told["freshness"]
    return told


def test_hidden_documents_leave_no_trace(
    service: SearchService, make_service: Make, documents: dict[str, str]
) -> None:
    later = ("RCAs/2025-03-03-certificate.md", "RCAs/north/outage.md", "RCAs/south/outage.md")
    alone = make_service({p: t for p, t in documents.items() if p not in later}, HashingEncoder())
    for question in QUESTIONS:
        for name in (POOL, AGAIN, DISK, *RUNBOOKS):
            seen = service.why_not(Query(question, as_of=dt.date(2024, 12, 1)), name)
            assert comparable(seen) == comparable(alone.why_not(Query(question), name))


def test_what_no_retriever_brings_in_is_said_to_be_no_candidate(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "CANDIDATE_CHUNKS", 1)
    monkeypatch.setattr(weights, "MINIMUM_CANDIDATE_CHUNKS", 1)
    monkeypatch.setattr(weights, "CANDIDATE_DOCUMENTS", 1)
    found = service.why_not(Query(QUESTIONS[1]), DISK)
    assert (found.place, found.kept_out_by) == (None, (KeptOut(Barrier.CANDIDATES),))
    assert found.likelihood
    assert found.first
    assert found.likelihood.probability < found.first.likelihood.probability


# What else moves it.


def test_services_in_trouble_that_moved_it_down_are_named(fleet: SearchService) -> None:
    plain, about = Query(LEASE, limit=9), Query(LEASE, limit=9, about=("bravo",))
    order = [hit.document.id for hit in fleet.search(plain).incidents]
    moved = [hit.document.id for hit in fleet.search(about).incidents]
    down = [name for name in order if moved.index(name) > order.index(name)]
    for name in down:
        found = fleet.why_not(about, name)
        change = of_kind(found, ChangeKind.ABOUT)[0]
        assert (change.subject, change.place) == (("bravo",), order.index(name) + 1)
    shifts = [each.by for each in fleet.why_not(about, "RCAs/bravo").shifts if each.by != "learned"]
    assert shifts == ["service"]


def test_votes_that_moved_it_down_are_named(
    fleet: SearchService, make_service: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query(LEASE, limit=9)
    first, second = (hit.document.id for hit in fleet.search(query).incidents[:2])
    voted = make_service(FLEET, HashingEncoder())
    monkeypatch.setattr(voted.snapshot, "standings", {first: Standing(0, 50), second: Standing(50, 0)})
    found = voted.why_not(query, first)
    assert found.place == 2
    assert [(each.subject, each.place) for each in of_kind(found, ChangeKind.VOTES)] == [(("votes",), 1)]
    assert [(each.by, each.amount < 0 < each.first_amount) for each in found.shifts] == [("feedback", True)]


class Contrary:
    """A second look that likes best what was ranked last."""

    name = "contrary"

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def load(self) -> None:
        """There is nothing to load."""

    def score(self, pairs: Sequence[tuple[str, str]], /) -> NDArray[np.float32]:
        self.seen += pairs
        return np.linspace(0.0, 9.0, len(pairs), dtype=np.float32)


def test_a_second_look_that_moved_it_down_is_named(
    fleet: SearchService, make_service: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query(LEASE, limit=9)
    first = fleet.search(query).incidents[0].document.id
    contrary = make_service(FLEET, HashingEncoder())
    monkeypatch.setattr(weights, "RERANK", 3.0)
    second_look = Contrary()
    monkeypatch.setattr(contrary, "_reranker", second_look)
    found = contrary.why_not(query, first)
    assert found.place != 1
    assert [(each.subject, each.place) for each in of_kind(found, ChangeKind.RERANK)] == [(("contrary",), 1)]
    assert [each.by for each in found.shifts if each.by != "learned"] == ["reranked"]
    assert len(second_look.seen) == len(set(second_look.seen))


# What makes no sense.


def test_what_cannot_be_expected_is_refused(service: SearchService) -> None:
    with pytest.raises(DocumentNotFoundError) as missing:
        service.why_not(Query(HELD), "RCAs/2024-02-01-pol")
    assert POOL in missing.value.candidates
    with pytest.raises(AmbiguousIdError):
        service.why_not(Query(HELD), "outage")
    with pytest.raises(InvalidRequestError, match="is no incident"):
        service.why_not(Query(HELD), RUNBOOKS[0], kind=Kind.INCIDENT)
    with pytest.raises(InvalidRequestError, match="is no runbook"):
        service.why_not(Query(HELD), POOL, kind=Kind.RUNBOOK)
    with pytest.raises(InvalidRequestError, match="neither an incident nor a runbook"):
        service.why_not(Query(HELD), "Services/checkout-api")
    with pytest.raises(InvalidRequestError, match="question itself"):
        service.why_not(Query(""), "INC-1", like=POOL)
    with pytest.raises(InvalidRequestError, match="empty"):
        service.why_not(Query(" "), POOL)
    with pytest.raises(InvalidRequestError, match="limit"):
        service.why_not(Query(HELD, limit=0), POOL)


def test_an_incident_can_be_asked_with(service: SearchService) -> None:
    hits = service.search_like(POOL, Query("", limit=9)).incidents
    for place, hit in enumerate(hits, start=1):
        found = service.why_not(Query("", limit=9), hit.document.id, like="INC-1")
        assert (found.place, found.of, found.likelihood) == (place, len(hits), hit.likelihood)
