"""What is known of each document without opening it: one small file of columns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from rca_search.errors import IndexCorruptError
from rca_search.models import Document, Kind

_COLUMNS = ("ids", "kinds", "titles", "dates", "severities", "services", "tags", "sha256", "names", "paths")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Columns with one entry per document ordinal; ordinals follow the ids in sorted order.

    ``names`` are the look-up aliases of a document besides its id, ``paths`` the files below their folders.
    """

    ids: tuple[str, ...]
    kinds: tuple[Kind, ...]
    titles: tuple[str, ...]
    dates: tuple[dt.date | None, ...]
    severities: tuple[str | None, ...]
    services: tuple[tuple[str, ...], ...]
    tags: tuple[tuple[str, ...], ...]
    sha256: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...]

    @classmethod
    def of(cls, documents: Sequence[Document], names: Sequence[tuple[str, ...]]) -> Catalogue:
        """Collect the columns of ``documents``, which are sorted by id."""
        return cls(
            ids=tuple(document.id for document in documents),
            kinds=tuple(document.kind for document in documents),
            titles=tuple(document.title for document in documents),
            dates=tuple(document.date for document in documents),
            severities=tuple(document.severity for document in documents),
            services=tuple(document.services for document in documents),
            tags=tuple(document.tags for document in documents),
            sha256=tuple(document.sha256 for document in documents),
            names=tuple(names),
            paths=tuple(document.path for document in documents),
        )

    def to_bytes(self) -> bytes:
        """Return the columns as JSON."""
        columns = {name: list(getattr(self, name)) for name in _COLUMNS}
        columns["dates"] = [date.isoformat() if date else None for date in self.dates]
        return json.dumps(columns, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Catalogue:
        """Read the columns; raises IndexCorruptError where they do not fit together."""
        try:
            columns = json.loads(content)
            catalogue = cls(
                ids=tuple(columns["ids"]),
                kinds=tuple(Kind(kind) for kind in columns["kinds"]),
                titles=tuple(columns["titles"]),
                dates=tuple(dt.date.fromisoformat(date) if date else None for date in columns["dates"]),
                severities=tuple(columns["severities"]),
                services=tuple(tuple(entry) for entry in columns["services"]),
                tags=tuple(tuple(entry) for entry in columns["tags"]),
                sha256=tuple(columns["sha256"]),
                names=tuple(tuple(entry) for entry in columns["names"]),
                paths=tuple(columns["paths"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise IndexCorruptError(
                "The catalogue cannot be read.", remedy="Build the index again."
            ) from error
        if len({len(getattr(catalogue, name)) for name in _COLUMNS}) != 1:
            raise IndexCorruptError(
                "The columns of the catalogue differ in length.", remedy="Build the index again."
            )
        return catalogue

    def __len__(self) -> int:
        """Count the documents."""
        return len(self.ids)
