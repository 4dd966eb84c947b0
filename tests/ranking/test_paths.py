"""Paths to a runbook are combined so that each adds to the probability and none takes from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.models import Likelihood
from rca_search.ranking.runbooks import RunbookSupport, Worth, noisy_or, packaged_paths

chances = st.floats(0.0, 1.0)


@given(st.lists(chances, max_size=8), chances)
def test_another_path_never_lowers_it(known: list[float], another: float) -> None:
    assert 0.0 <= noisy_or(known) <= noisy_or([*known, another]) <= 1.0
    assert noisy_or([*known, another]) == pytest.approx(noisy_or([another, *known]), abs=1e-6)


def test_two_even_chances() -> None:
    assert noisy_or([0.5, 0.5]) == 0.75
    assert noisy_or([]) == 0.0


def test_the_packaged_numbers_are_probabilities_and_a_link_says_most() -> None:
    paths = packaged_paths()
    assert 0.0 < paths.dependency <= paths.service < paths.linked < 1.0


@given(chances, chances, chances, chances)
def test_a_service_alone_stays_below_what_the_symptom_makes_likely(
    text: float, other: float, same: float, share: float
) -> None:
    """A page that only shares the service is granted at most the worth of a service, whatever it says."""
    of_service = Worth(Likelihood(0.0, 0.0), (), share)
    evidence = RunbookSupport({}, {1: ["shop"]})
    alone = of_service.combined(1, evidence)
    assert alone.probability <= packaged_paths().service
    assert alone.same == 0.0
    on_symptom = Worth(Likelihood(max(text, packaged_paths().service), 0.0), (), 0.0)
    assert on_symptom.combined(2, evidence).probability >= alone.probability
    incident = Likelihood(max(other, same), same)
    linked = Worth(Likelihood(text, min(text, same)), (incident,), share)
    found = linked.combined(1, RunbookSupport({1: [(0, "RCAs/a")]}, {}))
    assert found.probability >= round(text, 6) - 1e-6
    assert found.same <= found.probability
