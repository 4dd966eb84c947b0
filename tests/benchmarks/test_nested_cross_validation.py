"""A group that is judged strictly has no say in anything that it is judged by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.fitting.figures import Said, figures
from benchmarks.fitting.models import OFF_TOPIC, fit_kind, folds
from benchmarks.fitting.nested_cross_validation import judge_strictly
from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.models import Kind, Verdict
from rca_search.ranking.features import MONOTONE_CONSTRAINTS

GROUPS = ("north", "south", "east")


def examples(seed: int = 7) -> list[Example]:
    """Questions whose first feature tells, on the whole, whether the answer was there."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(90):
        there = number % 2 == 0
        rows = random.normal(0.0, 0.4, (3, len(MONOTONE_CONSTRAINTS)))
        rows[0, 0] += 1.2 if there else 0.0
        found.append(
            Example(
                kind=Kind.INCIDENT,
                name="made up",
                sort=PRESENT if there else NOTHING,
                group=GROUPS[number % 3],
                question=str(number),
                rows=rows,
                grades=(2 if there else 0, 0, 0),
            )
        )
    return found


def test_a_group_is_never_in_two_folds_and_every_one_is_in_one() -> None:
    asked = [replace(each, group=f"group {number % 11}") for number, each in enumerate(examples())]
    found = folds(asked)
    assert sorted(name for fold in found for name in fold) == sorted({each.group for each in asked})
    assert len(found) == 11


def test_each_group_is_judged_by_a_fit_to_the_others() -> None:
    asked = examples()
    fitted = fit_kind([each for each in asked if each.group != "south"], (), 4)
    for each in judge_strictly(asked):
        if each.example.group == "south":
            assert each == Said.of(each.example, fitted)


def test_what_a_group_says_of_itself_changes_nothing_of_how_it_is_judged() -> None:
    asked = examples()
    turned = [
        replace(each, grades=(2 - (each.grades[0] or 0), 0, 0)) if each.group == "east" else each
        for each in asked
    ]
    before, after = judge_strictly(asked), judge_strictly(turned)
    east = [each.example.group == "east" for each in before]
    told = [[each.answer.probability for each in found] for found in (before, after)]
    assert [p for p, flag in zip(told[0], east, strict=True) if flag] == [
        p for p, flag in zip(told[1], east, strict=True) if flag
    ]
    assert told[0] != told[1]


def test_the_figures_count_what_was_called() -> None:
    asked = [*examples(), *(replace(each, sort=OFF_TOPIC) for each in examples(8)[1:20:2])]
    # A cut in the middle, so that every rung is called.
    fitted = replace(fit_kind(asked, (), 4), possible=0.3)
    said = [Said.of(each, fitted) for each in asked]
    found = figures({Kind.INCIDENT: said})["incident"]
    whole = [each for each in said if each.example.sort != OFF_TOPIC]
    called = {name: [each.answer for each in whole if each.answer.verdict is name] for name in Verdict}
    likely, missed = called[Verdict.SAME] + called[Verdict.LIKELY], called[Verdict.NOTHING_SIMILAR]
    assert found["answers"] == found["without_an_answer"] == 45  # type: ignore[index]
    assert likely
    assert missed
    for name, those, right in (
        ("likely_is_relevant", likely, [each.hits[0].grade > 0 for each in likely]),
        ("nothing_overlooks", missed, [any(hit.grade for hit in each.hits) for each in missed]),
    ):
        share = pytest.approx(sum(right) / len(those), abs=1e-4)
        assert found[name] == {"share": share, "of": len(those)}  # type: ignore[index]
    rungs = found["without_an_answer_called"]  # type: ignore[index]
    assert sum(rung["share"] for rung in rungs.values()) == pytest.approx(1.0, abs=1e-3)
    assert found["hits"]["questions"] == 3 * 90  # type: ignore[index]
    assert found["auroc_answers"] > 0.8  # type: ignore[index]
    assert found["off_topic_mean"] == pytest.approx(  # type: ignore[index]
        np.mean([each.answer.hits[0].probability for each in said if each.example.sort == OFF_TOPIC]),
        abs=1e-4,
    )
