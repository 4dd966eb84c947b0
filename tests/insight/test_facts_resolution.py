"""What fixed an incident, what did not, why it happened and what was seen, on write-ups of many shapes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.facts import read_facts
from rca_search.models import Document, Extract

Write = Callable[..., Document]


def texts(found: tuple[Extract, ...]) -> list[str]:
    return [item.text for item in found]


def test_a_part_on_the_resolution_goes_first_with_its_commands(write: Write) -> None:
    document = write(
        "# Pool exhausted\n\n## Summary\n\nIt was fixed by a restart, we thought.\n\n## Resolution\n\n"
        "Killed the query:\n\n```\nselect pg_terminate_backend(7);\n```\n\n"
        "More details in [the ticket](https://t/1).\n"
    )
    best = read_facts(document).resolution[0]
    assert best.source == "section"
    assert best.text == "Killed the query:\n\n```\nselect pg_terminate_backend(7);\n```"
    assert document.lines(best.first_line, best.last_line) == best.text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            (
                "| 10:02 | Errors rise |\n| 10:09 | Restarted the proxy, no effect |\n"
                "| 10:20 | Rolled back to 1.4 |\n| 10:24 | All healthy |\n"
            ),
            "10:20",
        ),
        (
            (
                "- 10:02 503 for everyone\n- 10:20 Scaled the workers to 12\n- 10:25 back to normal\n"
                "- 11:00 post-mortem scheduled\n"
            ),
            "10:20",
        ),
        (
            (
                "### 10:02\n\nUsers cannot log in.\n\n### 10:20\n\nThe key was rotated back.\n\n"
                "### 10:24\n\nService restored.\n"
            ),
            "### 10:20",
        ),
        (
            (
                "10:02 AM Site down\n10:20 AM Failed over to the replica\n"
                "10:25 AM Resolved by on-call through the website\n"
            ),
            "10:20",
        ),
    ],
)
def test_without_such_a_part_the_timeline_says_it(write: Write, body: str, expected: str) -> None:
    table = "| Time | Event |\n|---|---|\n" if body.startswith("|") else ""
    document = write(f"# Down\n\n## Timeline\n\n{table}{body}")
    best = read_facts(document).resolution[0]
    assert best.source == "timeline"
    assert expected in best.text.split("\n")[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "The outage was resolved by deleting the stuck pods.",
        "Everything came back online after we renewed the certificate.",
        "**Worked:** `CONFIG SET maxmemory-policy allkeys-lru` on the master.",
        "What ended it: `select pg_terminate_backend(7731)` at 05:09.",
    ],
)
def test_a_sentence_says_it_where_nothing_else_does(write: Write, sentence: str) -> None:
    document = write(f"# Slow\n\n## What happened\n\nQueries took a minute.\n\n{sentence}\n")
    assert texts(read_facts(document).resolution)[0] == sentence


def test_code_below_a_sentence_belongs_to_it(write: Write) -> None:
    document = write(
        "# Lag\n\nThe group stood still.\n\n**Worked:** step over the record:\n\n```\n"
        "kafka-reset --to 7\n```\n"
    )
    assert "kafka-reset --to 7" in read_facts(document).resolution[0].text


@pytest.mark.parametrize(
    "final",
    [
        "All services are back online.",
        "This incident is resolved.",
        "Back to normal, more details in https://x/1.",
    ],
)
def test_that_it_is_over_is_no_fix(write: Write, final: str) -> None:
    document = write(
        f"# Website outage\n\n[Final message]\n{final}\n\n[Initial message]\nThe website is down.\n"
    )
    assert read_facts(document).resolution == ()


def test_a_fix_by_somebody_else_counts(write: Write) -> None:
    document = write(
        "# CDN outage\n\nFinal message:\nThe CDN incident has been resolved.\n\nInitial message:\n"
        "The CDN is down.\n"
    )
    assert texts(read_facts(document).resolution) == ["The CDN incident has been resolved."]


def test_announced_work_is_no_fix(write: Write) -> None:
    document = write(
        "# Flags down\n\nFlags were down for an hour.\n\n"
        "We will add an override so that this is fixed faster.\n"
    )
    assert read_facts(document).resolution == ()


def test_of_several_steps_the_one_that_helped_is_taken(write: Write) -> None:
    document = write(
        "# Disk full\n\n## Mitigation\n\n1. Deleted the file. No effect, it was still open.\n"
        "2. Restarted nginx, made it worse.\n3. Truncated the log with `: > access.log`; back to normal.\n"
    )
    facts = read_facts(document)
    assert "Truncated" in facts.resolution[0].text
    assert "Deleted" not in facts.resolution[0].text
    assert ["Deleted" in text or "Restarted" in text for text in texts(facts.attempts)] == [True, True]


def test_failed_attempts_of_every_form(write: Write) -> None:
    document = write(
        "# Pods crash\n\n## What happened\n\nA restart of the pods did not resolve the issue.\n"
        "We upgraded the template. This step failed, rendering the cluster inoperable.\n\n"
        "## What we tried\n\n* Scaling to 30. Each new pod is one more cold cache.\n"
        "* TTL back to one hour. Recovered.\n\n"
        "## Timeline\n\n- 10:00 provisioner restarted\n- 10:20 still stuck\n"
        "- 10:30 provisioner restarted again\n- 10:40 back to normal\n"
    )
    tried = texts(read_facts(document).attempts)
    assert any("restart of the pods did not resolve" in text for text in tried)
    assert any("upgraded the template" in text and "This step failed" in text for text in tried)
    assert any("Scaling to 30" in text for text in tried)
    assert "- 10:00 provisioner restarted" in tried
    assert not any("TTL back" in text for text in tried)


def test_causes_and_symptoms_from_their_parts(write: Write) -> None:
    document = write(
        "# Refused\n\n## Impact\n\nNobody could pay: HTTP 502.\n\n## Root cause\n\n"
        "The certificate expired.\n\n"
        "## Why was this hard to detect?\n\nNo alert existed because nobody looked.\n"
    )
    facts = read_facts(document)
    assert texts(facts.causes)[0] == "The certificate expired."
    assert texts(facts.symptoms)[0] == "Nobody could pay: HTTP 502."


def test_causes_and_symptoms_from_sentences(write: Write) -> None:
    document = write("# Bad day\n\n## Summary\n\nUsers saw 500 errors. This was due to a missing index.\n")
    facts = read_facts(document)
    assert texts(facts.symptoms)[0].startswith("Users saw 500 errors.")
    assert facts.causes[0].first_line == document.text[: document.text.index("Users")].count("\n") + 1


def test_what_is_not_said_is_empty(write: Write) -> None:
    facts = read_facts(write("# Nothing\n\nSee the ticket.\n"))
    assert (facts.resolution, facts.attempts, facts.causes, facts.actions) == ((), (), (), ())
    assert facts.duration.minutes is None
    assert texts(facts.symptoms) == ["# Nothing"]


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ("resolved_by: DBA guild\nauthor: Ada\n", "", ("DBA guild",)),
        ("author: Ada\nteam: payments\n", "", ("Ada",)),
        ("team: payments\n", "", ("payments",)),
        ("author: Ada\n", "**Responders:** Bob, @carol and Dan\n", ("Bob", "carol", "Dan")),
        ("", "", ()),
    ],
)
def test_who_resolved_it(write: Write, front: str, body: str, expected: tuple[str, ...]) -> None:
    assert read_facts(write(f"# Down\n\n{body}\nIt was down.\n", front=front)).resolved_by == expected


def test_services_are_those_of_the_file_else_those_of_the_text(write: Write) -> None:
    assert read_facts(write("# Down\n", front="services: [a-service]\n")).services == ("a-service",)
    named = read_facts(
        write("# payments-api down\n\n## Summary\n\nThe payments-api returned 503. Redis was full.\n")
    )
    assert named.services[0] == "payments-api"


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("# Maintenance on ci\n\nMonday at 13:00 UTC the controller will be down for maintenance.\n", True),
        (
            (
                "# Cluster upgrade to 1.30\n\nFinal message:\nThe upgrade went well.\n\n"
                "Initial message:\nWe'll upgrade the cluster.\n"
            ),
            True,
        ),
        ("# Migration stopped all writes\n\n## Root cause\n\nThe migration took a lock.\n", False),
        ("# Upgrade caused an outage\n\nUsers reported errors after the upgrade.\n", False),
        ("# Website outage\n\nThe website is down, we're working on it.\n", False),
    ],
)
def test_planned_work_is_told_from_incidents(write: Write, text: str, planned: bool) -> None:
    facts = read_facts(write(text))
    assert facts.planned is planned
    if planned:
        assert facts.duration.minutes is None


def test_facts_are_lines_of_the_file_and_take_linear_time(write: Write) -> None:
    hostile = [
        "restarted it failed due to " * 20_000,
        "*" * 500_000,
        "[" * 300_000,
        "|a" * 200_000,
        "1" * 500_000,
        "1:1" * 100_000,
    ]
    for line in hostile:
        document = write(
            f"# T\n\n## Timeline\n\n- {line}\n\n## Action items\n\n- {line}\n\n## Resolution\n\n{line}\n"
        )
        facts = read_facts(document)
        for item in (*facts.resolution, *facts.attempts, *facts.causes, *facts.symptoms):
            assert document.lines(item.first_line, item.last_line) == item.text
    many = write("# T\n\n## Actions\n\n" + "- do it\n" * 20_000)
    assert len(read_facts(many).actions) <= 60
