"""Features of hits: exact on literals, and on fixed sentences measured through the retrievers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.models import Kind, Query
from rca_search.ranking.features import (
    MONOTONE_CONSTRAINTS,
    HitFacts,
    QuestionFacts,
    compressed,
    damped,
    feature_rows,
    shares,
)
from rca_search.service import SearchService

DOCUMENTS = {
    "RCAs/a.md": "# Pool exhausted\n\n## Summary\n\nHikariPool timed out waiting for a connection\n",
    "RCAs/b.md": "# Certificate expired\n\n## Summary\n\nbrowsers refused the certificate\n",
    "RCAs/c.md": "# Disk full\n\n## Summary\n\nno space left\n",
}


@pytest.fixture(scope="module")
def trio(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(DOCUMENTS, HashingEncoder())


def facts() -> tuple[QuestionFacts, HitFacts]:
    question = QuestionFacts(np.asarray([0.5, 1.0, 0.25]), np.asarray([False, True, False]))
    two = np.asarray([[True, False], [False, False], [True, True]])
    hits = HitFacts(
        cosine=np.asarray([0.6, 0.4]),
        best_cosine=np.asarray([0.7, 0.4]),
        title_cosine=np.asarray([0.3, 0.2]),
        background=0.1,
        dense=np.asarray([4.0, 0.0]),
        lexical=np.asarray([0.0, -4.0]),
        spelling_deviation=np.asarray([0.0, 0.0]),
        word_share=np.asarray([0.5, 0.0]),
        passage_word_share=np.asarray([1.0, 0.01]),
        spelling=np.asarray([0.2, 0.1]),
        found=two,
        found_in_passage=np.asarray([[False, False], [False, False], [True, True]]),
        found_in_title=np.asarray([[True, False], [False, False], [False, False]]),
        of_neighbours=np.asarray([True, False, True]),
        titled=np.asarray([True, False, True]),
        title_covered=np.asarray([0.9, 0.1]),
        passage_covered=np.asarray([0.8, 0.2]),
        phrases=np.asarray([0.75, 0.2]),
        telling=np.asarray([True, False]),
        ranks=np.asarray([[1, 2], [2, 4], [1, 4]]),
        ahead=np.asarray([0.5, -0.5]),
        same_service=np.asarray([False, True]),
        other_service=np.asarray([True, False]),
    )
    return question, hits


def test_a_row_holds_what_the_names_say() -> None:
    first, second = (
        dict(zip(MONOTONE_CONSTRAINTS, row, strict=True)) for row in feature_rows(*facts()).tolist()
    )
    assert first["cosine"] == 0.6
    assert first["above_background"] == pytest.approx(0.5)
    assert (first["ahead_of_tenth"], second["ahead_of_tenth"]) == pytest.approx(
        (4 * math.tanh(1 / 8), -4 * math.tanh(1 / 8))
    )
    assert first["outstanding"] == pytest.approx(4 * math.tanh(1))
    assert second["words_outstanding"] == pytest.approx(-4 * math.tanh(1))
    assert first["word_share"] == pytest.approx(math.log(0.5))
    assert second["word_share"] == second["passage_word_share"] == pytest.approx(math.log(0.01))
    assert (first["covered"], second["covered"]) == pytest.approx((0.75 / 1.75, 0.25 / 1.75))
    assert first["covered_in_passage"] == pytest.approx(0.25 / 1.75)
    assert (first["covered_of_neighbours"], second["covered_of_neighbours"]) == pytest.approx((1.0, 1 / 3))
    assert (first["title_of_neighbours"], second["title_of_neighbours"]) == pytest.approx((2 / 3, 0.0))
    assert (first["phrases"], first["verbatim"], second["verbatim"]) == pytest.approx((0.75, 0.5, 0.0))
    assert (first["agreement"], second["agreement"]) == pytest.approx((2.5 / 3, 1 / 3))
    assert first["question_terms"] == pytest.approx(math.log(4))
    assert first["unknown_share"] == pytest.approx(1 / 3)
    assert (second["same_service"], first["other_service"], first["telling_section"]) == (1, 1, 1)


def test_shares_of_nothing_are_zero() -> None:
    assert shares(np.zeros(2), np.ones((2, 3), dtype=np.bool_)).tolist() == [0, 0, 0]
    assert shares(np.zeros(0), np.ones((0, 1), dtype=np.bool_)).tolist() == [0]


def test_compression_and_damping_rise_and_are_bounded() -> None:
    grid = np.linspace(0.02, 1, 50)
    assert (np.diff(compressed(grid)) > 0).all()
    assert compressed(np.zeros(1)).tolist() == [math.log(0.01)]
    assert (np.diff(damped(np.linspace(-9, 9, 50))) > 0).all()
    assert abs(damped(np.asarray([1e6]))[0]) <= 4


def features(service: SearchService, text: str, **more: object) -> dict[str, dict[str, float]]:
    found = service.features(Query(text, **more), Kind.INCIDENT, depth=5)  # type: ignore[arg-type]
    return {name: dict(zip(MONOTONE_CONSTRAINTS, row.tolist(), strict=True)) for name, row in found}


def test_what_is_measured_of_fixed_sentences(trio: SearchService) -> None:
    found = features(trio, "HikariPool timed out zebra")
    pool, disk = found["RCAs/a"], found["RCAs/c"]
    # Terms: hikaripool, hikari, pool, time, zebra; the last one nobody wrote.
    assert pool["unknown_share"] == pytest.approx(1 / math.exp(pool["question_terms"]) * (1 + 0) + 0.0, abs=1)
    known = math.log(1 + 2.5 / 1.5) / math.log(1 + 3.5 / 0.5)
    terms = round(math.exp(pool["question_terms"]) - 1)
    assert pool["unknown_share"] == pytest.approx(1 / terms)
    assert pool["covered"] == pytest.approx((terms - 1) * known / ((terms - 1) * known + 1))
    assert disk["covered"] == disk["phrases"] == 0
    assert pool["agreement"] == 1
    assert pool["phrases"] > disk["phrases"]
    assert pool["telling_section"] == 1


def test_a_copy_is_verbatim_and_wholly_covered(trio: SearchService) -> None:
    copy = features(trio, "browsers refused the certificate")["RCAs/b"]
    assert copy["covered"] == copy["phrases"] == pytest.approx(1)
    assert copy["verbatim"] == pytest.approx(0.75)


def test_features_do_not_depend_on_how_many_hits_are_looked_at(trio: SearchService) -> None:
    few = trio.features(Query("certificate of the pool"), Kind.INCIDENT, depth=1)
    many = trio.features(Query("certificate of the pool"), Kind.INCIDENT, depth=3)
    assert few[0][0] == many[0][0]
    assert few[0][1].tolist() == many[0][1].tolist()


def test_features_over_a_view_are_those_over_only_its_documents(
    trio: SearchService, make_service: Callable[..., SearchService]
) -> None:
    alone = make_service(
        {name: text for name, text in DOCUMENTS.items() if "b" not in name}, HashingEncoder()
    )
    for text in ("certificate of the pool", "zebra", "no space left on disk"):
        assert features(trio, text, exclude=("RCAs/b",)) == features(alone, text)
