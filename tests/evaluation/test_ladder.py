"""What came of the promises of verdicts, and whether probabilities of hits hold: by hand."""

from __future__ import annotations

import pytest

from rca_search.evaluation.ladder import (
    Answer,
    JudgedHit,
    Kept,
    by_group,
    by_rank,
    judged_first,
    promises,
    rungs,
    share_found,
)
from rca_search.models import Verdict


def answer(verdict: Verdict, *grades: int | None, group: str = "", said: float = 0.5) -> Answer:
    hits = (JudgedHit(f"d{place}", said, grade) for place, grade in enumerate(grades))
    return Answer("q", group, verdict, said, tuple(hits))


SAME, LIKELY, POSSIBLE = Verdict.SAME, Verdict.LIKELY, Verdict.POSSIBLE
NOTHING, THIN = Verdict.NOTHING_SIMILAR, Verdict.TOO_THIN


def test_same_promises_the_same_failure_first_and_not_a_related_one() -> None:
    kept = promises([answer(SAME, 2), answer(SAME, 1, 2), answer(SAME, 0), answer(SAME, None, 2)])
    assert kept["same"] == Kept(4, 1, pytest.approx(1 / 3))


@pytest.mark.parametrize("verdict", [LIKELY, POSSIBLE])
def test_likely_and_possible_promise_a_relevant_first_hit(verdict: Verdict) -> None:
    kept = promises([answer(verdict, 2), answer(verdict, 1), answer(verdict, 0, 2), answer(verdict, None)])
    assert kept[verdict.value] == Kept(4, 1, pytest.approx(2 / 3))


def test_nothing_similar_is_wrong_where_one_of_three_is_relevant() -> None:
    kept = promises(
        [
            answer(NOTHING, 0, 0, 1),
            answer(NOTHING, None, 1, 0),
            answer(NOTHING, 0, 0, 0),
            answer(NOTHING, 0, 0, None),
            answer(NOTHING),
        ]
    )
    assert kept["nothing_similar"] == Kept(5, 1, 0.5)


def test_denied_are_right_first_answers_called_nothing_similar() -> None:
    kept = promises(
        [answer(NOTHING, 1), answer(NOTHING, 0, 2), answer(THIN, 2), answer(SAME, 2), answer(SAME, None)]
    )
    assert kept["denied"].share == pytest.approx(1 / 3)
    assert (kept["denied"].answers, kept["denied"].unjudged) == (3, 0)


def test_a_promise_that_nothing_was_said_of_has_no_share() -> None:
    assert promises([])["same"] == Kept(0, 0, None)
    assert promises([answer(SAME, None)])["same"] == Kept(1, 1, None)
    assert promises([answer(SAME)])["same"] == Kept(1, 0, 0.0)


def test_rungs_are_shares_of_all() -> None:
    asked = [answer(SAME), answer(NOTHING), answer(THIN), answer(THIN)]
    shares = rungs(asked)
    assert shares == {"same": 0.25, "likely": 0, "possible": 0, "nothing_similar": 0.25, "too_thin": 0.5}
    assert share_found(asked) == 0.25


def test_hits_are_told_apart_by_rank_and_by_group() -> None:
    answers = [
        answer(SAME, 2, 0, group="style: a", said=0.9),
        answer(LIKELY, 0, None, group="style: b", said=0.4),
        answer(LIKELY, None, said=0.1),
    ]
    first, second, third = by_rank(answers)
    assert (first.hits, first.unjudged, first.probability, first.relevant) == (2, 1, pytest.approx(0.65), 0.5)
    assert first.error == pytest.approx((0.1 + 0.4) / 2)
    assert (second.hits, second.unjudged, second.probability, second.relevant) == (1, 1, 0.9, 0.0)
    assert (third.hits, third.probability, third.error) == (0, None, None)
    assert [(row.name, row.hits) for row in by_group(answers)] == [("style: a", 2), ("style: b", 1)]
    said, relevant = judged_first(answers)
    assert (said.tolist(), relevant.tolist()) == ([0.9, 0.4], [True, False])
