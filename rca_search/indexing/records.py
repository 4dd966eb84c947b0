"""Documents and chunks as JSON lines that are read one at a time.

A file of lines is stored with the offset of each line, so that opening an index decodes nothing and
an answer decodes only the documents it shows.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.indexing.artefacts import GRAPH, SERVICES
from rca_search.lexical.arrays import from_bytes, to_bytes
from rca_search.models import Chunk, Document, EdgeKind, Entity, Kind, Link, Relation, Role, Section
from rca_search.protocols import VerifiedFile
from rca_search.sources.aliases import paths_of
from rca_search.sources.resolve import LinkTable

_ROLES = {role: number for number, role in enumerate(Role)}


class ByteSink(Protocol):
    """Where bytes are appended."""

    def write(self, content: bytes, /) -> object:
        """Append ``content``."""


class Lines:
    """The lines of one file by number, read when they are asked for."""

    def __init__(self, content: bytes | VerifiedFile, offsets: bytes) -> None:
        """Take a file of lines and the array of where each begins (and the last ends)."""
        self._content = content
        self._offsets = load_array(offsets, np.int64)
        size = len(content) if isinstance(content, bytes) else content.size
        if self._offsets.ndim != 1 or not len(self._offsets) or self._offsets[-1] != size:
            raise IndexCorruptError("Lines and offsets do not fit together.", remedy="Build the index again.")

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Decode line ``number``."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.part(range(number, number + 1))[0]

    def part(self, numbers: range) -> list[dict[str, Any]]:
        """Decode consecutive lines."""
        return [json.loads(line) for line in self.raw(numbers)]

    def raw(self, numbers: range) -> list[bytes]:
        """Return consecutive lines as they are, ends included."""
        if not len(numbers):
            return []
        bounds = self._offsets[numbers.start : numbers.stop + 1].tolist()
        first, last = bounds[0], bounds[-1]
        content = self._content
        block = content[first:last] if isinstance(content, bytes) else content.read(first, last - first)
        return [block[a - first : b - first] for a, b in itertools.pairwise(bounds)]


class LineWriter:
    """Writes records as JSON lines and keeps where each begins."""

    def __init__(self, sink: ByteSink) -> None:
        """Take what the lines are appended to."""
        self._sink = sink
        self._offsets = array("q", [0])

    def add(self, record: Mapping[str, Any]) -> None:
        """Append one record."""
        self.take(json.dumps(record, sort_keys=True, ensure_ascii=False).encode() + b"\n")

    def take(self, line: bytes) -> None:
        """Append a line that another ``LineWriter`` wrote."""
        self._sink.write(line)
        self._offsets.append(self._offsets[-1] + len(line))

    def offsets(self) -> bytes:
        """Return the array of offsets as ``Lines`` takes it."""
        return dump_array(np.frombuffer(self._offsets, dtype=np.int64))


def dump_json(value: object) -> bytes:
    """Return ``value`` in one canonical spelling."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode()


def dump_array(array: NDArray[Any]) -> bytes:
    """Return ``array`` in NumPy's own format, without pickled objects."""
    return to_bytes(array)


def load_array(content: bytes, dtype: type[np.generic]) -> NDArray[Any]:
    """Read an array; raises IndexCorruptError where it is none or of another type."""
    return from_bytes({"array": content}, "array", dtype)


def encode_document(document: Document) -> dict[str, Any]:
    """Return ``document`` as JSON values."""
    record = asdict(document)
    record["date"] = document.date.isoformat() if document.date else None
    return record


def decode_document(record: Mapping[str, Any]) -> Document:
    """Return the document that ``encode_document`` wrote."""
    values = dict(record)
    values["date"] = dt.date.fromisoformat(values["date"]) if values["date"] else None
    values["kind"] = Kind(values["kind"])
    values["sections"] = tuple(
        Section(**{**section, "role": Role(section["role"]), "headings": tuple(section["headings"])})
        for section in values["sections"]
    )
    values["links"] = tuple(Link(**link) for link in values["links"])
    for name in ("services", "tags", "authors", "aliases"):
        values[name] = tuple(values[name])
    return Document(**values)


def role_number(role: Role) -> int:
    """Return the number that stands for ``role`` in an array: its place among all."""
    return _ROLES[role]


def encode_chunk(chunk: Chunk) -> dict[str, Any]:
    """Return ``chunk`` as JSON values."""
    return asdict(chunk)


def decode_chunk(record: Mapping[str, Any]) -> Chunk:
    """Return the chunk that ``encode_chunk`` wrote."""
    return Chunk(**{**record, "role": Role(record["role"]), "headings": tuple(record["headings"])})


_OF_SERVICES = frozenset({EdgeKind.DEPENDS_ON, EdgeKind.USED_BY})


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """What a document says of another one, of a service or of a team.

    ``link.style`` is an ``EdgeKind``. ``meanings`` are as those of ``Reference``; a name of a service or of a
    team has none where no document is called so.
    """

    source_id: str
    meanings: tuple[tuple[str, ...], ...]
    link: Link

    @property
    def kind(self) -> EdgeKind:
        """What is said."""
        return EdgeKind(self.link.style)


def encode_graph(
    documents: Sequence[Document],
    statements: Sequence[Sequence[Link]],
    entities: Sequence[Entity],
    table: LinkTable,
) -> dict[str, bytes]:
    """Return both files; ``statements`` are those of each of ``documents``, in their order."""
    records = [
        (EdgeKind(link.style), _encoded(document.id, link, table))
        for document, said in zip(documents, statements, strict=True)
        for link in said
    ]
    services = {
        "statements": [record for kind, record in records if kind in _OF_SERVICES],
        "entities": [asdict(entity) for entity in entities],
    }
    others = [record for kind, record in records if kind not in _OF_SERVICES]
    return {GRAPH: dump_json(others), SERVICES: dump_json(services)}


def decode_statements(records: Iterable[Sequence[Any]]) -> tuple[StoredStatement, ...]:
    """Return the statements; raises IndexCorruptError where they cannot be read."""
    try:
        return tuple(
            StoredStatement(
                source, tuple(map(tuple, meanings)), Link(target, label, section, line, EdgeKind(style))
            )
            for source, style, target, label, section, line, meanings in records
        )
    except (ValueError, TypeError, IndexError) as error:
        raise IndexCorruptError("The link graph cannot be read.", remedy="Build the index again.") from error


def decode_graph(content: bytes) -> tuple[StoredStatement, ...]:
    """Return the statements of ``graph.json``."""
    return decode_statements(json.loads(content))


def decode_services(content: bytes) -> tuple[tuple[StoredStatement, ...], tuple[Entity, ...]]:
    """Return the statements on dependencies and the entities of ``services.json``."""
    body = json.loads(content)
    return decode_statements(body["statements"]), tuple(map(_entity, body["entities"]))


def by_source(statements: Iterable[StoredStatement]) -> Mapping[str, tuple[Link, ...]]:
    """Return what each document says, in the order of its lines."""
    found: dict[str, list[Link]] = {}
    for statement in statements:
        found.setdefault(statement.source_id, []).append(statement.link)
    return {
        source: tuple(sorted(links, key=lambda link: (link.line, link.style, link.target)))
        for source, links in found.items()
    }


def _encoded(source: str, link: Link, table: LinkTable) -> list[object]:
    if link.style == EdgeKind.URL:
        meanings = table.meanings_of_url(source, paths_of(link.target))
    else:
        meanings = table.meanings(source, link.target)
    return [source, str(link.style), link.target, link.label, link.section, link.line, meanings]


def _entity(record: Mapping[str, Any]) -> Entity:
    relations = tuple(
        Relation(**{**relation, "kind": EdgeKind(relation["kind"])}) for relation in record["relations"]
    )
    return Entity(**{**record, "relations": relations})
