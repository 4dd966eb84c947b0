"""Which incidents belong together, and which of them came before."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.evaluation.history import CHAINED, DIRECT, History, Joined, PastIncident

JANUARY = dt.date(2025, 1, 1)


def history(days: dict[str, int | None], *links: tuple[str, str | None]) -> History:
    """Make a history of incidents by the day of January 2025, or None."""
    incidents = [
        PastIncident(name, None if day is None else JANUARY.replace(day=day), ())
        for name, day in days.items()
    ]
    return History.from_links(incidents, links)


def test_a_link_to_an_earlier_incident_is_direct() -> None:
    found = history({"a": 1, "b": 2}, ("b", "a"))
    assert found.earlier("b") == {"a": DIRECT}
    assert found.earlier("a") == {}
    assert found.joined("b", ["a"]) is Joined.LINKED


def test_a_link_added_later_to_the_earlier_incident_counts_too() -> None:
    found = history({"a": 1, "b": 2}, ("a", "b"))
    assert found.earlier("b") == {"a": DIRECT}
    assert found.joined("b", ["a"]) is Joined.NAMED


def test_the_day_decides_to_the_day() -> None:
    found = history({"a": 3, "b": 3, "c": 2, "d": 4}, ("a", "b"), ("a", "c"), ("a", "d"))
    assert found.earlier("a") == {"c": DIRECT}
    assert found.earlier("b") == {"c": CHAINED}
    assert found.earlier("d") == {"a": DIRECT, "b": CHAINED, "c": CHAINED}


def test_chains_join_by_way_of_later_and_undated_incidents() -> None:
    found = history({"a": 1, "later": 9, "b": 2}, ("later", "a"), ("later", "b"))
    assert found.earlier("b") == {"a": CHAINED}
    assert found.joined("b", ["a"]) is Joined.CHAINED
    found = history({"a": 1, "undated": None, "b": 2}, ("undated", "a"), ("b", "undated"))
    assert found.earlier("b") == {"a": CHAINED}
    assert found.joined("b", ["a"]) is Joined.CHAINED
    assert found.undated() == ("undated",)


def test_an_undated_incident_is_neither_asked_nor_looked_for() -> None:
    found = history({"a": None, "b": 2}, ("b", "a"), ("a", "b"))
    assert found.earlier("a") == found.earlier("b") == {}


def test_cycles_self_links_and_dangling_links_end() -> None:
    found = history(
        {"a": 1, "b": 2, "c": 3, "d": 4},
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
        ("d", "d"),
        ("d", None),
        ("d", "x"),
    )
    assert found.earlier("c") == {"a": DIRECT, "b": DIRECT}
    assert found.groups["a"] == {"a", "b", "c"}
    assert found.earlier("d") == {}
    assert found.links["d"] == frozenset()


def test_what_is_no_incident_joins_nothing() -> None:
    found = history({"a": 1, "b": 2}, ("a", "runbook"), ("b", "runbook"), ("runbook", "a"), ("runbook", "b"))
    assert found.groups["a"] == {"a"}
    assert found.earlier("b") == {}


NAMES = [f"i{number}" for number in range(12)]
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


@given(st.lists(st.none() | st.integers(1, 5), min_size=12, max_size=12), pairs)
def test_groups_are_what_can_be_reached(days: list[int | None], links: list[tuple[str, str]]) -> None:
    found = history(dict(zip(NAMES, days, strict=True)), *links)
    reach = {name: {name} for name in NAMES}
    for _ in NAMES:
        for one, other in links:
            both = reach[one] | reach[other]
            for member in both:
                reach[member] = reach[member] | both
    assert {name: set(group) for name, group in found.groups.items()} == reach
    for name, day in zip(NAMES, days, strict=True):
        earlier = found.earlier(name)
        dates = dict(zip(NAMES, days, strict=True))
        expected = {
            other
            for other in reach[name]
            if day is not None and (then := dates[other]) is not None and then < day
        }
        assert set(earlier) == expected
        direct = {other for other, grade in earlier.items() if grade == DIRECT}
        assert direct == {other for other in expected if (name, other) in links or (other, name) in links}


def test_grades_order_direct_before_chained() -> None:
    assert DIRECT > CHAINED > 0


@pytest.mark.parametrize("links", [[("b", "a"), ("a", "b")], [("a", "b"), ("b", "a")]])
def test_its_own_link_counts_before_that_of_the_other(links: list[tuple[str, str]]) -> None:
    assert history({"a": 1, "b": 2}, *links).joined("b", ["a"]) is Joined.LINKED
