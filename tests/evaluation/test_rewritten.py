"""A report with other names and numbers."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fitting.rewritten import rewritten

TEXT = "checkout-api on node ip-10-2-3-4.ec2.internal failed 503 times at 12:30, ask @ada about checkout-api"


def test_names_and_numbers_change_and_words_stay() -> None:
    found = rewritten(TEXT, ["checkout-api"])
    assert "checkout-api" not in found
    assert "ec2.internal" not in found
    assert "@ada" not in found
    assert "503" not in found
    assert re.fullmatch(r"(\S+) on node \S+ failed \d{3} times at \d\d:\d\d, ask @\S+ about \1", found)
    assert found == rewritten(TEXT, ["checkout-api"])


@given(st.text(max_size=200), st.lists(st.text(min_size=3, max_size=8), max_size=3))
def test_any_text_can_be_rewritten(text: str, names: list[str]) -> None:
    assert rewritten(text, names) == rewritten(text, names)


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_every_digit_differs(digits: str) -> None:
    found = rewritten(f"failed {digits} times")
    assert all(a != b for a, b in zip(found.split()[1], digits, strict=True))
