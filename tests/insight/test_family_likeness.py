"""How alike incidents are depends on the visible ones alone, to the last bit; parts agree with the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_search.errors import IndexCorruptError
from rca_search.insight.families import clustering
from rca_search.insight.families.clustering import all_groups, groups_around
from rca_search.insight.families.signatures import PARTS, SCALE, Signatures
from rca_search.insight.families.similarity import Likeness, PairModel, packaged


def made(count: int, seed: int = 0, failures: int = 20) -> Signatures:
    """Signatures of incidents of so many failures, told with variations."""
    generator = np.random.default_rng(seed)
    kinds = {name: generator.normal(size=(failures, 64)) for name in PARTS}
    which = np.arange(count) % failures
    return Signatures.of(
        {name: kind[which] + generator.normal(scale=0.5, size=(count, 64)) for name, kind in kinds.items()}
    )


def likeness(signatures: Signatures, visible: np.ndarray | None = None, **links: set[int]) -> Likeness:
    places = np.arange(len(signatures)) if visible is None else visible
    linked = {int(name[1:]): others for name, others in links.items()}
    return Likeness(signatures, packaged(), np.arange(len(signatures)) % 2, places, linked)


def test_parts_have_the_length_that_products_rely_on() -> None:
    signatures = made(10)
    for name in PARTS:
        lengths = np.linalg.norm(signatures.part(name, np.arange(10)), axis=1)
        assert np.all(np.abs(lengths - SCALE) < 4)
    opened = Signatures.open(signatures.to_bytes(), signatures.bounds)
    assert np.array_equal(opened.rows, signatures.rows)


@pytest.mark.parametrize("content", [b"", b"nonsense", made(3).to_bytes()[:-9]])
def test_damaged_signatures_are_told(content: bytes) -> None:
    with pytest.raises(IndexCorruptError):
        Signatures.open(content, made(3).bounds)


def test_failures_are_found() -> None:
    groups = all_groups(likeness(made(60)))
    assert groups == [tuple(range(first, 60, 20)) for first in range(20)]


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), hidden=st.sets(st.integers(0, 39), max_size=30))
def test_a_view_equals_an_index_of_its_visible_part(seed: int, hidden: set[int]) -> None:
    signatures = made(40, seed)
    visible = np.asarray(sorted(set(range(40)) - hidden))
    view = likeness(signatures, visible)
    alone = Likeness(
        Signatures(signatures.rows[visible], signatures.bounds),
        packaged(),
        visible % 2,
        np.arange(len(visible)),
        {},
    )
    assert np.array_equal(view.log_odds(visible), alone.log_odds(np.arange(len(visible))))
    found = [tuple(int(visible[place]) for place in group) for group in all_groups(alone)]
    assert all_groups(view) == found


@settings(max_examples=15)
@given(seed=st.integers(0, 1000))
def test_the_family_of_one_is_that_of_all(seed: int) -> None:
    signatures = made(30, seed, failures=9)
    groups = all_groups(likeness(signatures))
    by_place = {place: group for group in groups for place in group}
    for place in range(30):
        around = groups_around(likeness(signatures), place)
        assert around == {one: by_place.get(one, (one,)) for one in around}
        assert place in around


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    signatures = made(50)
    whole = all_groups(likeness(signatures))
    monkeypatch.setattr("rca_search.insight.families.similarity._ROWS", 7)
    monkeypatch.setattr("rca_search.insight.families.similarity._COLUMNS", 11)
    assert all_groups(likeness(signatures)) == whole


def test_a_part_too_large_is_taken_apart_at_its_weakest_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    signatures = made(60)
    monkeypatch.setattr(clustering, "LARGEST", 2)
    groups = all_groups(likeness(signatures))
    assert groups
    assert max(map(len, groups)) == 2
    assert groups_around(likeness(signatures), groups[0][0])[groups[0][0]] == groups[0]


def test_a_link_joins_what_would_not_be_joined() -> None:
    signatures = made(40, failures=40)
    apart = likeness(signatures).log_odds(np.asarray([3, 9]))[0, 1]
    joined = likeness(signatures, p3={9}, p9={3}).log_odds(np.asarray([3, 9]))[0, 1]
    assert joined == pytest.approx(apart + packaged().linked)
    assert packaged().linked > 1


def test_what_all_write_ups_have_in_common_counts_for_nothing() -> None:
    """A template adds the same to every part of every incident: pairs are as alike as before."""
    generator = np.random.default_rng(3)
    told = {name: generator.normal(size=(60, 64)) for name in PARTS}
    template = {name: rows + 8.0 for name, rows in told.items()}
    assert all_groups(likeness(Signatures.of(told))) == []
    assert all_groups(likeness(Signatures.of(template))) == []


def test_the_packaged_model_survives_json_and_nonsense_is_refused() -> None:
    model = packaged()
    assert PairModel.from_json(model.to_json()) == model
    assert set(model.weights) == set(PARTS)
    with pytest.raises(IndexCorruptError):
        PairModel.from_json({**model.to_json(), "linked": -1})
    with pytest.raises(IndexCorruptError):
        PairModel.from_json({})
    assert replace(model, threshold=0.5).least == 0
