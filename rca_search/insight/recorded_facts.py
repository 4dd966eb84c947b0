"""Facts of incidents as a build records them: one line for each document, so that an answer reads a few."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rca_search.errors import IndexCorruptError
from rca_search.indexing.records import Lines
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import (
    ActionItem,
    ActionStatus,
    Document,
    DurationBasis,
    Extract,
    IncidentDuration,
    IncidentFacts,
)

FACTS = "facts.jsonl"
OFFSETS = "facts.offsets.npy"

NO_INCIDENT = b"null\n"
"""The line of a document that is no incident."""


class RecordedFacts:
    """The facts of the incidents of one version; read from the document where the build recorded none."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the version, which may be one that an older program built."""
        self._snapshot = snapshot
        content, offsets = snapshot.learned_file(FACTS), snapshot.learned(OFFSETS)
        self._lines = None if content is None or offsets is None else Lines(content, offsets)
        if self._lines is not None and len(self._lines) != len(snapshot.catalogue):
            raise IndexCorruptError(
                "Facts and documents do not fit together.", remedy="Build the index again."
            )

    def of(self, ordinal: int) -> IncidentFacts:
        """Return what the document at ``ordinal`` says of its incident."""
        recorded = None if self._lines is None else self._lines[ordinal]
        return facts_in(self._snapshot.document(ordinal)) if recorded is None else decode_facts(recorded)

    def line(self, ordinal: int) -> bytes | None:
        """Return the record of the document at ``ordinal`` as it is stored, or None where none was made."""
        return None if self._lines is None else self._lines.raw(range(ordinal, ordinal + 1))[0]


def facts_in(document: Document) -> IncidentFacts:
    """Read the facts of ``document`` from its text."""
    from rca_search.insight.facts import (
        read_facts,
    )  # its patterns take 70 ms to compile; most answers need none

    return read_facts(document)


def encode_facts(facts: IncidentFacts) -> bytes:
    """Return the line that is stored for an incident with these facts."""
    record = asdict(facts)
    for action in record["actions"]:
        action["due"] = action["due"].isoformat() if action["due"] else None
    return json.dumps(record, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def decode_facts(record: Mapping[str, Any]) -> IncidentFacts:
    """Return the facts that ``encode_facts`` wrote; raises IndexCorruptError where they are none."""
    try:
        return IncidentFacts(
            resolution=_extracts(record["resolution"]),
            attempts=_extracts(record["attempts"]),
            causes=_extracts(record["causes"]),
            symptoms=_extracts(record["symptoms"]),
            duration=_duration(record["duration"]),
            actions=tuple(_action(each) for each in record["actions"]),
            services=tuple(record["services"]),
            resolved_by=tuple(record["resolved_by"]),
            planned=bool(record["planned"]),
            deeds=tuple(record["deeds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IndexCorruptError(
            "Facts of an incident cannot be read.", remedy="Build the index again."
        ) from error


def _extracts(records: Sequence[Mapping[str, Any]]) -> tuple[Extract, ...]:
    return tuple(Extract(**each) for each in records)


def _duration(record: Mapping[str, Any]) -> IncidentDuration:
    return IncidentDuration(**{**record, "basis": DurationBasis(record["basis"])})


def _action(record: Mapping[str, Any]) -> ActionItem:
    due = record["due"]
    return ActionItem(
        **{
            **record,
            "status": ActionStatus(record["status"]),
            "due": dt.date.fromisoformat(due) if due else None,
        }
    )
