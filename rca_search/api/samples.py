"""Examples that stand in the OpenAPI description, shortened from answers over ``examples/vault``."""

from __future__ import annotations

from typing import Any

_ID = "RCAs/2025-12-16-conntrack-table-full"
_RUNBOOK = "Runbooks/dns-latency"
_VERSION = "0000000001-765c17e0f1b6"

ANSWER_ID = (
    "eNo1i8EOwiAQRP9lz5CyWCDtzfQPvDY9sAtcSmiUVmOM_y4mOoc5zHvzggojCrjCCL7nk2OrPNLATvWkgzORCLVNg0"
    "cHAh5NM0mxDoN3FLE9bJvvbVb_oHTWMLqoEtKXBhjnGS7TuXZaaSNRS7SSt1L2m-dV7p5ylOnIGURpvYhmH4W2ba1d"
    "KFVmv8fCzx9d3h_vhDP5.ziBGLulA1X1RS9Voy41sHQ"
)
_FRESHNESS: dict[str, Any] = {
    "published_at": "2026-11-23T14:40:11Z",
    "checked_at": "2026-11-23T18:00:04Z",
    "source_revision": "bfdd10312edc818f121450718a45e2042dbcd5a7",
    "stale": False,
}
_HEAD: dict[str, Any] = {
    "id": _ID,
    "url": f"/v1/incidents/{_ID}",
    "title": "Random timeouts to everything from workers-b",
    "date": "2025-12-16",
    "severity": "SEV2",
    "services": ["label-service", "notify", "checkout-web"],
    "tags": ["network", "conntrack", "latency"],
    "status": "resolved",
    "duration_minutes": 83,
    "authors": ["Yusuf"],
    "path": f"{_ID}.md",
}
_SYMPTOM = (
    "From 12:22 UTC p99 of label-service jumps to values of 1 s, 3 s, 7 s. Only pods on four nodes of the "
    "pool `workers-b`. Partner calls, database, all the same."
)
_MITIGATION = "- 13:31 importer paused by its operator\n- 13:45 all curves normal"
_FIX = "1. Node without a ready `node-local-dns` pod: repair that first"

_EVIDENCE: dict[str, Any] = {
    "pairs": [
        {
            "asked": {
                "path": None,
                "line": 2,
                "start": 0,
                "end": 55,
                "text": "same as with the database, only from nodes of workers-b",
                "highlights": [
                    {"line": 2, "start": 37, "end": 42},
                    {"line": 2, "start": 46, "end": 55},
                ],
            },
            "told": {
                "path": f"{_ID}.md",
                "line": 14,
                "start": 70,
                "end": 118,
                "text": "Only pods on four nodes of the pool `workers-b`.",
                "highlights": [
                    {"line": 14, "start": 88, "end": 93},
                    {"line": 14, "start": 107, "end": 116},
                ],
            },
            "role": "symptom",
            "score": 9.304037,
        }
    ],
    "identifiers": [],
    "reasons": [
        {"kind": "words", "subject": "workers-b", "detail": ""},
        {"kind": "role", "subject": "symptom", "detail": ""},
    ],
    "differences": [],
}
_EXTRACT: dict[str, Any] = {"first_line": 36, "last_line": 37, "text": _MITIGATION, "source": "section"}
_ACTION: dict[str, Any] = {
    "line": 42,
    "last_line": 42,
    "text": "alert on conntrack entries above 80 % of the maximum",
    "status": "open",
    "owner": "infra",
    "priority": None,
    "due": "2026-01-31",
}
_FACTS: dict[str, Any] = {
    "resolution": [_EXTRACT],
    "attempts": [],
    "causes": [],
    "symptoms": [{"first_line": 14, "last_line": 14, "text": _SYMPTOM, "source": "section"}],
    "duration": {"minutes": 83, "basis": "stated", "first_line": 0, "last_line": 0},
    "actions": [_ACTION],
    "services": ["label-service", "notify", "checkout-web"],
    "resolved_by": ["Yusuf"],
    "planned": False,
}
_LIKELIHOOD: dict[str, Any] = {"verdict": "related", "probability": 0.781204, "probability_same": 0.462118}
_JUDGEMENT: dict[str, Any] = {
    "verdict": "related",
    "probability": 0.812733,
    "probability_same": 0.517846,
    "precision": 0.8,
    "nearest": None,
    "missing": [],
    "calibration": "default",
}

SIMILAR: dict[str, Any] = {
    "verdict": "related",
    "probability": 0.812733,
    "incident_judgement": _JUDGEMENT,
    "runbook_judgement": _JUDGEMENT,
    "index_version": _VERSION,
    "freshness": _FRESHNESS,
    "understood": {
        "forms": [],
        "text": "random timeouts, one pool of nodes",
        "names": [],
        "abridged": False,
    },
    "windows": 1,
    "answer_id": ANSWER_ID,
    "incidents": [
        {
            **_HEAD,
            "likelihood": _LIKELIHOOD,
            "score": {
                "total": 1.7401,
                "dense": 1.947535,
                "lexical": 1.11631,
                "spelling": 1.021343,
                "title": 5.401657,
                "service": 0.0,
                "links": 0.0,
                "reranked": 0.0,
                "feedback": 0.0,
            },
            "matched_terms": ["everything", "partner", "seconds", "again", "times"],
            "passages": [
                {
                    "chunk_id": f"{_ID}#symptom/0",
                    "role": "symptom",
                    "headings": ["Symptom"],
                    "path": f"{_ID}.md",
                    "first_line": 14,
                    "last_line": 14,
                    "text": _SYMPTOM,
                    "matched_terms": ["partner"],
                    "similarity": 0.411518,
                }
            ],
            "ties": [],
            "resolution": {
                "chunk_id": f"{_ID}#mitigation/0",
                "role": "resolution",
                "headings": ["Mitigation"],
                "path": f"{_ID}.md",
                "first_line": 36,
                "last_line": 37,
                "text": _MITIGATION,
                "matched_terms": [],
                "similarity": 0.296435,
            },
            "evidence": _EVIDENCE,
            "recurrence": None,
            "facts": _FACTS,
            "superseded": [
                {"reason": "document_changed", "subject": _RUNBOOK, "date": "2026-07-16", "line": 40}
            ],
        }
    ],
    "durations": [{"severity": None, "count": 1, "median": 83, "shortest": 83, "longest": 83, "left_out": 0}],
    "open_actions": [{"incident": _ID, **_ACTION}],
    "runbooks": [
        {
            "id": _RUNBOOK,
            "url": f"/v1/runbooks/{_RUNBOOK}",
            "title": "Slow or failing name resolution in the cluster",
            "date": None,
            "severity": None,
            "services": [],
            "tags": ["dns", "coredns", "kubernetes"],
            "status": None,
            "duration_minutes": None,
            "authors": ["platform"],
            "path": f"{_RUNBOOK}.md",
            "likelihood": _LIKELIHOOD,
            "score": {
                "total": 2.22998,
                "dense": 1.297342,
                "lexical": 1.368445,
                "spelling": 1.391323,
                "title": -0.113591,
                "service": 0.0,
                "links": 1.0,
                "reranked": 0.0,
                "feedback": 0.0,
            },
            "matched_terms": ["five", "requests", "seconds", "again", "times"],
            "passages": [
                {
                    "chunk_id": f"{_RUNBOOK}#fix/0",
                    "role": "resolution",
                    "headings": ["Slow or failing name resolution in the cluster", "Fix"],
                    "path": f"{_RUNBOOK}.md",
                    "first_line": 26,
                    "last_line": 26,
                    "text": _FIX,
                    "matched_terms": ["five", "requests", "seconds"],
                    "similarity": 0.271791,
                }
            ],
            "reasons": [
                {"source": "linked", "subject": _ID, "path": []},
                {"source": "text", "subject": "Fix", "path": []},
            ],
            "evidence": {"pairs": [], "identifiers": [], "reasons": [], "differences": []},
            "age": {
                "last_updated": "2025-10-22",
                "line": 3,
                "incidents_since": 2,
                "last_incident": "2026-07-02",
            },
        }
    ],
    "alike_runbooks": [],
}

DOCUMENT: dict[str, Any] = {
    **_HEAD,
    "index_version": _VERSION,
    "freshness": _FRESHNESS,
    "kind": "incident",
    "kind_reason": "folder: RCAs",
    "source": "vault",
    "sha256": "5d2c9f0c8f4cfd8d1c8f8a2f0b1f7a3e4d5c6b7a8990a1b2c3d4e5f60718293a",
    "aliases": [],
    "sections": [
        {
            "slug": "symptom",
            "headings": ["Symptom"],
            "level": 2,
            "role": "symptom",
            "first_line": 3,
            "last_line": 5,
            "text": "## Symptom\n\nNot DNS, see [[2025-02-13-label-service-five-second-calls|Feb 13]].",
        }
    ],
    "links": [
        {
            "target": "2025-02-13-label-service-five-second-calls",
            "label": "Feb 13",
            "section": "symptom",
            "line": 5,
            "style": "wikilink",
        }
    ],
    "metadata": {"pager": "infra"},
    "facts": _FACTS,
    "text": "...\n\n## Symptom\n\nNot DNS, see [[2025-02-13-label-service-five-second-calls|Feb 13]].\n",
}

_FAMILY_MEMBERS: list[dict[str, Any]] = [
    {
        "id": "RCAs/2025-01-21-scan-ingest-rebalance-loop",
        "title": "Scan events up to 3 hours late",
        "date": "2025-01-21",
        "severity": "SEV2",
        "services": ["scan-ingest"],
        "duration_minutes": 194,
    },
    {
        "id": "RCAs/2025-07-09-scan-lag-one-partition",
        "title": "Scan lag on a single partition",
        "date": "2025-07-09",
        "severity": "SEV3",
        "services": ["scan-ingest"],
        "duration_minutes": 88,
    },
]
FAMILIES: dict[str, Any] = {
    "index_version": _VERSION,
    "freshness": _FRESHNESS,
    "incidents": 53,
    "until": "2026-10-06",
    "found": 1,
    "families": [
        {
            "id": "f-f5f6b0493f",
            "url": "/v1/families/f-f5f6b0493f",
            "name": "Lag Scan",
            "count": 2,
            "total": 2,
            "services": ["scan-ingest"],
            "first": "2025-01-21",
            "last": "2025-07-09",
            "minutes": 282,
            "timed": 2,
            "cost_minutes": 282,
            "severity": "SEV2",
            "trend": "steady",
            "months": {"2025-01": 1, "2025-07": 1},
            "members": _FAMILY_MEMBERS,
        }
    ],
}

STATUS: dict[str, Any] = {
    "release": "0.1.0",
    "index_version": _VERSION,
    "freshness": _FRESHNESS,
    "documents": {"incident": 54, "other": 3, "runbook": 15, "service": 12},
    "chunks": 420,
    "encoder": "all-MiniLM-L6-v2",
    "store": "faiss",
    "search": {"exact": True, "description": "exact: every row compared, in FAISS", "recall": 1.0},
    "rejected": 0,
    "warnings": 0,
    "ready": True,
    "degraded": [
        {
            "part": "reload",
            "code": "index_corrupt",
            "message": "The published index is damaged.",
            "since": "2026-11-23T18:05:00Z",
        }
    ],
}
