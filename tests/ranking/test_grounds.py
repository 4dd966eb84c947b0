"""Features grouped by what a person understands: every feature has a ground, and all of them add up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rca_search.models import Ground, Kind
from rca_search.ranking import grounds
from rca_search.ranking.calibration import default_calibration
from rca_search.ranking.features import MONOTONE_CONSTRAINTS

KINDS = (Kind.INCIDENT, Kind.RUNBOOK)
ROW = np.linspace(-1.0, 1.0, len(MONOTONE_CONSTRAINTS))
OTHER = np.linspace(2.0, 3.0, len(MONOTONE_CONSTRAINTS))


def test_every_feature_has_a_ground_and_no_other_has() -> None:
    assert set(grounds.GROUNDS) == set(MONOTONE_CONSTRAINTS), (
        "say in ranking/grounds.py what a person would call it"
    )
    assert set(grounds.GROUNDS.values()) == set(Ground)


def test_each_feature_belongs_to_one_ground() -> None:
    places = [place for ground in Ground for place in grounds.columns(ground)]
    assert sorted(places) == list(range(len(MONOTONE_CONSTRAINTS)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_odds_of_all_features_are_those_of_the_probability(kind: Kind) -> None:
    calibration = default_calibration()
    models = calibration.kinds[kind]
    total = grounds.base_log_odds(models) + grounds.log_odds(models, ROW).sum()
    likelihood = calibration.likelihoods(kind, ROW[np.newaxis]).hits[0]
    assert likelihood.probability == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-6)


@pytest.mark.parametrize("ground", list(Ground))
def test_a_row_takes_over_one_ground_of_another_and_no_more(ground: Ground) -> None:
    changed = grounds.as_on(ROW, OTHER, ground)
    taken = grounds.columns(ground)
    assert changed[taken].tolist() == OTHER[taken].tolist()
    left = [place for place in range(len(MONOTONE_CONSTRAINTS)) if place not in taken]
    assert changed[left].tolist() == ROW[left].tolist()
