"""What the service answers, and what it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import AmbiguousIdError, DocumentNotFoundError, InvalidRequestError
from rca_search.insight.questions import MAX_WINDOWS
from rca_search.models import Filter, Form, IncidentHit, Kind, Query, Role, SearchResult, Understood
from rca_search.service import MAX_LIMIT, MAX_QUESTION_CHARACTERS, SearchService

POOL = "HikariPool-1 timed out, no connection in the pool"
INC_1, INC_2 = "RCAs/2024-02-01-pool", "RCAs/2024-08-09-pool-again"
EDGE, DISK = "RCAs/2025-03-03-certificate", "RCAs/undated-disk"
RECOVERY = "Runbooks/pool-recovery"


def ids(result: SearchResult) -> list[str]:
    return [hit.document.id for hit in result.incidents]


def runbooks(result: SearchResult) -> list[str]:
    return [hit.document.id for hit in result.runbooks]


def body(result: SearchResult) -> dict[str, Any]:
    found = asdict(result)
    return {name: found[name] for name in ("incidents", "runbooks", "windows")}


def test_the_answer_names_incidents_passages_terms_and_what_fixed_it(service: SearchService) -> None:
    result = service.search(Query(POOL, limit=2))
    assert set(ids(result)) == {INC_1, INC_2}
    assert result.windows == 1
    (hit,) = (hit for hit in result.incidents if hit.document.id == INC_1)
    assert hit.document.title == "Checkout pool exhausted"
    assert hit.document.date == dt.date(2024, 2, 1)
    assert hit.passages[0].chunk_id == f"{INC_1}#symptoms/0"
    assert hit.passages[0].text == "HikariPool-1 timed out waiting for a connection."
    assert (hit.passages[0].first_line, hit.passages[0].last_line) == (15, 15)
    assert hit.passages[0].headings == ("Checkout pool exhausted", "Symptoms")
    assert hit.passages[0].matched_terms == (
        "HikariPool-1",
        "hikaripool",
        "hikari",
        "timed",
        "out",
        "connection",
        "pool",
    )
    assert hit.resolution is not None
    assert hit.resolution.text == "Killed the query and raised the pool to 50."
    assert hit.resolution.role is Role.RESOLUTION
    assert [hit.score.total for hit in result.incidents] == sorted(
        (hit.score.total for hit in result.incidents), reverse=True
    )


def test_passages_show_text_below_the_title_but_never_a_bare_title(service: SearchService) -> None:
    result = service.search(Query("Nobody could pay", limit=1))
    assert ids(result) == [INC_1]
    assert result.incidents[0].passages[0].text == "Nobody could pay."
    assert result.incidents[0].passages[0].role is Role.SUMMARY
    for hit in service.search(Query(POOL, limit=10)).incidents:
        assert all(passage.role is not Role.TITLE for passage in hit.passages)
        assert 1 <= len(hit.passages) <= 3


def test_passages_are_verbatim_lines_of_the_file(service: SearchService, documents: dict[str, str]) -> None:
    result = service.search(Query("query connections x509 disk power steps", limit=100))
    for hit in (*result.incidents, *result.runbooks):
        lines = documents[hit.document.path].split("\n")
        for passage in hit.passages:
            assert passage.text == "\n".join(lines[passage.first_line - 1 : passage.last_line])
            assert passage.path == hit.document.path


def test_runbooks_come_from_links_services_and_text_each_named(service: SearchService) -> None:
    result = service.search(Query(POOL, limit=3))
    by_id = {hit.document.id: hit for hit in result.runbooks}
    assert runbooks(result)[0] == RECOVERY
    assert set(ids(result)[:2]) == {INC_1, INC_2}
    assert [(reason.source, reason.subject) for reason in by_id[RECOVERY].reasons] == [
        *(("linked", name) for name in ids(result)[:2]),
        ("text", "Symptoms"),
    ]
    # The section that matched is the reason, the one that tells what to do is shown first.
    assert [passage.headings[-1] for passage in by_id[RECOVERY].passages] == ["Steps", "Symptoms"]
    # One of the best matches was of payments, whose runbook shares no word with the question.
    (reason,) = by_id["Runbooks/payments"].reasons
    assert (reason.source, reason.subject) == ("service", "payments")


def test_the_service_that_a_question_names_comes_before_those_of_the_matches(service: SearchService) -> None:
    result = service.search(Query("ingress: HikariPool-1 timed out", limit=10))
    reasons = {hit.document.id: [reason.source for reason in hit.reasons] for hit in result.runbooks}
    assert "service" in reasons["Runbooks/ingress-certificates"]
    assert "service" not in reasons["Runbooks/payments"]
    asked = service.search(Query(POOL, limit=10, filter=Filter(services=("ingress",))))
    assert ids(asked) == [EDGE]
    assert (
        "service" in [r.source for r in asked.runbooks[0].reasons]
        or asked.runbooks[0].document.id == RECOVERY
    )


def test_fewer_hits_are_the_first_of_more(service: SearchService) -> None:
    for question in (POOL, "x509 certificate refused", "no space left on the disk of search"):
        most = service.search(Query(question, limit=20))
        for limit in (1, 2, 3, 7):
            fewer = service.search(Query(question, limit=limit))
            assert fewer.incidents == most.incidents[:limit]
            assert fewer.runbooks == most.runbooks[:limit]


def test_search_like_never_returns_the_document_itself(service: SearchService) -> None:
    for name in (INC_1, "INC-1", "inc-1", "2024-02-01-pool", "2024-02-01-pool.md", "Checkout pool exhausted"):
        result = service.search_like(name, Query("ignored", limit=100))
        assert ids(result)[0] == INC_2
        assert INC_1 not in ids(result)
        assert len(ids(result)) == 5
        assert result.query.text != "ignored"
        assert not any(reason.subject == INC_1 for hit in result.runbooks for reason in hit.reasons)
    like_runbook = service.search_like(RECOVERY, Query("", limit=100))
    assert RECOVERY not in runbooks(like_runbook)


def test_as_of_replays_a_day(service: SearchService) -> None:
    assert ids(service.search(Query(POOL, as_of=dt.date(2024, 2, 1)))) == [INC_1, DISK]
    assert ids(service.search(Query(POOL, as_of=dt.date(2024, 1, 31)))) == [DISK]
    before = service.search_like("INC-2", Query("", as_of=dt.date(2024, 8, 9)))
    assert ids(before) == [INC_1, DISK]


def test_documents_are_excluded_by_any_name(service: SearchService) -> None:
    for name in (INC_2, "INC-2", "2024-08-09-pool-again.md", "payments POOL exhausted again"):
        assert ids(service.search(Query(POOL, exclude=(name,))))[0] == INC_1
    both = service.search(Query(POOL, limit=9, exclude=("INC-1", "INC-2", "INC-1", "recovery")))
    assert not {INC_1, INC_2} & set(ids(both))
    assert RECOVERY not in runbooks(both)


@pytest.mark.parametrize("name", ["INC-99", "", "RCAs/", "../RCAs/2024-02-01-pool", "x" * 5000])
def test_unknown_names_are_refused(service: SearchService, name: str) -> None:
    with pytest.raises(DocumentNotFoundError):
        service.search_like(name, Query(""))
    with pytest.raises(DocumentNotFoundError):
        service.search(Query(POOL, exclude=(name,)))
    with pytest.raises(DocumentNotFoundError):
        service.get(name)


def test_a_near_spelling_is_suggested(service: SearchService) -> None:
    with pytest.raises(DocumentNotFoundError) as caught:
        service.get("2024-02-01-pol")
    assert INC_1 in caught.value.candidates


def test_an_ambiguous_name_comes_with_its_candidates(service: SearchService) -> None:
    for act in (
        lambda: service.search_like("outage", Query("")),
        lambda: service.search(Query(POOL, exclude=("OUTAGE",))),
        lambda: service.get("outage.md"),
    ):
        with pytest.raises(AmbiguousIdError) as caught:
            act()
        assert caught.value.candidates == ("RCAs/north/outage", "RCAs/south/outage")
    assert service.find("outage") is None
    assert service.find("north") == "RCAs/north/outage"


def test_get_minds_the_kind(service: SearchService) -> None:
    assert service.get("inc-1", kind=Kind.INCIDENT).id == INC_1
    with pytest.raises(DocumentNotFoundError):
        service.get("inc-1", kind=Kind.RUNBOOK)


@pytest.mark.parametrize("text", ["", " ", "\n\t \r\n", "\u00a0\u2003"])
def test_an_empty_question_is_refused(service: SearchService, text: str) -> None:
    with pytest.raises(InvalidRequestError, match="The question is empty"):
        service.search(Query(text))
    with pytest.raises(InvalidRequestError, match="The question is empty"):
        service.ranking(Query(text), None, depth=5)


def test_an_oversized_question_is_refused_and_the_largest_answered(service: SearchService) -> None:
    with pytest.raises(InvalidRequestError, match=r"has 200,001 characters; at most 200,000 are read"):
        service.search(Query("x" * (MAX_QUESTION_CHARACTERS + 1)))
    text = (POOL + ". ") * 5000
    result = service.search(Query(text[:MAX_QUESTION_CHARACTERS], limit=2))
    assert set(ids(result)) == {INC_1, INC_2}
    assert result.understood.abridged
    assert result.windows <= MAX_WINDOWS


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_limit_out_of_range_is_refused(service: SearchService, limit: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"A limit of {limit} is not between 1 and 100"):
        service.search(Query(POOL, limit=limit))
    with pytest.raises(InvalidRequestError, match="is not between 1 and 100"):
        service.search_like(INC_1, Query("", limit=limit))


def test_days_in_the_wrong_order_are_refused(service: SearchService) -> None:
    since, until = dt.date(2025, 1, 2), dt.date(2025, 1, 1)
    with pytest.raises(InvalidRequestError, match="No day is both"):
        service.search(Query(POOL, filter=Filter(since=since, until=until)))


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "!!! ---",
        "the and of",
        "🔥",
        "\x00",
        "][(){}*",
        "数据库",
        "a" * 300,
        "-----\n=====\n",
        "<!-- -->",
    ],
)
def test_a_question_without_a_known_word_is_answered(service: SearchService, text: str) -> None:
    result = service.search(Query(text, limit=3))
    assert len(result.incidents) == 3
    assert all(hit.matched_terms == () for hit in result.incidents)
    assert all(hit.score.lexical == 0 for hit in result.incidents)


def unplaced(hit: IncidentHit) -> IncidentHit:
    """Return a hit without its total and what its place makes of that."""
    return replace(hit, score=replace(hit.score, total=0.0, learned=0.0))


def test_filters_narrow_and_leave_the_scores_of_the_rest_alone(service: SearchService) -> None:
    everything = {hit.document.id: hit for hit in service.search(Query(POOL, limit=100)).incidents}
    for wanted, expected in [
        (Filter(severities=("sev-1",)), {INC_1, INC_2}),
        (Filter(tags=("tls",)), {EDGE}),
        (Filter(services=("CHECKOUT API",)), {INC_1}),
        (Filter(until=dt.date(2024, 12, 31)), {INC_1, INC_2}),
        (Filter(since=dt.date(2025, 3, 3)), {EDGE}),
        (Filter(severities=("sev1",), services=("payments", "ingress")), {INC_2}),
        (Filter(kinds=(Kind.RUNBOOK,)), set()),
        (Filter(tags=("nothing-has-it",)), set()),
    ]:
        narrowed = service.search(Query(POOL, limit=100, filter=wanted)).incidents
        assert {hit.document.id for hit in narrowed} == expected
        assert [hit.document.id for hit in narrowed] == [name for name in everything if name in expected]
        for hit in narrowed:
            before = everything[hit.document.id]
            assert unplaced(hit) == unplaced(before)
            scores_alone = before.score.total - before.score.learned
            assert hit.score.total - hit.score.learned == pytest.approx(scores_alone, abs=3e-6)


def test_ranking_agrees_with_search(service: SearchService) -> None:
    result = service.search(Query(POOL, limit=100))
    ranked = service.ranking(Query(POOL), Kind.INCIDENT, depth=100)
    assert [(name, round(total, 6)) for name, total in ranked] == [
        (hit.document.id, hit.score.total) for hit in result.incidents
    ]
    books = service.ranking(Query(POOL), Kind.RUNBOOK, depth=2)
    assert [name for name, _ in books] == runbooks(result)[:2]
    everything = [name for name, _ in service.ranking(Query(POOL), None, depth=100)]
    assert len(everything) == len(set(everything)) == 11
    assert service.ranking(Query(POOL), Kind.SERVICE, depth=5)[0][0] == "Services/checkout-api"


def test_eight_threads_get_equal_answers(
    make_service: Callable[..., SearchService], documents: dict[str, str]
) -> None:
    fresh = make_service(documents, HashingEncoder())
    queries = [
        Query(POOL),
        Query("x509", limit=2, exclude=("INC-1",)),
        Query("disk", as_of=dt.date(2024, 12, 1)),
        Query("pool", filter=Filter(severities=("sev1",))),
    ]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda turn: body(fresh.search(queries[turn % 4])), range(64)))
    alone = [body(fresh.search(query)) for query in queries]
    assert all(answer == alone[turn % 4] for turn, answer in enumerate(found))


def test_an_answer_repeats(service: SearchService) -> None:
    query = Query(POOL, limit=7)
    assert body(service.search(query)) == body(service.search(replace(query)))


def test_what_was_understood_is_part_of_the_answer(service: SearchService) -> None:
    labels = '{"alertname": "PoolExhausted", "pod": "pay-7d9f8b6c5d-x2x4z"}'
    alert = f'{{"labels": {labels}, "annotations": {{"summary": "{POOL}"}}}}'
    result = service.search(Query(alert))
    assert result.query.text == alert
    assert result.understood == Understood(
        text=f"Pool Exhausted\n{POOL}\npod pay",
        forms=(Form.ALERTMANAGER,),
        names=("PoolExhausted", "pay-7d9f8b6c5d-x2x4z"),
        named=("PoolExhausted",),
    )
    assert set(ids(result)[:2]) == set(ids(service.search(Query(POOL)))[:2]) == {INC_1, INC_2}


def test_plain_text_is_searched_as_it_stands(service: SearchService) -> None:
    assert service.search(Query(POOL)).understood == Understood(POOL)


def test_a_line_in_the_middle_of_a_long_log_is_found(service: SearchService) -> None:
    noise = [f"took {n} ms for session {n * 7919} of visitor {n * 31}" for n in range(2500)]
    result = service.search(
        Query("\n".join([*noise[:1200], "Browsers refused x509 certificates", *noise[1200:]]))
    )
    assert result.understood.abridged
    assert "Browsers refused x509 certificates" in result.understood.text.split("\n")
    assert ids(result)[0] == "RCAs/2025-03-03-certificate"
