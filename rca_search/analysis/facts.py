"""What each incident says of itself, read once by the build that first meets it."""

from __future__ import annotations

import io
from collections.abc import Mapping

from rca_search.indexing.records import LineWriter
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.facts import read_facts
from rca_search.insight.recorded_facts import FACTS, NO_INCIDENT, OFFSETS, RecordedFacts, encode_facts
from rca_search.models import Document, Kind


def record_facts(snapshot: Snapshot, before: Snapshot | None) -> Mapping[str, bytes]:
    """Return the facts of all incidents, those of documents that stand in ``before`` as they are there."""
    sink = io.BytesIO()
    writer, known = LineWriter(sink), _Known(before)
    for ordinal in range(len(snapshot.catalogue)):
        line = known.line(snapshot.catalogue.ids[ordinal], snapshot.document_line(ordinal))
        writer.take(_read(snapshot.document(ordinal)) if line is None else line)
    return {FACTS: sink.getvalue(), OFFSETS: writer.offsets()}


def _read(document: Document) -> bytes:
    return encode_facts(read_facts(document)) if document.kind is Kind.INCIDENT else NO_INCIDENT


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
