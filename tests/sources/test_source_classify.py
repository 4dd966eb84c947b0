"""The kind of a document and the reason given for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.models import Document, Kind
from rca_search.sources.classify import matches

Parse = Callable[..., tuple[Document, tuple[object, ...]]]

INCIDENT = "# T\n\n## Timeline\n\nx\n\n## Root cause\n\ny\n"
RUNBOOK = "# T\n\n## Diagnosis\n\nx\n\n## Mitigation\n\ny\n"
AS_RUNBOOK = "parts on diagnosis, parts of a runbook"
UNKNOWN = "nothing says what it is"
SERVICE = "# T\n\n## Dependencies\n\nx\n"


@pytest.mark.parametrize(
    ("text", "path", "source", "kind", "reason"),
    [
        ("---\ntype: Post-Mortem\n---\nx", "a.md", "docs", "incident", "front matter: type is Post-Mortem"),
        (
            "---\nkind: service\ntags: [rca]\n---\nx",
            "a.md",
            "docs",
            "service",
            "front matter: kind is service",
        ),
        (
            "---\ntags: [p1, runbook]\n---\nx",
            "RCAs/a.md",
            "docs",
            "runbook",
            "front matter: tags contains runbook",
        ),
        (
            "---\ntags: '#type/rca'\n---\nx",
            "a.md",
            "docs",
            "incident",
            "front matter: tags contains type/rca",
        ),
        ("---\ncategory: Kubernetes\ntags: [user-service]\n---\nx", "a.md", "docs", "other", UNKNOWN),
        ("x", "ops/RCAs/2025/a.md", "docs", "incident", "folder: RCAs"),
        ("x", "incidents/Runbooks/a.md", "docs", "runbook", "folder: Runbooks"),
        ("x", "01 Post Mortems/a.md", "docs", "incident", "folder: 01 Post Mortems"),
        ("x", "prod-incidents/a.md", "docs", "incident", "folder: prod-incidents"),
        ("x", "user-service/a.md", "docs", "other", UNKNOWN),
        (RUNBOOK, "user-service/a.md", "docs", "runbook", AS_RUNBOOK),
        ("x", "a.md", "playbooks", "runbook", "folder: playbooks"),
        (SERVICE, "Architecture/a.md", "docs", "other", "folder: Architecture"),
        (
            "---\ntags: [rca]\n---\nx",
            "Templates/a.md",
            "docs",
            "template",
            "folder: Templates holds templates",
        ),
        (INCIDENT, "rca-template.md", "docs", "template", "file name: a template"),
        (INCIDENT, "2025-01-01-broken-template.md", "docs", "incident", None),
        ("x", "RCAs/README.md", "docs", "other", "file name: an index page"),
        (INCIDENT, "2025-outage/index.md", "docs", "incident", None),
        (INCIDENT, "a.md", "docs", "incident", "a part on the timeline, a part on the cause"),
        (
            "# T\n\n## Cause\nx\n## Fix\ny\n## Lessons\nz\n",
            "a.md",
            "docs",
            "incident",
            "a part on lessons, a part on the cause",
        ),
        (RUNBOOK, "a.md", "docs", "runbook", AS_RUNBOOK),
        ("# Runbook for the ledger\n\nx", "a.md", "docs", "runbook", "title says runbook"),
        ("# Post-mortem of March\n\nx", "a.md", "docs", "incident", "title says post mortem"),
        (SERVICE, "a.md", "docs", "service", "a part on dependencies"),
        (
            "# T\n\n## Summary\n\nx\n",
            "2025-03-05-a.md",
            "docs",
            "incident",
            "a day in its name or title, parts of a write-up",
        ),
        ("# T\n\n## Summary\n\nx\n", "a.md", "docs", "other", UNKNOWN),
        ("x", "2025-03-05-meeting.md", "docs", "other", "file name says meeting, title says meeting"),
        ("x", "2025-03-05.md", "docs", "other", UNKNOWN),
    ],
)
def test_kinds_and_reasons(
    parse: Parse, text: str, path: str, source: str, kind: str, reason: str | None
) -> None:
    document, _ = parse(text, path, source)
    assert document.kind.value == kind
    assert reason is None or document.kind_reason == reason


def test_a_kind_set_by_hand_wins_over_everything_and_the_first_fit_counts(parse: Parse) -> None:
    overrides = ((Kind.RUNBOOK, "notes/*"), (Kind.INCIDENT, "notes"))
    document, _ = parse("---\nkind: incident\n---\nx", "notes/a/b.md", "docs", overrides=overrides)
    assert (document.kind, document.kind_reason) == (Kind.RUNBOOK, "override: notes/*")
    document, _ = parse("x", "other/a.md", "docs", overrides=overrides)
    assert document.kind is Kind.OTHER


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("RCAs", True), ("RCAs/", True), ("RCAs/2025/*", True), ("RCAs/2025/a", True), ("RCAs/2025/a.md", True),
     ("*/a", True), ("RCA", False), ("rcas", False), ("2025", False), ("RCAs/2025/a/b", False)],
)  # fmt: skip
def test_patterns_of_overrides(pattern: str, fits: bool) -> None:
    assert matches("RCAs/2025/a", pattern) is fits


def test_an_incident_without_any_date_is_a_hint(parse: Parse) -> None:
    _, problems = parse("---\ntags: [rca]\n---\n\n# Title\n")
    assert [(p.code, p.line, p.fatal) for p in problems] == [("missing_date", 5, False)]  # type: ignore[attr-defined]
