"""A group that is judged strictly has no say in anything that it is judged by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rca_search.analysis.examples import OFF_TOPIC, PRESENT, REMOVED, Example
from rca_search.analysis.figures import strict_figures
from rca_search.analysis.fit import fit_kind
from rca_search.analysis.strict import judge_strictly
from rca_search.models import Kind
from rca_search.ranking.calibration import DEFAULT, Calibration
from rca_search.ranking.features import SIGNS

GROUPS = ("north", "south", "east")
PROMISE = 0.8


def examples(seed: int = 7) -> list[Example]:
    """Questions whose first feature tells, on the whole, whether the answer was there."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(90):
        there = number % 2 == 0
        rows = random.normal(0.0, 0.4, (3, len(SIGNS)))
        rows[0, 0] += 1.2 if there else 0.0
        found.append(
            Example(
                kind=Kind.INCIDENT,
                name="made up",
                sort=PRESENT if there else REMOVED,
                group=GROUPS[number % 3],
                question=str(number),
                rows=rows,
                grades=(2 if there else 0, 0, 0),
                present=2 if there else 0,
            )
        )
    return found


def test_each_group_is_judged_by_a_fit_to_the_others() -> None:
    asked = examples()
    strict = judge_strictly(asked, PROMISE)
    fitted, _, _ = fit_kind([each for each in asked if each.group != "south"])
    calibration, cut = Calibration(DEFAULT, {Kind.INCIDENT: fitted}), fitted.cut(PROMISE)
    for place, example in enumerate(strict.examples):
        if example.group == "south":
            answer = calibration.likelihoods(Kind.INCIDENT, example.rows).answer
            assert strict.probabilities[place] == answer.probability
            assert strict.called[place] == (answer.probability >= cut.likely or answer.same >= cut.same)


def test_what_a_group_says_of_itself_changes_nothing_of_how_it_is_judged() -> None:
    asked = examples()
    turned = [
        replace(each, grades=(2 - each.grades[0], 0, 0), present=2 - each.present)
        if each.group == "east"
        else each
        for each in asked
    ]
    before, after = judge_strictly(asked, PROMISE), judge_strictly(turned, PROMISE)
    east = np.asarray([each.group == "east" for each in before.examples])
    assert before.probabilities[east].tolist() == after.probabilities[east].tolist()
    assert before.called[east].tolist() == after.called[east].tolist()
    assert before.probabilities[~east].tolist() != after.probabilities[~east].tolist()


def test_the_figures_count_what_was_called() -> None:
    asked = [*examples(), *(replace(each, sort=OFF_TOPIC) for each in examples(8)[1:20:2])]
    strict = judge_strictly(asked, PROMISE)
    found = strict_figures({Kind.INCIDENT: strict})
    judged = [n for n, each in enumerate(strict.examples) if each.sort in (PRESENT, REMOVED)]
    called = [n for n in judged if strict.called[n]]
    right = [n for n in called if strict.examples[n].sort == PRESENT]
    assert found["promise"] == {
        "incident": {
            "precision": pytest.approx(len(right) / len(called), abs=1e-4),
            "recall": pytest.approx(len(right) / 45, abs=1e-4),
        }
    }
    away = [not strict.called[n] for n, each in enumerate(strict.examples) if each.sort == OFF_TOPIC]
    assert found["off_topic_rejected"] == {"incident": pytest.approx(sum(away) / 10, abs=1e-4)}
    assert found["sets"]["made up"]["questions"] == 90  # type: ignore[index]
    assert found["pooled"]["auroc"] > 0.8  # type: ignore[index,operator]
