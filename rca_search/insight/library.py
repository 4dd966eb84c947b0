"""One version of the index with what answers ask of it again and again, worked out once and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.models import Chunk, Document, Kind
from rca_search.ranking.service_names import Runbook, RunbookServices, ServiceNames
from rca_search.recent import Recent
from rca_search.views import View

_VIEWS = 64
_DOCUMENTS = 256


class Library:
    """A snapshot, the services that exist in each view of it, and the documents shown last."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot; nothing is worked out before it is asked for."""
        self.snapshot = snapshot
        self._services: Recent[str, RunbookServices] = Recent(_VIEWS)
        self._documents: Recent[int, tuple[Document, Mapping[int, Chunk]]] = Recent(_DOCUMENTS)

    def read(self, ordinal: int) -> tuple[Document, Mapping[int, Chunk]]:
        """Return a document and its chunks by ordinal."""
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

    def _decoded(self, ordinal: int) -> tuple[Document, Mapping[int, Chunk]]:
        return self.snapshot.document(ordinal), self.snapshot.chunks_by_ordinal(ordinal)

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
