"""What changed between the sources and the published version: a pure comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Document ids by what happened to them since the published version, each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Tell whether no document differs."""
        return not (self.added or self.changed or self.removed)


def compare(published: Mapping[str, str], sources: Mapping[str, str]) -> Plan:
    """Compare two maps of document id to sha256 of the file."""
    return Plan(
        added=tuple(sorted(sources.keys() - published.keys())),
        changed=tuple(sorted(i for i in sources.keys() & published.keys() if sources[i] != published[i])),
        removed=tuple(sorted(published.keys() - sources.keys())),
    )
