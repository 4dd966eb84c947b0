"""What the link graph is made from, as it is stored beside the plain links.

``graph.json`` has the statements of documents, ``services.json`` what an answer needs at once: the entities
of service catalogues and the dependencies that notes on services state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rca_search.errors import IndexCorruptError
from rca_search.indexing.records import dump_json
from rca_search.models import Document, EdgeKind, Entity, Link, Relation
from rca_search.sources.mentions import paths_of
from rca_search.sources.resolve import LinkTable

GRAPH = "graph.json"
SERVICES = "services.json"

_OF_SERVICES = frozenset({EdgeKind.DEPENDS_ON, EdgeKind.USED_BY})


@dataclass(frozen=True, slots=True)
class Statement:
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


def decode_statements(records: Iterable[Sequence[Any]]) -> tuple[Statement, ...]:
    """Return the statements; raises IndexCorruptError where they cannot be read."""
    try:
        return tuple(
            Statement(
                source, tuple(map(tuple, meanings)), Link(target, label, section, line, EdgeKind(style))
            )
            for source, style, target, label, section, line, meanings in records
        )
    except (ValueError, TypeError, IndexError) as error:
        raise IndexCorruptError("The link graph cannot be read.", remedy="Build the index again.") from error


def decode_graph(content: bytes) -> tuple[Statement, ...]:
    """Return the statements of ``graph.json``."""
    return decode_statements(json.loads(content))


def decode_services(content: bytes) -> tuple[tuple[Statement, ...], tuple[Entity, ...]]:
    """Return the statements on dependencies and the entities of ``services.json``."""
    body = json.loads(content)
    return decode_statements(body["statements"]), tuple(map(_entity, body["entities"]))


def by_source(statements: Iterable[Statement]) -> Mapping[str, tuple[Link, ...]]:
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
