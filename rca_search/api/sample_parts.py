"""What the examples of the OpenAPI description are made of."""

from __future__ import annotations

from typing import Any

ID = "RCAs/2025-12-16-conntrack-table-full"
RUNBOOK = "Runbooks/dns-latency"
VERSION = "0000000001-765c17e0f1b6"

ANSWER_ID = (
    "eNo1i8EOwiAQRP9lz5CyWCDtzfQPvDY9sAtcSmiUVmOM_y4mOoc5zHvzggojCrjCCL7nk2OrPNLATvWkgzORCLVNg0"
    "cHAh5NM0mxDoN3FLE9bJvvbVb_oHTWMLqoEtKXBhjnGS7TuXZaaSNRS7SSt1L2m-dV7p5ylOnIGURpvYhmH4W2ba1d"
    "KFVmv8fCzx9d3h_vhDP5.ziBGLulA1X1RS9Voy41sHQ"
)
FRESHNESS: dict[str, Any] = {
    "published_at": "2026-11-23T14:40:11Z",
    "checked_at": "2026-11-23T18:00:04Z",
    "source_revision": "bfdd10312edc818f121450718a45e2042dbcd5a7",
    "stale": False,
}
HEAD: dict[str, Any] = {
    "id": ID,
    "url": f"/v1/incidents/{ID}",
    "title": "Random timeouts to everything from workers-b",
    "date": "2025-12-16",
    "severity": "SEV2",
    "services": ["label-service", "notify", "checkout-web"],
    "tags": ["network", "conntrack", "latency"],
    "status": "resolved",
    "duration_minutes": 83,
    "authors": ["Yusuf"],
    "path": f"{ID}.md",
}
SYMPTOM = (
    "From 12:22 UTC p99 of label-service jumps to values of 1 s, 3 s, 7 s. Only pods on four nodes of the "
    "pool `workers-b`. Partner calls, database, all the same."
)
MITIGATION = "- 13:31 importer paused by its operator\n- 13:45 all curves normal"
FIX = "1. Node without a ready `node-local-dns` pod: repair that first"

EVIDENCE: dict[str, Any] = {
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
                "path": f"{ID}.md",
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
EXTRACT: dict[str, Any] = {"first_line": 36, "last_line": 37, "text": MITIGATION, "source": "section"}
ACTION: dict[str, Any] = {
    "line": 42,
    "last_line": 42,
    "text": "alert on conntrack entries above 80 % of the maximum",
    "status": "open",
    "owner": "infra",
    "priority": None,
    "due": "2026-01-31",
}
FACTS: dict[str, Any] = {
    "resolution": [EXTRACT],
    "attempts": [],
    "causes": [],
    "symptoms": [{"first_line": 14, "last_line": 14, "text": SYMPTOM, "source": "section"}],
    "duration": {"minutes": 83, "basis": "stated", "first_line": 0, "last_line": 0},
    "actions": [ACTION],
    "services": ["label-service", "notify", "checkout-web"],
    "resolved_by": ["Yusuf"],
    "planned": False,
    "deeds": [],
}
LIKELIHOOD: dict[str, Any] = {"verdict": "likely", "probability": 0.781204, "probability_same": 0.462118}
JUDGEMENT: dict[str, Any] = {
    "verdict": "likely",
    "probability": 0.812733,
    "probability_same": 0.517846,
    "precision": 0.8,
    "nearest": None,
    "missing": [],
    "calibration": "default",
    "calibrated": True,
}
