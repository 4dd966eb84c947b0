"""The link graph and the gaps turned into what ``--json`` prints; the shapes are in ``graph_shapes``."""

from __future__ import annotations

import datetime as dt

from rca_search.cli import facts_json
from rca_search.cli.graph_shapes import EdgeShape, GapsShape, GraphShape, NodeShape, RunbookAgeShape
from rca_search.cli.shape_types import SCHEMA_VERSION
from rca_search.models import Edge, Freshness, Gaps, Neighbourhood, Node, RunbookAge


def graph(found: Neighbourhood, freshness: Freshness) -> GraphShape:
    """Return what ``show --graph --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "index_version": freshness.version,
        "id": found.center.id,
        "depth": found.depth,
        "nodes": [_node(*pair) for pair in zip(found.nodes, found.distances, strict=True)],
        "edges": [_edge(edge) for edge in found.edges],
        "left_out": found.left_out,
    }


def gaps(found: Gaps, freshness: Freshness, as_of: dt.date | None) -> GapsShape:
    """Return what ``gaps --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "index_version": freshness.version,
        "as_of": _day(as_of),
        "stale_from": found.stale_from,
        "total": found.total,
        "dangling_links": [
            {
                "source_id": link.source_id,
                "path": link.path,
                "line": link.line,
                "target": link.target,
                "candidates": list(link.candidates),
                "near": list(link.near),
            }
            for link in found.dangling_links
        ],
        "stale_runbooks": [
            {"id": book.document_id, "title": book.title, "path": book.path, "age": age(book.age)}
            for book in found.stale_runbooks
        ],
        "uncovered_services": [
            {"service": one.service, "incidents": one.incidents, "last_incident": _day(one.last_incident)}
            for one in found.uncovered_services
        ],
        "unlinked_runbooks": [
            {"id": book.document_id, "title": book.title, "path": book.path}
            for book in found.unlinked_runbooks
        ],
        "uncovered_families": [
            {
                "family": one.family,
                "name": one.name,
                "incidents": one.incidents,
                "first": _day(one.first),
                "last": _day(one.last),
                "services": list(one.services),
                "service_runbooks": list(one.service_runbooks),
            }
            for one in found.uncovered_families
        ],
        "unclosed_actions": [
            {
                "incident": one.document_id,
                "path": one.path,
                "date": _day(one.date),
                "overdue": one.overdue,
                "action": facts_json.action(one.item),
            }
            for one in found.unclosed_actions
        ],
        "unrecorded_actions": found.unrecorded_actions,
    }


def age(found: RunbookAge) -> RunbookAgeShape:
    """Return when a runbook was updated and what has happened since."""
    return {
        "last_updated": _day(found.last_updated),
        "line": found.line,
        "incidents_since": found.incidents_since,
        "last_incident": _day(found.last_incident),
    }


def _node(node: Node, distance: int) -> NodeShape:
    return {
        "id": node.id,
        "kind": node.kind.value,
        "title": node.title,
        "document": node.document,
        "distance": distance,
        "near": list(node.near),
    }


def _edge(edge: Edge) -> EdgeShape:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind.value,
        "path": edge.path,
        "line": edge.line,
        "written": edge.written,
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
