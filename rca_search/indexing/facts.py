"""Facts of incidents as a build records them: one line for each document, so that an answer reads a few."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rca_search.errors import IndexCorruptError
from rca_search.indexing.artefacts import FACT_OFFSETS, FACTS
from rca_search.indexing.records import Lines, LineWriter
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import (
    ActionItem,
    ActionStatus,
    Document,
    DurationBasis,
    Extract,
    IncidentDuration,
    IncidentFacts,
    Kind,
)

NO_INCIDENT = b"null\n"
"""The line of a document that is no incident."""


class RecordedFacts:
    """The facts of the incidents of one version."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Open the records of ``snapshot``; raises IndexCorruptError where they do not fit it."""
        self._snapshot = snapshot
        content, offsets = snapshot.learned_file(FACTS), snapshot.learned(FACT_OFFSETS)
        if content is None or offsets is None:
            raise IndexCorruptError(f"The version lacks the file {FACTS}.", remedy="Build the index again.")
        self._lines = Lines(content, offsets)
        if len(self._lines) != len(snapshot.catalogue):
            raise IndexCorruptError(
                "Facts and documents do not fit together.", remedy="Build the index again."
            )

    def of(self, ordinal: int) -> IncidentFacts:
        """Return what the document at ``ordinal`` says of its incident."""
        if self.line(ordinal) == NO_INCIDENT:
            return facts_in(self._snapshot.document(ordinal))
        return decode_facts(self._lines[ordinal])

    def line(self, ordinal: int) -> bytes:
        """Return the record of the document at ``ordinal`` as it is stored."""
        return self._lines.raw(range(ordinal, ordinal + 1))[0]


def facts_in(document: Document) -> IncidentFacts:
    """Read the facts of ``document`` from its text."""
    from rca_search.facts import read_facts  # its patterns take 70 ms to compile; most answers need none

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


def record_facts(snapshot: Snapshot, before: Snapshot | None) -> Mapping[str, bytes]:
    """Return the facts of all incidents, those of documents that stand in ``before`` as they are there."""
    sink = io.BytesIO()
    writer, known = LineWriter(sink), _Known(before)
    for ordinal in range(len(snapshot.catalogue)):
        line = known.line(snapshot.catalogue.ids[ordinal], snapshot.document_line(ordinal))
        writer.take(_read(snapshot.document(ordinal)) if line is None else line)
    return {FACTS: sink.getvalue(), FACT_OFFSETS: writer.offsets()}


def _read(document: Document) -> bytes:
    return encode_facts(facts_in(document)) if document.kind is Kind.INCIDENT else NO_INCIDENT


class _Known:
    """The facts that a published version recorded, by document."""

    def __init__(self, before: Snapshot | None) -> None:
        self._before = before
        self._recorded = None if before is None else RecordedFacts(before)

    def line(self, name: str, document: bytes) -> bytes | None:
        """Return the line of the document called ``name`` where it is stored as ``document``, or None."""
        ordinal = None if self._before is None else self._before.ordinals.get(name)
        if ordinal is None or self._before is None or self._recorded is None:
            return None
        same = self._before.document_line(ordinal) == document
        return self._recorded.line(ordinal) if same else None
