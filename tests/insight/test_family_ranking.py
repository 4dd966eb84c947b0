"""Names, trends and severities of families."""

from __future__ import annotations

import datetime as dt

import pytest

from rca_search.insight.families.naming import family_name
from rca_search.insight.families.ranking import severity_rank, trend
from rca_search.models import Recurrence, Trend


def test_a_name_has_the_words_that_titles_share_rarest_first_kept_in_order() -> None:
    rarity = {"checkout": 3.0, "oomkil": 5.0, "pod": 1.0, "restart": 0.5}
    titles = ["Checkout pods OOMKilled", "OOMKilled pods of checkout again", "Pods restart"]
    name = family_name(titles, ["", "", ""], lambda term: rarity.get(term, 2.0))
    assert name == "Checkout pods OOMKilled"


def test_words_of_one_title_that_others_tell_of_where_titles_share_none() -> None:
    titles, texts = (
        ["Nothing works", "Expired certificate on Sunday morning"],
        ["Sunday, 07:40: a certificate expired, as somebody found at last", "It had expired"],
    )
    assert family_name(titles, texts, lambda _: 1.0) == "Expired certificate"


def test_no_name_is_made_of_words_that_no_title_says_or_that_only_tell_when() -> None:
    titles = ["Nothing works", "Down for two hours on Sunday"]
    texts = ["OWNER Angus, two hours on Sunday, x509", "OWNER Angus, two hours on Sunday, x509"]
    assert family_name(titles, texts, lambda _: 1.0) == "Nothing works"


def test_the_earliest_title_stands_in_where_nothing_is_shared() -> None:
    assert family_name(["Nothing works", "Sunday"], ["a", "b"], lambda _: 1.0) == "Nothing works"


DAY = dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    ("ages", "until", "said"),
    [
        ([0, 10, 200], DAY, Trend.RISING),
        ([10, 200], DAY, Trend.STEADY),
        ([179, 180, 359], DAY, Trend.FALLING),
        ([400], DAY, Trend.STEADY),
        ([], DAY, Trend.UNKNOWN),
        ([1], None, Trend.UNKNOWN),
    ],
)
def test_trends(ages: list[int], until: dt.date | None, said: Trend) -> None:
    assert trend([DAY - dt.timedelta(days=age) for age in ages], until) is said


def test_severities_are_ranked_by_number_then_word() -> None:
    spelled = ["low", "SEV-3", "sev1", "Critical", "P2", "down", "high"]
    assert sorted(spelled, key=severity_rank) == ["Critical", "sev1", "P2", "high", "SEV-3", "low", "down"]


def test_days_of_a_window_include_both_ends() -> None:
    dates = (dt.date(2025, 10, 2), dt.date(2025, 10, 3), DAY)
    found = Recurrence("f-1", 4, dates)
    assert (found.within(90, DAY), found.within(91, DAY), found.last) == (2, 3, DAY)
    assert Recurrence("f-1", 2, ()).last is None
