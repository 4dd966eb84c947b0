"""The list of questions that nothing can answer."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from rca_search.evaluation.off_topic import off_topic

EACH = 50
DIGEST = "14e01a7370291fbb5233adf00f42bfd7365ea41c030a9b7e963fa5edaba2add7"


def test_at_least_five_hundred_of_ten_sorts_no_two_alike() -> None:
    found = off_topic()
    assert len({each.text for each in found}) == len(found) >= 500
    assert set(Counter(each.sort for each in found).values()) == {EACH}
    assert all(each.text.strip() for each in found)


def test_they_are_the_ones_that_the_fit_was_made_with() -> None:
    told = json.dumps([[each.sort, each.text] for each in off_topic()])
    assert hashlib.sha256(told.encode()).hexdigest() == DIGEST
