"""Examples that stand in the OpenAPI description, shortened from answers over ``examples/vault``."""

from __future__ import annotations

from typing import Any

from rca_search.api.sample_parts import (
    ACTION,
    ANSWER_ID,
    EVIDENCE,
    FACTS,
    FIX,
    FRESHNESS,
    HEAD,
    ID,
    JUDGEMENT,
    LIKELIHOOD,
    MITIGATION,
    RUNBOOK,
    SYMPTOM,
    VERSION,
)

SIMILAR: dict[str, Any] = {
    "verdict": "likely",
    "probability": 0.812733,
    "incident_judgement": JUDGEMENT,
    "runbook_judgement": JUDGEMENT,
    "index_version": VERSION,
    "freshness": FRESHNESS,
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
            **HEAD,
            "likelihood": LIKELIHOOD,
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
                "learned": 0.0,
            },
            "matched_terms": ["everything", "partner", "seconds", "again", "times"],
            "passages": [
                {
                    "chunk_id": f"{ID}#symptom/0",
                    "role": "symptom",
                    "headings": ["Symptom"],
                    "path": f"{ID}.md",
                    "first_line": 14,
                    "last_line": 14,
                    "text": SYMPTOM,
                    "matched_terms": ["partner"],
                    "similarity": 0.411518,
                }
            ],
            "ties": [],
            "resolution": {
                "chunk_id": f"{ID}#mitigation/0",
                "role": "resolution",
                "headings": ["Mitigation"],
                "path": f"{ID}.md",
                "first_line": 36,
                "last_line": 37,
                "text": MITIGATION,
                "matched_terms": [],
                "similarity": 0.296435,
            },
            "evidence": EVIDENCE,
            "recurrence": None,
            "facts": FACTS,
            "superseded": [
                {"reason": "document_changed", "subject": RUNBOOK, "date": "2026-07-16", "line": 40}
            ],
        }
    ],
    "durations": [{"severity": None, "count": 1, "median": 83, "shortest": 83, "longest": 83, "left_out": 0}],
    "open_actions": [{"incident": ID, **ACTION}],
    "runbooks": [
        {
            "id": RUNBOOK,
            "url": f"/v1/runbooks/{RUNBOOK}",
            "title": "Slow or failing name resolution in the cluster",
            "date": None,
            "severity": None,
            "services": [],
            "tags": ["dns", "coredns", "kubernetes"],
            "status": None,
            "duration_minutes": None,
            "authors": ["platform"],
            "path": f"{RUNBOOK}.md",
            "likelihood": LIKELIHOOD,
            "probability_by_text": 0.054,
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
                "learned": 0.0,
            },
            "matched_terms": ["five", "requests", "seconds", "again", "times"],
            "passages": [
                {
                    "chunk_id": f"{RUNBOOK}#fix/0",
                    "role": "resolution",
                    "headings": ["Slow or failing name resolution in the cluster", "Fix"],
                    "path": f"{RUNBOOK}.md",
                    "first_line": 26,
                    "last_line": 26,
                    "text": FIX,
                    "matched_terms": ["five", "requests", "seconds"],
                    "similarity": 0.271791,
                }
            ],
            "reasons": [
                {"source": "linked", "subject": ID, "path": [], "probability": 0.118},
                {"source": "text", "subject": "Fix", "path": [], "probability": 0.054},
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
    **HEAD,
    "index_version": VERSION,
    "freshness": FRESHNESS,
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
    "facts": FACTS,
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
    "index_version": VERSION,
    "freshness": FRESHNESS,
    "incidents": 53,
    "until": "2026-10-06",
    "found": 1,
    "families": [
        {
            "id": "f-f5f6b0493f",
            "url": "/v1/families/f-f5f6b0493f",
            "name": "Scan lag",
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
            "recurrence": {
                "family": "f-f5f6b0493f",
                "url": "/v1/families/f-f5f6b0493f",
                "count": 2,
                "dates": ["2025-01-21", "2025-07-09"],
                "last": "2025-07-09",
                "fixes_differ": None,
                "runbooks": ["Runbooks/kafka-consumer-lag"],
                "service_runbooks": ["Runbooks/postgres-connections", "Runbooks/redis-tracking-cache"],
            },
            "members": _FAMILY_MEMBERS,
        }
    ],
}

STATUS: dict[str, Any] = {
    "release": "0.1.0",
    "index_version": VERSION,
    "freshness": FRESHNESS,
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
