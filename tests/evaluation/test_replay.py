"""The replay of a small vault with known links and dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.cases import save_cases
from rca_search.evaluation.dataset import JudgedQuery, load_dataset
from rca_search.evaluation.mentions import atoms_of, is_telling, stands_in
from rca_search.evaluation.replay import (
    ENOUGH,
    ReplaySet,
    Skipped,
    fitted_until,
    replay,
    replay_cases,
    sampled,
)
from rca_search.evaluation.run import Case
from rca_search.evaluation.scores import score_replay
from rca_search.models import Query
from rca_search.service import SearchService
from rca_search.sources.aliases import names_of


def incident(name: str, date: str | None, title: str, body: str, more: str = "") -> str:
    stated = f"date: {date}\n" if date else ""
    return f"---\nid: {name}\n{stated}{more}---\n# {title}\n\n## Summary\n\n{body}\n"


DOCUMENTS = {
    "RCAs/2024-01-05-first.md": incident("INC-1", "2024-01-05", "Disk full", "red red disk"),
    "RCAs/2024-01-06-second.md": incident(
        "INC-2", "2024-01-06", "Disk full again", "red disk like [[INC-1]]", "services: [search, api]\n"
    ),
    # The same day as the second: neither may see the other.
    "RCAs/2024-01-06-twin.md": incident(
        "INC-3", "2024-01-06", "Disk twin", "red disk, see INC-2\n\n[[INC-2]]"
    ),
    "RCAs/undated.md": incident("INC-4", None, "Some day", "red disk red disk, [[INC-1]]"),
    "RCAs/2024-03-01-third.md": incident(
        "INC-5", "2024-03-01", "Blue cache", "blue cache, cf. 2024-01-06-second\n\n[[RCAs/undated]]"
    ),
    # It names an incident of the future, which was added later, and itself, and nothing.
    "RCAs/2025-01-01-cycle.md": incident(
        "INC-6", "2025-01-01", "Green", "green [[INC-7]] [[INC-6]] [[nowhere]]", "services: [mail]\n"
    ),
    "RCAs/2025-02-01-cycle.md": incident("INC-7", "2025-02-01", "Green too", "green green"),
    "RCAs/2025-03-01-alone.md": incident("INC-8", "2025-03-01", "Alone", "alone [[Runbooks/book]]"),
    "RCAs/2025-04-01-alone.md": incident("INC-9", "2025-04-01", "Lonely", "alone too [[Runbooks/book]]"),
    "RCAs/2025-05-01-silent.md": incident("INC-10", "2025-05-01", "Silent", "[[INC-9]]"),
    "Runbooks/book.md": "# Book\n\n## Steps\n\nred green blue alone disk\n\n[[INC-8]] [[INC-1]]\n",
}
FIRST, SECOND, TWIN = "RCAs/2024-01-05-first", "RCAs/2024-01-06-second", "RCAs/2024-01-06-twin"
THIRD, GREEN, GREENER = "RCAs/2024-03-01-third", "RCAs/2025-01-01-cycle", "RCAs/2025-02-01-cycle"
UNDATED = "RCAs/undated"


@pytest.fixture(scope="module")
def vault_service(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


@pytest.fixture(scope="module")
def cases(vault_service: SearchService) -> ReplaySet:
    return replay_cases(vault_service.snapshot)


def by_id(cases: ReplaySet) -> dict[str, Case]:
    return {case.query.id: case for case in cases.cases}


def test_cases_are_the_linked_incidents_with_an_earlier_one(cases: ReplaySet) -> None:
    assert [(case.query.id, case.query.relevant) for case in cases.cases] == [
        (SECOND, {FIRST: 2}),
        (TWIN, {FIRST: 1}),
        (THIRD, {FIRST: 1, SECOND: 1, TWIN: 1}),
        (GREENER, {GREEN: 2}),
    ]
    assert cases.skipped == {
        Skipped.NO_DATE: 1,
        Skipped.NO_EARLIER_LINK: 4,
        Skipped.NO_SYMPTOM_TEXT: 1,
    }
    assert (cases.incidents, cases.found, cases.undated, cases.enough) == (10, 4, 1, False)
    assert cases.unresolved == 1


def test_metadata_tell_when_where_and_how(cases: ReplaySet) -> None:
    found = by_id(cases)
    assert found[SECOND].query.metadata == {
        "self": SECOND,
        "as_of": "2024-01-05",
        "year": "2024",
        "service": ["search", "api"],
        "joined": "linked",
    }
    assert [found[name].query.metadata["joined"] for name in (TWIN, THIRD, GREENER)] == [
        *("chained", "chained", "named")
    ]


def test_a_case_is_asked_as_of_the_day_before(vault_service: SearchService, cases: ReplaySet) -> None:
    found = by_id(cases)
    assert found[SECOND].as_of == dt.date(2024, 1, 5)
    outcomes = {one.query_id: one for one in replay(vault_service, cases.cases)}
    assert outcomes[SECOND].ranking == outcomes[TWIN].ranking == (FIRST,)
    assert set(outcomes[THIRD].ranking) == {FIRST, SECOND, TWIN}
    assert set(outcomes[GREENER].ranking) == {FIRST, SECOND, TWIN, THIRD, GREEN}
    assert outcomes[SECOND].measures["ndcg@10"] == 1.0
    for name, outcome in outcomes.items():
        assert UNDATED not in outcome.ranking
        assert name not in outcome.ranking


def test_without_being_hidden_the_undated_incident_would_be_found(
    vault_service: SearchService, cases: ReplaySet
) -> None:
    case = by_id(cases)[SECOND]
    assert case.hidden == (UNDATED,)
    query = Query(text=case.query.text, as_of=case.as_of)
    assert UNDATED in {name for name, _ in vault_service.ranking(query, None, depth=20)}


def test_no_name_of_what_is_looked_for_is_asked(vault_service: SearchService, cases: ReplaySet) -> None:
    assert by_id(cases)[SECOND].query.text == "Disk full again\nred disk like"
    assert by_id(cases)[TWIN].query.text == "Disk twin\nred disk, see"
    assert by_id(cases)[THIRD].query.text == "Blue cache\nblue cache, cf."
    assert by_id(cases)[GREENER].query.text == "Green too\ngreen green"
    assert_nothing_is_named(vault_service, cases)


def assert_nothing_is_named(service: SearchService, cases: ReplaySet) -> None:
    for case in cases.cases:
        for name in case.query.relevant:
            document = service.get(name)
            strong, _ = names_of(document)
            for alias in (name, *strong):
                if is_telling(atoms_of(alias)):
                    assert not stands_in(alias, case.query.text), (case.query.id, alias)
        assert "[[" not in case.query.text
        assert "](" not in case.query.text


def test_no_name_is_asked_in_the_example_vault(
    vault: Path, make_service: Callable[..., SearchService]
) -> None:
    service = make_service(vault, HashingEncoder())
    cases = replay_cases(service.snapshot)
    assert len(cases.cases) >= 20
    assert_nothing_is_named(service, cases)
    report = score_replay(service)
    assert report.summary.queries == len(cases.cases)
    assert {group.key for group in report.groups} == {"year", "service", "joined"}


def test_files_named_after_their_titles_keep_their_titles(make_service: Callable[..., SearchService]) -> None:
    service = make_service(
        {
            "RCAs/Queue is stuck.md": incident("INC-1", "2024-01-01", "Queue is stuck", "lag"),
            "RCAs/Mail queue is late.md": incident(
                "INC-2",
                "2024-02-01",
                "Mail queue is late",
                "Mail queue is late like Queue is stuck [[INC-1]]",
            ),
        },
        HashingEncoder(),
    )
    (case,) = replay_cases(service.snapshot).cases
    assert case.query.text == "Mail queue is late\nMail queue is late like"


def test_a_name_that_an_earlier_incident_has_too_is_cut_even_from_the_title(
    make_service: Callable[..., SearchService],
) -> None:
    service = make_service(
        {
            "RCAs/a/disk-full.md": incident("INC-1", "2024-01-01", "Red day", "lag"),
            "RCAs/b/disk-full.md": incident("INC-2", "2024-02-01", "Disk-full on b", "late [[INC-1]]"),
        },
        HashingEncoder(),
    )
    (case,) = replay_cases(service.snapshot).cases
    assert case.query.text == "on b\nlate"


def test_a_file_named_after_a_service_takes_no_service_out_of_a_question(
    make_service: Callable[..., SearchService],
) -> None:
    service = make_service(
        {
            "RCAs/payments-api.md": incident(
                "INC-1", "2024-01-01", "Lag", "lag", "services: [payments-api]\n"
            ),
            "RCAs/new.md": incident("INC-2", "2024-02-01", "Late", "payments-api is late [[INC-1]]"),
        },
        HashingEncoder(),
    )
    (case,) = replay_cases(service.snapshot).cases
    assert case.query.text == "Late\npayments-api is late"


def test_a_link_by_alias_by_file_name_and_by_path_join_alike(
    make_service: Callable[..., SearchService],
) -> None:
    for link in ("[[INC-1]]", "[[first]]", "[x](first.md)", "[[The first]]", "[x][y]\n\n[y]: first.md"):
        service = make_service(
            {
                "RCAs/first.md": incident("INC-1", "2024-01-01", "The first", "lag"),
                "RCAs/other.md": incident("INC-2", "2024-02-01", "The other", f"late {link}"),
            },
            HashingEncoder(),
        )
        (case,) = replay_cases(service.snapshot).cases
        assert case.query.relevant == {"RCAs/first": 2}, link


def test_a_vault_without_links_has_no_case(make_service: Callable[..., SearchService]) -> None:
    service = make_service({"RCAs/a.md": incident("INC-1", "2024-01-01", "A", "lag")}, HashingEncoder())
    report = score_replay(service, by=["team"])
    assert report.replay is not None
    assert (report.replay.cases, report.replay.enough, report.outcomes) == ((), False, [])
    assert report.groups == []


def test_an_unknown_key_of_a_replay_is_told(vault_service: SearchService) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        score_replay(vault_service, by=["team"])
    assert caught.value.remedy == "There are: as_of, joined, self, service, year."


def made(count: int) -> list[Case]:
    start = dt.date(2000, 1, 1)
    return [
        Case(JudgedQuery(f"q{n:05d}", "text", {"a": 1}, {}, None), start + dt.timedelta(days=n))
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [501, 999, 1000, 4321])
def test_a_sample_is_even_over_time_and_always_the_same(count: int) -> None:
    drawn = sampled(made(count), 500)
    places = [int(case.query.id[1:]) for case in drawn]
    assert len(set(places)) == 500
    assert places == sorted(places)
    for part, place in enumerate(places):
        assert count * part // 500 <= place < count * (part + 1) // 500
    assert sampled(made(count), 500) == drawn
    assert count == 501 or sampled(made(count), 500, seed=1) != drawn


def test_few_cases_are_all_asked() -> None:
    assert sampled(made(500), 500) == made(500)
    assert sampled([], 500) == []


def test_a_sample_of_a_replay_keeps_the_count_of_what_was_found(vault_service: SearchService) -> None:
    found = replay_cases(vault_service.snapshot, most=2)
    assert (len(found.cases), found.found) == (2, 4)


def test_thirty_cases_are_enough() -> None:
    def enough(count: int) -> bool:
        return ReplaySet(tuple(made(count)), count, count, 0, 0, {}).enough

    assert (enough(ENOUGH - 1), enough(ENOUGH)) == (False, True)
    assert ENOUGH == 30


def test_nothing_is_fitted_to_the_period(vault_service: SearchService) -> None:
    """Where an analyser learns from documents, it has to learn again without those replayed.

    Families are no part of the ranking, and those of a view are worked out from its documents alone.
    """
    assert fitted_until(vault_service, dt.date(2024, 1, 1)) is vault_service
    learned = [
        "rca_search.indexing.facts.record_facts",
        "rca_search.insight.families.detection.find_families",
    ]
    named = vault_service.snapshot.manifest.settings["analysers"]
    assert isinstance(named, list)
    assert [str(each).partition(" ")[0] for each in named] == learned


def test_saved_cases_can_be_read_again(cases: ReplaySet, tmp_path: Path) -> None:
    queries, judgements = save_cases(tmp_path / "new" / "folder", cases.queries)
    assert load_dataset(queries, judgements) == cases.queries
    with pytest.raises(InvalidRequestError, match="is there already"):
        save_cases(tmp_path / "new" / "folder", cases.queries)


def test_the_answer_is_that_of_an_index_of_the_earlier_documents_alone(
    make_service: Callable[..., SearchService], vault_service: SearchService, cases: ReplaySet
) -> None:
    """What came later leaves no trace in a score, not even in the statistics of words."""
    case = by_id(cases)[GREENER]
    kept = {
        path: text
        for path, text in DOCUMENTS.items()
        if path.startswith("Runbooks") or any(f"date: {day}" in text for day in ("2024", "2025-01"))
    }
    alone = make_service(kept, HashingEncoder())

    def ranked(service: SearchService, query: Query) -> Sequence[Any]:
        return service.ranking(query, None, depth=50)

    then = ranked(
        vault_service, Query(text=case.query.text, as_of=case.as_of, exclude=(GREENER, *case.hidden))
    )
    now = ranked(alone, Query(text=case.query.text))
    assert [name for name, _ in then] == [name for name, _ in now]
    assert [total for _, total in then] == pytest.approx([total for _, total in now])
