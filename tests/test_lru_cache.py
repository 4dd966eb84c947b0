"""What is remembered, and what goes first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rca_search.lru_cache import LruCache


def test_what_was_used_longest_ago_goes_first() -> None:
    recent: LruCache[str, int] = LruCache(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c"), len(recent)) == (1, None, 3, 2)
    recent.put("a", 4)
    recent.put("d", 5)
    assert (recent.get("a"), recent.get("c"), recent.get("d")) == (4, None, 5)


def test_a_capacity_of_zero_keeps_nothing_and_a_negative_one_is_refused() -> None:
    recent: LruCache[int, int] = LruCache(0)
    assert recent.get_or_make(1, lambda: 7) == 7
    assert (len(recent), recent.get(1)) == (0, None)
    with pytest.raises(ValueError, match="capacity"):
        LruCache(-1)


def test_a_value_is_made_once_while_it_is_kept() -> None:
    made: list[int] = []
    recent: LruCache[int, list[int]] = LruCache(3)

    def make() -> list[int]:
        made.append(1)
        return []

    assert recent.get_or_make(1, make) is recent.get_or_make(1, make)
    assert len(made) == 1


def test_a_make_that_fails_keeps_nothing() -> None:
    recent: LruCache[int, int] = LruCache(3)
    with pytest.raises(ZeroDivisionError):
        recent.get_or_make(1, lambda: 1 // 0)
    assert recent.get_or_make(1, lambda: 2) == 2


def test_threads_at_once_never_exceed_the_capacity() -> None:
    recent: LruCache[int, int] = LruCache(8)
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for number in range(2000):
            key = (number * (seed + 1)) % 31
            assert recent.get_or_make(key, lambda key=key: key * 2) == key * 2
            assert len(recent) <= 9

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(recent) == 8


def test_sizes_together_stay_within_the_capacity() -> None:
    recent: LruCache[str, str] = LruCache(6, len)
    recent.put("a", "xxx")
    recent.put("b", "yyy")
    recent.put("a", "x")
    recent.put("c", "zz")
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == ("x", "yyy", "zz")
    recent.put("d", "w")
    assert (recent.get("a"), recent.get("b"), len(recent)) == (None, "yyy", 3)


def test_what_is_larger_than_the_capacity_pushes_nothing_out() -> None:
    recent: LruCache[str, str] = LruCache(3, len)
    recent.put("a", "x")
    recent.put("b", "y")
    recent.put("b", "yyyy")
    assert (recent.get("a"), recent.get("b"), len(recent)) == ("x", None, 1)
