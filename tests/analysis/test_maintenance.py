"""Planned maintenance is told from incidents by what a write-up calls itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.analysis.maintenance import is_planned_maintenance
from rca_search.models import Document


@pytest.mark.parametrize(
    ("front", "title", "planned"),
    [
        ("", "Scheduled maintenance of the database", True),
        ("", "Planned upgrade of the ingress", True),
        ("", "Maintenance window on ci", True),
        ("", "Jira maintenance", True),
        ("status: scheduled", "Database", True),
        ("tags: [planned-maintenance]", "Database", True),
        ("", "Outage during maintenance of the database", False),
        ("", "Site down after planned migration", False),
        ("", "Unplanned downtime of checkout", False),
        ("", "Emergency maintenance: disks failed", False),
        ("", "Upgrade broke logins", False),
        ("status: resolved\ntags: [database]", "Checkout down", False),
    ],
)
def test_titles_status_and_tags(
    make_document: Callable[..., Document], front: str, title: str, planned: bool
) -> None:
    text = f"---\n{front}\n---\n# {title}\n\n## Summary\n\nA maintenance window was mentioned.\n"
    assert is_planned_maintenance(make_document(text)) is planned


def test_a_file_name_tells_too(make_document: Callable[..., Document]) -> None:
    text = "# Publick8s version update\n\nThe cluster is upgraded.\n"
    assert is_planned_maintenance(make_document(text, "RCAs/2021-04-14-maintenance-publick8s.md"))
    assert not is_planned_maintenance(make_document(text, "RCAs/2021-04-14-publick8s.md"))


def test_announced_work_is_planned_and_a_failed_upgrade_is_not(
    make_document: Callable[..., Document],
) -> None:
    announced = "# arm64 migration of uplink\n\nOn Tuesday we'll proceed to the migration of uplink.\n"
    assert is_planned_maintenance(make_document(announced))
    told = "# Migration of uplink\n\n## Summary\n\nThe migration stopped half way and nobody could log in.\n"
    assert not is_planned_maintenance(make_document(told))
    failed = "# Outage after the upgrade of uplink\n\nThe upgrade will be performed again in May.\n"
    assert not is_planned_maintenance(make_document(failed))
