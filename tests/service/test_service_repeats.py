"""Answers kept for the same question asked again: same version, same view, same wording, or none at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.errors import InvalidRequestError
from rca_search.indexing.pointer import Check, write_check
from rca_search.models import Filter, Query, SearchResult
from rca_search.service import SearchService

TEXT = "---\ntitle: {0}\ndate: 2025-01-0{1}\nservices: [{0}]\n---\n# {0}\n\n## Symptoms\n\n{0} stood still.\n"
QUESTION = Query("alpha stood still")


def fill(folder: Path, *titles: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, title in enumerate(titles, start=1):
        (folder / f"{title}.md").write_text(TEXT.format(title, number))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    fill(tmp_path / "docs" / "RCAs", "alpha", "beta", "gamma")
    settings = Settings(index=tmp_path / "index", model="test-hashing", remembered=4)
    build_index(settings, [tmp_path / "docs"], progress=lambda *_: None)
    return settings


@pytest.fixture
def service(settings: Settings) -> SearchService:
    return open_service(settings)


def substance(result: SearchResult) -> SearchResult:
    return replace(result, repeated=False)


def test_the_same_question_gets_the_same_answer_and_says_so(service: SearchService) -> None:
    first, again = service.search(QUESTION), service.search(QUESTION)
    assert (first.repeated, again.repeated) == (False, True)
    assert substance(again) == first


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, text="alpha stood still "),
        replace(QUESTION, limit=2),
        replace(QUESTION, filter=Filter(services=("beta",))),
        replace(QUESTION, as_of=dt.date(2025, 1, 2)),
        replace(QUESTION, exclude=("alpha",)),
    ],
)
def test_another_question_is_answered_anew(settings: Settings, service: SearchService, other: Query) -> None:
    service.search(QUESTION)
    answer = service.search(other)
    assert not answer.repeated
    assert answer == open_service(settings.model_copy(update={"remembered": 0})).search(other)


def test_names_of_the_same_view_share_an_answer_only_with_the_same_question(service: SearchService) -> None:
    everything = service.search(QUESTION)
    hidden = service.search(replace(QUESTION, exclude=("alpha",)))
    assert "alpha" in {hit.document.title for hit in everything.incidents}
    assert "alpha" not in {hit.document.title for hit in hidden.incidents}


def test_an_incident_asked_about_is_kept_apart_from_text_and_from_other_incidents(
    service: SearchService,
) -> None:
    asked: list[Callable[[], SearchResult]] = [
        lambda: service.search_like("alpha", Query("")),
        lambda: service.search_like("beta", Query("")),
        lambda: service.search(QUESTION),
    ]
    first = [ask() for ask in asked]
    again = [ask() for ask in asked]
    assert [answer.repeated for answer in (*first, *again)] == [False] * 3 + [True] * 3
    assert [substance(answer) for answer in again] == first
    assert len({tuple(hit.document.id for hit in answer.incidents) for answer in first}) == 3


def test_a_new_version_forgets_all_answers(
    settings: Settings, service: SearchService, tmp_path: Path
) -> None:
    service.search(QUESTION)
    fill(tmp_path / "docs" / "RCAs", "alpha-again")
    build_index(settings, [tmp_path / "docs"], progress=lambda *_: None)
    assert service.search(QUESTION).repeated
    assert service.reload()
    answer = service.search(QUESTION)
    assert not answer.repeated
    assert "alpha-again" in {hit.document.title for hit in answer.incidents}
    assert answer.freshness.version == service.version


def test_a_kept_answer_tells_today_s_freshness(settings: Settings, service: SearchService) -> None:
    old = service.search(QUESTION).freshness
    earlier = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    write_check(settings.index, Check(earlier, None, old.version))
    again = service.search(QUESTION)
    assert again.repeated
    assert again.freshness != old
    assert again.freshness == service.freshness()


def test_only_so_many_answers_are_kept(service: SearchService) -> None:
    questions = [Query(f"alpha {number}") for number in range(5)]
    for question in questions:
        service.search(question)
    assert [service.search(question).repeated for question in reversed(questions)] == [True] * 4 + [False]


def test_none_is_kept_where_none_is_wanted(settings: Settings) -> None:
    service = open_service(settings.model_copy(update={"remembered": 0}))
    assert [service.search(QUESTION).repeated for _ in range(3)] == [False] * 3


def test_a_question_that_fails_fails_again(service: SearchService) -> None:
    for _attempt in range(2):
        with pytest.raises(InvalidRequestError):
            service.search(Query("  "))
