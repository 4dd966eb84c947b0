"""Examples of the link graph and of gaps that stand in the OpenAPI description, from ``examples/vault``."""

from __future__ import annotations

from typing import Any

from rca_search.api.samples import SIMILAR

_STATE = {name: SIMILAR[name] for name in ("index_version", "freshness")}
_NOTE = "Services/billing-batch"

GRAPH: dict[str, Any] = {
    **_STATE,
    "id": _NOTE,
    "depth": 1,
    "nodes": [
        {
            "id": _NOTE,
            "kind": "service",
            "title": "billing-batch",
            "document": True,
            "distance": 0,
            "near": [],
        },
        {
            "id": "Services/pricing",
            "kind": "service",
            "title": "pricing",
            "document": True,
            "distance": 1,
            "near": [],
        },
        {
            "id": "missing:billing-restart",
            "kind": "missing",
            "title": "billing-restart",
            "document": False,
            "distance": 1,
            "near": [],
        },
    ],
    "edges": [
        {
            "source": _NOTE,
            "target": "Services/pricing",
            "kind": "link",
            "path": f"{_NOTE}.md",
            "line": 10,
            "written": "pricing",
        },
        {
            "source": _NOTE,
            "target": "missing:billing-restart",
            "kind": "link",
            "path": f"{_NOTE}.md",
            "line": 12,
            "written": "billing-restart",
        },
    ],
    "left_out": 0,
}

GAPS: dict[str, Any] = {
    **_STATE,
    "stale_from": 3,
    "total": 6,
    "dangling_links": [
        {
            "source_id": _NOTE,
            "path": f"{_NOTE}.md",
            "line": 12,
            "target": "billing-restart",
            "candidates": [],
            "near": [],
        }
    ],
    "stale_runbooks": [
        {
            "id": "Runbooks/label-service-ops",
            "title": "label-service runbook",
            "path": "Runbooks/label-service-ops.md",
            "age": {
                "last_updated": "2025-11-30",
                "line": 4,
                "incidents_since": 6,
                "last_incident": "2026-10-06",
            },
        }
    ],
    "uncovered_services": [{"service": "parcel-db", "incidents": 2, "last_incident": "2025-11-15"}],
    "unlinked_runbooks": [
        {"id": "Runbooks/hub-gateway", "title": "Hub gateway boxes", "path": "Runbooks/hub-gateway.md"}
    ],
    "uncovered_families": [
        {
            "family": "f-b8ace7e8e8",
            "name": "2025-07-22 Addresses are not found",
            "incidents": 2,
            "first": "2025-07-22",
            "last": "2026-05-27",
            "services": ["route-planner"],
            "service_runbooks": [],
        }
    ],
    "unclosed_actions": [
        {
            "incident": "RCAs/2025-05-12-parcel-db-disk-wal",
            "path": "RCAs/2025-05-12-parcel-db-disk-wal.md",
            "date": "2025-05-12",
            "overdue": True,
            "action": {
                "line": 55,
                "last_line": 55,
                "text": "Check-list for switching off a CDC consumer",
                "status": "open",
                "owner": "Data",
                "priority": "P3",
                "due": "2025-07-01",
            },
        }
    ],
    "unrecorded_actions": 12,
}
