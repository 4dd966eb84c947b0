"""Make the examples of answers anew: ask the example vault and keep what comes back.

Usage: python scripts/make_examples.py

They lie in rca_search/schemas/examples, and the OpenAPI document and docs/schema show them. What differs from
run to run (version, times, size, seconds) is set to fixed values; long lists keep their first
entries.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import rca_search
from rca_search.api.resources import StatusResponse
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.insight.answer_tokens import issue, read
from rca_search.models import Aspect, Origin, Query, Vote
from rca_search.schemas.base import Schema
from rca_search.schemas.documents import DocumentResponse
from rca_search.schemas.families import FamiliesResponse, FamilyResponse
from rca_search.schemas.feedback import FeedbackResponse
from rca_search.schemas.graph import GapsResponse, GraphResponse
from rca_search.schemas.index import BuildResponse, IndexStatusResponse
from rca_search.schemas.search import RunbooksResponse, SimilarResponse
from rca_search.schemas.why_not import WhyNotResponse

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "rca_search" / "schemas" / "examples"
QUESTION = "api.brindlepost.example: x509: certificate has expired"
INCIDENT = "RCAs/2024-11-03-wildcard-cert-expired"
OTHER = "RCAs/2026-08-22-locker-clock-skew"
DAY = dt.date(2026, 10, 31)
MOMENT = "2026-11-01T08:00:00Z"
FIXED: Mapping[str, object] = {
    "index_version": "0000000001-5c1d2e3f4a5b",
    "published_at": MOMENT,
    "checked_at": MOMENT,
    "at": MOMENT,
    "source_revision": None,
    "seconds": 12.3,
    "size_bytes": 25_165_824,
}
LONGEST = 2
"""Entries of a list that are kept, of a text the lines."""
_LINES = 6


def main() -> int:
    """Write all examples."""
    with tempfile.TemporaryDirectory() as place:
        examples = made(Path(place))
    TARGET.mkdir(exist_ok=True)
    for name, answer in examples.items():
        text = json.dumps(answer, indent=1, ensure_ascii=False) + "\n"
        (TARGET / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{len(examples)} examples written")
    return 0


def made(place: Path) -> dict[str, Any]:
    """Return every example by name, of an index that is built in ``place``."""
    settings = Settings(index=place / "index", stale_after=None)
    report = build_index(settings, [ROOT / "examples" / "vault"], progress=lambda *_: None)
    service = open_service(settings)
    query = Query(QUESTION, limit=1)
    found = service.search(query)
    families = service.families(Query("", limit=1))
    gaps, freshness = service.gaps(Query(""), today=DAY, stale_from=3)
    vote = Vote(dt.datetime.now(dt.UTC), "", report.version, INCIDENT, Aspect.SAME, True)
    ticket = read(found.answer_id, service.secret)
    shown = tuple(replace(entry, probability=round(entry.probability or 0.0, 2)) for entry in ticket.shown)
    steady = replace(ticket, version=str(FIXED["index_version"]), shown=shown)
    found = replace(found, answer_id=issue(steady, b""))
    answers: dict[str, Schema] = {
        "similar": SimilarResponse.from_result(found, Origin()),
        "runbooks": RunbooksResponse.from_result(found, Origin()),
        "why_not": WhyNotResponse.from_result(service.why_not(query, OTHER), query, Origin()),
        "document": DocumentResponse.from_result(*service.fetch_incident(INCIDENT)),
        "graph": GraphResponse.from_result(*service.graph(INCIDENT, 1)),
        "gaps": GapsResponse.from_result(gaps, freshness, None),
        "families": FamiliesResponse.from_result(families, Query("", limit=1)),
        "family": FamilyResponse.from_result(families),
        "feedback": FeedbackResponse.from_result([vote], None),
        "build": BuildResponse.from_result(report, 0.0),
        "status": IndexStatusResponse.from_result(service.status(), service.problems(), 0),
        "server_status": StatusResponse.from_result(
            service.status(), [], release=rca_search.__version__, ready=True
        ),
    }
    return {name: _steady(answer.model_dump(mode="json"), name) for name, answer in answers.items()}


def _steady(value: Any, key: str) -> Any:  # noqa: ANN401 - any JSON
    """Return ``value`` with fixed values where they differ from run to run, numbers rounded, lists cut."""
    if isinstance(value, dict):
        return {name: _kept(name, entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_steady(entry, key) for entry in value[:LONGEST]]
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, str) and key == "text":
        return "\n".join(value.split("\n")[:_LINES])
    return value


def _kept(name: str, entry: Any) -> Any:  # noqa: ANN401 - any JSON
    return FIXED[name] if name in FIXED and entry is not None else _steady(entry, name)


if __name__ == "__main__":
    sys.exit(main())
