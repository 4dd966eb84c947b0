"""Follow-ups from lists, tables, boxes and prose, with owner, due date and status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from rca_search.facts import read_facts
from rca_search.models import ActionItem, ActionStatus, Document

Write = Callable[..., Document]
DONE, OPEN, UNKNOWN = ActionStatus.DONE, ActionStatus.OPEN, ActionStatus.UNKNOWN


def actions(write: Write, body: str, heading: str = "Action items") -> tuple[ActionItem, ...]:
    return read_facts(write(f"# Down\n\n## {heading}\n\n{body}")).actions


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("- [x] add an alert", {"status": DONE, "text": "add an alert"}),
        ("- [ ] add an alert", {"status": OPEN}),
        ("- add an alert", {"status": UNKNOWN}),
        ("- add an alert (done)", {"status": DONE}),
        ("- Make sure that everybody gets e-mail (DONE)", {"status": DONE}),
        ("- We've advised the teams to use replicas", {"status": DONE}),
        ("- Switched to pnpm 10", {"status": DONE}),
        ("- Document what can be done in case it goes bad", {"status": UNKNOWN}),
        ("- alerts for pending workloads", {"status": UNKNOWN}),
        ("- priority classes: has been scheduled", {"status": OPEN}),
        ("- We are working on new contexts", {"status": OPEN}),
        ("- avoid bad regions (optional, possibly done)", {"status": UNKNOWN}),
        ("- [dustin] finish the patch", {"status": UNKNOWN, "owner": "dustin", "text": "finish the patch"}),
        ("- (tc team) add heartbeat monitoring", {"owner": "tc team"}),
        ("- rotate the keys @ada", {"owner": "ada"}),
        ("- rotate the keys (owner: Edge team)", {"owner": "Edge team"}),
        ("- rotate the keys, due 2025-12-11", {"due": dt.date(2025, 12, 11)}),
        ("- we'll try this out in June", {"due": dt.date(2025, 6, 30), "status": OPEN}),
        ("- move flags out (Q2 2026)", {"due": dt.date(2026, 6, 30)}),
        ("- P1: rotate the keys", {"priority": "P1"}),
        ("- [#2127](https://x/issues/2127)", {"status": UNKNOWN, "owner": None}),
    ],
)
def test_one_item(write: Write, item: str, expected: dict[str, Any]) -> None:
    (found,) = actions(write, f"{item}\n")
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_list_that_marks_others_as_done_leaves_the_rest_open(write: Write) -> None:
    found = actions(
        write, "- add an alert (done)\n- write a runbook\n- bump the limit ([PR](https://x/pull/7))\n"
    )
    assert [item.status for item in found] == [DONE, OPEN, UNKNOWN]


def test_a_change_that_the_resolution_names_is_done(write: Write) -> None:
    document = write(
        "# Down\n\n## Resolution\n\nRaised the limit https://x.example/o/r/pull/6674\n\n"
        "## Action items\n\n- raise the limit https://x.example/o/r/pull/6674\n- look at the graphs\n"
    )
    assert [item.status for item in read_facts(document).actions] == [DONE, UNKNOWN]


def test_a_table_with_columns(write: Write) -> None:
    found = actions(
        write,
        "| Action | Owner | Priority | Due | Status |\n|---|---|---|---|---|\n"
        "| Alert on lag | Ada | P2 | 2025-12-11 | open |\n"
        "| Upsert in bulk | scan team | P1 | 2025-01-24 | done |\n"
        "| Runbook | | | 2025-02-01 (done) | |\n",
    )
    assert [(item.owner, item.priority, item.due, item.status) for item in found] == [
        ("Ada", "P2", dt.date(2025, 12, 11), OPEN),
        ("scan team", "P1", dt.date(2025, 1, 24), DONE),
        (None, None, dt.date(2025, 2, 1), DONE),
    ]


def test_details_templates_and_questions_are_no_items(write: Write) -> None:
    found = actions(
        write,
        "1. Deploy a new pool\n   - with more memory\n2. Track the leak\n\n- Heavy reads\n\nNone.\n",
        heading="Follow-up improvements",
    )
    assert [item.text for item in found] == ["Deploy a new pool", "Track the leak"]
    assert actions(write, "None.\n") == ()
    assert actions(write, "Could we react differently?\n") == ()
    assert [item.line for item in actions(write, "Look into this, make it the default.\n")] == [8]


def test_announced_work_without_a_part_for_it(write: Write) -> None:
    document = write(
        "# Down\n\nFlags were down.\n\nSecondly, we'll add a manual override to the health checks.\n"
    )
    assert [(item.status, item.line) for item in read_facts(document).actions] == [(OPEN, 8)]


def test_a_heading_that_says_the_state(write: Write) -> None:
    document = write("# Down\n\n## Planned actions (in progress)\n\n1. **Monitoring**\n2. **Runbooks**\n")
    assert [item.status for item in read_facts(document).actions] == [OPEN, OPEN]


def test_what_is_left_has_open_items_first(write: Write) -> None:
    facts = read_facts(
        write("# Down\n\n## Action items\n\n- [x] a thing\n- look at it ([PR](u/pull/1))\n- [ ] fix it\n")
    )
    assert [item.text for item in facts.still_open()] == ["fix it", "look at it ([PR](u/pull/1))"]
