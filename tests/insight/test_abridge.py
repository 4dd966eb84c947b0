"""The most telling part of a text that is too long: bounded, in order, and never just its beginning."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.insight.understanding.abridge import ROOM, abridged, telling
from rca_search.lexical.tokens import tokenize

HAY = [f"request {n} of session {n * 7919} took {n % 90} ms, cache warm, worker {n % 7}" for n in range(2500)]
NEEDLE = "TLS handshake with the payment partner failed: certificate has expired"


@pytest.mark.parametrize("place", [0, 40, 1200, 2499])
def test_the_one_line_that_tells_is_kept_wherever_it_stands(place: int) -> None:
    lines = [*HAY[:place], NEEDLE, *HAY[place + 1 :]]
    kept = abridged("\n".join(lines))
    assert NEEDLE in kept.split("\n")
    assert len(kept) <= ROOM
    assert kept.startswith(lines[0])
    # All others differ in nothing but numbers: one of them stands for all.
    assert len(kept.split("\n")) == 2


def test_lines_stay_in_their_order_and_as_they_are() -> None:
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{line}" for n, line in enumerate(HAY)]
    kept = abridged("\n".join(words)).split("\n")
    assert len(kept) > 100
    assert [words.index(line) for line in kept] == sorted(words.index(line) for line in kept)


def test_a_short_text_stays_as_it_is() -> None:
    text = "\n  odd   spacing \r\n\n" * 3
    assert abridged(text) == text


def test_what_repeats_is_taken_once() -> None:
    opening = "x " * 400
    assert telling([opening, *["cache warm"] * 50, "the pool is empty"], room=5000) == [
        opening,
        "cache warm",
        "the pool is empty",
    ]


def test_one_line_without_end_is_cut_at_words() -> None:
    words = " ".join(f"word{n}" for n in range(30_000))
    kept = abridged(words)
    assert 0 < len(kept) <= ROOM
    assert set(kept.split()) <= set(words.split())


@given(st.lists(st.text(min_size=1), min_size=1), st.integers(1, 2000), st.integers(1, 20))
def test_both_limits_hold_beyond_the_opening(pieces: list[str], room: int, most: int) -> None:
    kept = telling(pieces, room=room, most=most)
    assert kept
    opening = telling(pieces, room=room, most=0)
    assert kept[: len(opening)] == opening
    assert len(kept) <= max(most, len(opening))
    assert sum(len(piece) + 1 for piece in kept) <= max(room, len(pieces[0]) + 1)
    terms = {term for piece in pieces for term in tokenize(piece)}
    assert {term for piece in kept for term in tokenize(piece)} <= terms


def test_time_stays_close_to_linear() -> None:
    text = "\n".join(f"a{n} b{n * 31} c{n * 17}" for n in range(12_000))
    started = time.perf_counter()
    abridged(text)
    assert time.perf_counter() - started < 5
