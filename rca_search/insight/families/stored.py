"""What a build keeps of families: ``families.json`` and the signatures beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rca_search.errors import IndexCorruptError
from rca_search.insight.families.grouping import Group
from rca_search.insight.families.pair_model import PairModel
from rca_search.insight.families.signatures import Signatures

FAMILIES = "families.json"
SIGNATURES = "families.signatures.npy"


@dataclass(frozen=True, slots=True)
class StoredFamilies:
    """Families of all documents, and what those of a view are worked out with.

    ``incidents`` are the ordinals of the documents that count, ascending: incidents that are no planned
    maintenance; ``groups`` hold places in it, and so do ``minutes`` (durations). ``bounds`` are the columns
    of the signatures' parts.
    """

    incidents: tuple[int, ...]
    minutes: tuple[int | None, ...]
    groups: tuple[Group, ...]
    model: PairModel
    bounds: Mapping[str, tuple[int, int]]

    @classmethod
    def open(cls, content: bytes, documents: int) -> StoredFamilies:
        """Read what ``to_bytes`` gave; raises IndexCorruptError where it does not fit ``documents``."""
        try:
            body = json.loads(content)
            stored = cls(
                incidents=tuple(map(int, body["incidents"])),
                minutes=tuple(body["minutes"]),
                groups=tuple(tuple(map(int, group)) for group in body["groups"]),
                model=PairModel.from_json(body["model"]),
                bounds={name: (int(first), int(end)) for name, (first, end) in body["bounds"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged() from error
        places = range(len(stored.incidents))
        fits = list(stored.incidents) == sorted(set(stored.incidents)) and len(stored.minutes) == len(places)
        if not fits or not all(0 <= ordinal < documents for ordinal in stored.incidents):
            raise _damaged()
        if not all(place in places for group in stored.groups for place in group):
            raise _damaged()
        return stored

    def to_bytes(self) -> bytes:
        """Return everything but the signatures, as JSON in one canonical spelling."""
        body: dict[str, Any] = {
            "incidents": list(self.incidents),
            "minutes": list(self.minutes),
            "groups": [list(group) for group in self.groups],
            "model": self.model.to_json(),
            "bounds": {name: list(pair) for name, pair in self.bounds.items()},
        }
        return json.dumps(body, sort_keys=True).encode()

    def signatures(self, content: bytes) -> Signatures:
        """Read the signatures, one row for each incident that counts."""
        found = Signatures.open(content, self.bounds)
        if len(found) != len(self.incidents):
            raise _damaged()
        return found


def folder_numbers(ids: Sequence[str]) -> list[int]:
    """Return for each id the number of the folder it lies in, in the order in which folders appear."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name.rpartition("/")[0], len(numbers)) for name in ids]


def _damaged() -> IndexCorruptError:
    return IndexCorruptError("The families of the version cannot be read.", remedy="Build the index again.")
