"""The list of questions that nothing can answer."""

from __future__ import annotations

from collections import Counter

from rca_search.evaluation.off_topic import EACH, off_topic


def test_at_least_five_hundred_of_ten_sorts_no_two_alike() -> None:
    found = off_topic()
    assert len({each.text for each in found}) == len(found) >= 500
    assert set(Counter(each.sort for each in found).values()) == {EACH}
    assert all(each.text.strip() for each in found)


def test_they_are_the_same_each_time() -> None:
    assert off_topic() == off_topic()
