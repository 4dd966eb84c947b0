"""A bounded memory of what was worked out lately, shared by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class LruCache(Generic[Key, Value]):
    """Keeps the values used last, at most ``capacity`` of them; a capacity of 0 keeps none.

    Where ``size`` is given, the capacity is that of their sizes together; what is larger alone is not kept.
    """

    def __init__(self, capacity: int, size: Callable[[Value], int] = _one) -> None:
        """Start with nothing; raises ValueError on a negative capacity."""
        if capacity < 0:
            raise ValueError(f"a capacity of {capacity}")
        self._capacity = capacity
        self._size = size
        self._used = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Count the values kept."""
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """Return the value of ``key``, or None where it is not kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep ``value``; what was used longest ago goes."""
        with self._lock:
            if key in self._values:
                self._used -= self._size(self._values.pop(key))
            if self._size(value) > self._capacity:
                return
            self._values[key] = value
            self._used += self._size(value)
            while self._used > self._capacity:
                self._used -= self._size(self._values.popitem(last=False)[1])

    def get_or_make(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of ``key``, made where it is not kept, at worst by several threads at once."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found
