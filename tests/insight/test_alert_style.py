"""Which texts read like those of alert rules."""

from __future__ import annotations

import time

import pytest

from rca_search.insight.understanding.alert_style import alert_share
from rca_search.models import Form

ALERTS = (
    "Filesystem has less than 5% space left. Filesystem on /dev/sda1 has only 3.1% available space left.",
    "Kafka consumer group lag is above the threshold for more than 15 minutes.",
    "Replica set members are down. At least one member has not been reachable in the last 10 minutes.",
)
WORDS = (
    "we deployed this morning and now nobody can log in, anyone seen this?",
    "checkout keeps timing out again since yesterday, customers are complaining",
    "help, the build agents just disappear",
)


@pytest.mark.parametrize("text", ALERTS)
def test_texts_of_rules(text: str) -> None:
    assert alert_share(text, ()) > 0.7


@pytest.mark.parametrize("text", WORDS)
def test_words_of_people(text: str) -> None:
    assert alert_share(text, ()) < 0.15


def test_payloads_and_nothing_are_no_sentences() -> None:
    assert alert_share(ALERTS[0], (Form.ALERTMANAGER,)) == 0.0
    assert alert_share("", ()) == alert_share("  \n ", ()) == 0.0


@pytest.mark.parametrize("piece", ["is ", "n't ", "in the ", "9", "<", "is aaaaaaaaaaaaaaaaaaaaa", ". "])
def test_time_is_bounded_whatever_comes(piece: str) -> None:
    started = time.perf_counter()
    alert_share(piece * 100_000, ())
    assert time.perf_counter() - started < 0.5
