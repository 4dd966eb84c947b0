"""The real corpora: nothing is lost, kinds are exact, hand-checked fields, and only known warnings."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from rca_search.models import Document, Kind, Problem, Role, SourceFile
from rca_search.sources.aliases import AliasTable
from rca_search.sources.documents import parse_document
from rca_search.sources.files import walk
from rca_search.sources.resolve import resolve_links

Loaded = tuple[dict[str, Document], list[Problem]]


def load(folder: Path) -> Loaded:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for item in walk([folder]):
        if isinstance(item, SourceFile):
            parsed = parse_document(item)
            documents[parsed.document.id] = parsed.document
            problems.extend(parsed.problems)
        else:
            problems.append(item)
    return documents, problems


@pytest.fixture(scope="module")
def incidents(corpora: Path) -> Loaded:
    return load(corpora / "corpora" / "incidents")


@pytest.fixture(scope="module")
def runbooks(corpora: Path) -> Loaded:
    return load(corpora / "corpora" / "runbooks")


@pytest.fixture(scope="module")
def vault_corpus(corpora: Path) -> Loaded:
    return load(corpora / "corpora" / "vault")


def kinds(loaded: Loaded) -> dict[str, int]:
    return Counter(document.kind.value for document in loaded[0].values())


def test_no_document_is_lost_and_kinds_are_exact(
    incidents: Loaded, runbooks: Loaded, vault_corpus: Loaded
) -> None:
    assert kinds(incidents) == {"incident": 419}
    assert kinds(runbooks) == {"runbook": 472}
    assert kinds(vault_corpus) == {"incident": 111, "runbook": 10, "service": 10, "other": 1}


def test_only_what_is_odd_is_reported(incidents: Loaded, runbooks: Loaded, vault_corpus: Loaded) -> None:
    assert [(p.path, p.line, p.code, p.fatal) for p in incidents[1]] == [
        ("dfds/PM2020-003.md", 3, "unreadable_date", False)
    ]
    assert runbooks[1] == vault_corpus[1] == []


def test_every_line_of_every_document_is_in_one_section(
    incidents: Loaded, runbooks: Loaded, vault_corpus: Loaded
) -> None:
    for documents, _ in (incidents, runbooks, vault_corpus):
        for document in documents.values():
            lines = document.text.removesuffix("\n").split("\n")
            first = document.sections[0].first_line
            covered = [n for s in document.sections for n in range(s.first_line, s.last_line + 1)]
            assert covered == list(range(first, len(lines) + 1)), document.id
            assert len({s.slug for s in document.sections}) == len(document.sections), document.id


@pytest.mark.parametrize(
    ("document_id", "title", "date", "severity", "services", "minutes"),
    [
        (
            "dfds/PM2022-001",
            "Prometheus is down with connection refused errors",
            dt.date(2022, 1, 25),
            None,
            (),
            279,
        ),
        (
            "moj/2020-09-21-some-cloud-platform-components-destroyed",
            "Incident on 2020-09-21 - Some cloud-platform components destroyed",
            dt.date(2020, 9, 21),
            None,
            ("cloud-platform",),
            194,
        ),
        (
            "2i2c/2022-08-30-utoronto-inaccessible",
            "utoronto inaccessible",
            dt.date(2022, 8, 30),
            None,
            (),
            58,
        ),
        ("dfds/PM2020-007", "Unhealthy node", dt.date(2020, 10, 6), None, (), 240),
        (
            "jenkins/2022-05-07-maintenance-pkg-mirror-jenkins-io",
            "Maintenance on pkg.jenkins.io and mirrors.jenkins.io",
            dt.date(2022, 5, 7),
            "down",
            ("pkg.jenkins.io", "mirrors.jenkins.io"),
            None,
        ),
        (
            "mybinder/2019-04-03-ingress-cordoned",
            "2019-04-03, 30min outage during node pool upgrade",
            dt.date(2019, 4, 3),
            None,
            ("mybinder.org",),
            None,
        ),
    ],
)
def test_fields_checked_by_hand(
    incidents: Loaded,
    document_id: str,
    title: str,
    date: dt.date,
    severity: str | None,
    services: tuple[str, ...],
    minutes: int | None,
) -> None:
    document = incidents[0][document_id]
    found = (document.title, document.date, document.severity, document.services, document.duration_minutes)
    assert found == (title, date, severity, services, minutes)


def test_the_vault_in_full(vault_corpus: Loaded) -> None:
    documents, _ = vault_corpus
    first = documents["RCAs/2025-01-29-dns-resolution-failure"]
    assert (first.date, first.severity, first.status) == (dt.date(2025, 1, 29), "P1", "resolved")
    assert first.services == ("billing-api", "user-service", "analytics-pipeline")
    assert (first.duration_minutes, first.authors) == (166, ("Database Team",))
    past = [document for document in documents.values() if document.kind is Kind.INCIDENT]
    assert all(d.date and d.severity and d.services and d.duration_minutes and d.authors for d in past)
    expected = {
        Role.SUMMARY,
        Role.TIMELINE,
        Role.CAUSE,
        Role.IMPACT,
        Role.RESOLUTION,
        Role.LESSONS,
        Role.ACTIONS,
    }
    assert all(expected <= {section.role for section in document.sections} for document in past)


def test_links_of_the_vault(vault_corpus: Loaded) -> None:
    resolved = resolve_links(list(vault_corpus[0].values()))
    assert len(resolved.edges) == 131
    assert len(resolved.dangling) == 252
    assert not any(loose.candidates for loose in resolved.dangling)


def test_relative_links_between_runbooks_all_lead_somewhere(runbooks: Loaded) -> None:
    resolved = resolve_links(list(runbooks[0].values()))
    assert (len(resolved.edges), resolved.dangling) == (87, ())


ROLES = {
    "2i2c": {Role.RESOLUTION: 25, Role.TIMELINE: 27, Role.ACTIONS: 27},
    "datahub": {Role.TIMELINE: 19, Role.ACTIONS: 19},
    "dfds": {Role.CAUSE: 38, Role.TIMELINE: 39, Role.ACTIONS: 39},
    "jenkins": {Role.SYMPTOM: 165, Role.RESOLUTION: 154},
    "moj": {Role.SYMPTOM: 39, Role.IMPACT: 38, Role.RESOLUTION: 38, Role.ACTIONS: 26},
    "mybinder": {Role.SUMMARY: 22, Role.TIMELINE: 23, Role.ACTIONS: 23},
    "posthog": {Role.CAUSE: 6, Role.RESOLUTION: 6, Role.ACTIONS: 6},
    "taskcluster": {Role.TIMELINE: 19, Role.IMPACT: 19, Role.ACTIONS: 19},
}


@pytest.mark.parametrize("organisation", ROLES)
def test_roles_are_recognised_in_each_style(incidents: Loaded, organisation: str) -> None:
    found: Counter[Role] = Counter()
    for document in incidents[0].values():
        if document.id.startswith(f"{organisation}/"):
            found.update({section.role for section in document.sections})
    assert {role: found[role] for role in ROLES[organisation]} == ROLES[organisation]


def test_roles_of_runbooks(runbooks: Loaded) -> None:
    found: Counter[Role] = Counter()
    for document in runbooks[0].values():
        found.update({section.role for section in document.sections})
    assert [found[role] for role in (Role.SUMMARY, Role.IMPACT, Role.DIAGNOSIS, Role.RESOLUTION)] == [
        448,
        446,
        442,
        446,
    ]


def test_headers_without_their_front_matter_say_nearly_the_same(incidents: Loaded) -> None:
    """The header was added to most files: what stands in the text itself must do as well."""
    same: Counter[str] = Counter()
    for document in incidents[0].values():
        body = document.text.split("\n---\n", 1)[1]
        file = SourceFile(document.id, "records", document.path, body.encode(), document.sha256)
        bare = parse_document(file).document
        same["title"] += bare.title == document.title
        same["date"] += bare.date == document.date
        same["kind"] += bare.kind is Kind.INCIDENT
    assert same["title"] >= 407
    assert same["date"] >= 381
    assert same["kind"] >= 344


def test_names_people_use_find_the_document(incidents: Loaded) -> None:
    table = AliasTable.of(incidents[0].values())
    assert table.resolve("PM2020-007") == "dfds/PM2020-007"
    assert table.resolve("dfds/pm2020-007.md") == "dfds/PM2020-007"
