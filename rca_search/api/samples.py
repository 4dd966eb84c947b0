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
    "windows": 1,
    "answer_id": ANSWER_ID,
    "incidents": [
        {
            **_HEAD,
            "likelihood": _LIKELIHOOD,
            "score": {
                "total": 1.488555,
                "dense": 1.688186,
                "lexical": 1.356014,
                "spelling": 1.402531,
                "feedback": 0.0,
            },
            "matched_terms": ["everything", "partner", "again", "seconds"],
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
                    "similarity": 0.413414,
                }
            ],
            "resolution": {
                "chunk_id": f"{_ID}#mitigation/0",
                "role": "resolution",
                "headings": ["Mitigation"],
                "path": f"{_ID}.md",
                "first_line": 36,
                "last_line": 37,
                "text": _MITIGATION,
                "matched_terms": [],
                "similarity": 0.341068,
            },
        }
    ],
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
                "total": 2.237304,
                "dense": 1.237439,
                "lexical": 1.375329,
                "spelling": 1.118862,
                "feedback": 0.0,
            },
            "matched_terms": ["five", "requests", "again", "seconds"],
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
                    "similarity": 0.314637,
                }
            ],
            "reasons": [
                {"source": "linked", "subject": _ID},
                {"source": "text", "subject": "Fix"},
            ],
        }
    ],
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
    "text": "...\n\n## Symptom\n\nNot DNS, see [[2025-02-13-label-service-five-second-calls|Feb 13]].\n",
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
