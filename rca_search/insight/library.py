"""One version of the index with what answers ask of it again and again, worked out once and kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rca_search.errors import IndexCorruptError
from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.models import Chunk, Document, Kind, Role
from rca_search.ranking.calibration import Calibration, default_calibration
from rca_search.ranking.feedback import shift
from rca_search.ranking.fusion import Floats
from rca_search.ranking.service_names import Runbook, RunbookServices, ServiceNames
from rca_search.recent import Recent
from rca_search.views import View

_log = logging.getLogger(__name__)

_VIEWS = 64
_DOCUMENTS = 256


_ASIDE = frozenset({Role.TITLE, Role.RELATED, Role.ACTIONS, Role.LESSONS})
"""Parts that make a poor passage to show: they do not tell what happened."""

_FIELD = re.compile(
    r"(?:- )?(?:date|severity|services?|authors?|owners?|status|duration|tags|team)\b[^:]{0,20}:.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its chunks by ordinal, and which of these can be shown as passages of it."""

    document: Document
    chunks: Mapping[int, Chunk]
    lines: Sequence[str]
    telling: Sequence[int]

    @classmethod
    def of(cls, document: Document, chunks: Mapping[int, Chunk]) -> Entry:
        """Join a document and its chunks."""
        telling = [row for row, chunk in chunks.items() if _tells(chunk)] or list(chunks)
        return cls(document, chunks, document.text.split("\n"), telling)

    def excerpt(self, chunk: Chunk) -> str:
        """Return the lines of ``chunk`` exactly as they stand in the file."""
        return "\n".join(self.lines[chunk.first_line - 1 : chunk.last_line])


class Library:
    """A snapshot, the services that exist in each view of it, and the documents shown last."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot; nothing is worked out before it is asked for."""
        self.snapshot = snapshot
        self._services: Recent[str, RunbookServices] = Recent(_VIEWS)
        self._documents: Recent[int, Entry] = Recent(_DOCUMENTS)

    @cached_property
    def calibration(self) -> Calibration:
        """What turns features into probabilities: the index's own where one fits, or the default."""
        content = self.snapshot.calibration
        if content is None:
            return default_calibration()
        try:
            own = Calibration.from_bytes(content)
        except (ValueError, KeyError, TypeError) as error:
            raise IndexCorruptError(
                f"The calibration of the index cannot be read ({error}).", remedy="Run: rca-search calibrate"
            ) from error
        if own is None:
            _log.warning(
                "The index's own calibration was made by another version of rca-search; the default is used. "
                "Run: rca-search calibrate"
            )
        return own or default_calibration()

    def read(self, ordinal: int) -> Entry:
        """Return the document at ``ordinal`` with its chunks."""
        return self._documents.get_or_make(ordinal, lambda: self._decoded(ordinal))

    def services(self, view: View) -> RunbookServices:
        """Return the services of the visible documents and the visible runbooks of each."""
        return self._services.get_or_make(view.key, lambda: self._measured(view))

    @cached_property
    def references_from(self) -> Mapping[str, Sequence[Reference]]:
        """The links of each document that has any, in order."""
        found: dict[str, list[Reference]] = {}
        for reference in self.snapshot.references:
            found.setdefault(reference.source_id, []).append(reference)
        return found

    @cached_property
    def shifts(self) -> Floats:
        """What votes add to the total of each document, by ordinal."""
        shifts = np.zeros(len(self.snapshot.catalogue), dtype=np.float64)
        for name, standing in self.snapshot.standings.items():
            shifts[self.snapshot.ordinals[name]] = shift(standing)
        return shifts

    def _decoded(self, ordinal: int) -> Entry:
        return Entry.of(self.snapshot.document(ordinal), self.snapshot.chunks_by_ordinal(ordinal))

    def _measured(self, view: View) -> RunbookServices:
        catalogue = self.snapshot.catalogue
        visible = np.flatnonzero(view.documents).tolist()
        runbooks = np.flatnonzero(view.documents & self.snapshot.of_kind(Kind.RUNBOOK)).tolist()
        return RunbookServices(
            (
                Runbook(
                    ordinal,
                    catalogue.services[ordinal],
                    catalogue.tags[ordinal],
                    catalogue.ids[ordinal].rsplit("/", 1)[-1],
                )
                for ordinal in runbooks
            ),
            ServiceNames(name for ordinal in visible for name in catalogue.services[ordinal]),
        )


def _tells(chunk: Chunk) -> bool:
    """Tell whether a chunk can be shown as a passage: it tells what happened, and is no list of fields."""
    if chunk.role in _ASIDE:
        return False
    return not all(_FIELD.fullmatch(line) for line in chunk.text.split("\n"))
