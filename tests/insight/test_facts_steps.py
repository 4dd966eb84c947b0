"""Of steps told in order, the one that helped is quoted, and none that did not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.facts import read_facts
from rca_search.facts.resolution import Step, ends, fails, improves, lifts, working_step
from rca_search.models import Document, Query
from rca_search.service import SearchService

Write = Callable[..., Document]


def steps(*texts: str) -> list[Step]:
    return [Step(text, number, number) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    "text",
    [
        "Flushed the cache in the hope that memory comes back.",
        "Vacuumed the table. It does not while the transaction is open.",
        "Doubled the replicas. Same thing, only faster.",
        "Heap to 2 GB. Worse.",
        "Raised the timeout. Less often, still.",
        "Longer session timeout: no.",
        "Wrong layer: the pages stayed old.",
        "Rolled back the release. Kills went on.",
        "Pool 20 to 50. Full again within a minute.",
        "Restarted the broker. Then they die at twice the age.",
        "Could not be switched off separately.",
    ],
)
def test_a_step_that_says_it_did_not_help(text: str) -> None:
    assert fails(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rolled back to 4.2, errors stopped at 10:20.",
        "Removed the rule that does not apply to the new range.",
        "Since it cannot be determined which node holds it, the volume is deleted.",
        "Verified that it answers again, which it didn't previously do from outside.",
    ],
)
def test_a_step_that_helped_may_speak_of_what_is_not(text: str) -> None:
    assert not fails(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (  # nouns and figures, no verb of repair
            [
                "restart: calm for two minutes.",
                "sessionTimeout: 120000. Less often, still.",
                "Old page back. Quiet.",
            ],
            (3, 3),
        ),
        (  # what was asked and proposed is no step
            [
                "rotated logs: 200 MB won. Pointless.",
                "somebody proposed to delete the segments by hand. It was not done.",
                "asked the reporting team if they need the slot. Answer: no.",
                "`select pg_drop_replication_slot('old');`",
                "usage 22 %.",
            ],
            (4, 5),
        ),
        (  # the permanent change came later and is not what ended it
            [
                "Doubled the replicas. Wrong direction.",
                "Sent lookups to the replica with `DB_HOST=two`. That relieved the primary.",
                "Over.",
                "Next day: `singleflight` around the loader.",
            ],
            (2, 3),
        ),
        (["Restarted it. No effect.", "Raised the limit. Same end."], None),
        (["Restarted it."], None),
        ([], None),
    ],
)
def test_the_step_that_helped(texts: Sequence[str], expected: tuple[int, int] | None) -> None:
    assert working_step(steps(*texts)) == expected


@given(st.lists(st.text(max_size=60), max_size=12))
def test_the_lines_are_those_of_steps_that_do_not_say_they_failed(texts: list[str]) -> None:
    found = working_step(steps(*texts))
    if found is not None:
        first, last = found
        assert 1 <= first <= last <= min(first + 1, len(texts))
        assert not fails(texts[first - 1])


def test_an_end_is_told_without_a_deed() -> None:
    assert ends("98 % online; the rest waits for its back-off")
    assert not ends("Old page back. Quiet at 16:26.")
    assert not ends("Deleted the rule, all normal")
    assert improves("Waiting threads go from 187 to 0")
    assert not improves("the plug-in repeats by itself")


def test_steps_of_the_resolution_that_failed_are_told_as_such(write: Write) -> None:
    facts = read_facts(
        write(
            "# Disk full\n\n## What was done\n\n"
            "- 07:25 rotated and compressed logs: 250 MB won. Pointless.\n"
            "- 07:40 `CHECKPOINT;` in the hope that it removes segments.\n"
            "- 07:52 someone proposed to delete files by hand. It was not done.\n"
            "- 08:33 `select pg_drop_replication_slot('old');`\n"
            "- 08:45 usage 22 %.\n"
        )
    )
    assert [extract.text[:7] for extract in facts.attempts] == ["- 07:25", "- 07:40"]
    assert facts.resolution[0].text.startswith("- 08:33")


def test_a_limit_that_is_taken_back_is_not_what_helped(write: Write) -> None:
    facts = read_facts(
        write(
            "# Queue\n\n## Timeline\n\n"
            "- 13:05 Errors in every second call\n"
            "- 13:21 Pool 20 to 50 and rolling restart. Queue just as long.\n"
            '- 13:44 At the edge `limit-rps: "5"`. Waiting calls go from 187 to 0.\n'
            "- 14:00 Limits removed bit by bit. All good.\n"
        )
    )
    assert "limit-rps" in facts.resolution[0].text
    assert lifts("Limits removed bit by bit")
    assert lifts("99 % online, rule deleted")
    assert not lifts("Removed the pod, errors are off the chart")


@pytest.mark.parametrize(
    "line",
    [
        "**What we did.** `kubectl create job --from=cronjob/plan plan-by-hand`, tours were out by eight.",
        "Remedy at 10:50: numeric sender for the whole country.",
        "**Fix of the night.** `max.poll.interval.ms=900000`, resent the file.",
        "Done: `pg_cancel_backend(15502)` at 14:31, replay caught up by 15:00.",
        "Helpful: new robot secret, pushed to all namespaces.",
        "| How was it stopped? | `proxy-body-size: 5m` on that path |",
    ],
)
def test_what_opens_with_a_word_for_the_fix(write: Write, line: str) -> None:
    document = write(
        "# Down\n\nCalls failed at 10:00 and nobody knew why.\n\n"
        f"Not helpful: draining the node; its pods had nowhere to go.\n\n{line}\n"
    )
    assert read_facts(document).resolution[0].text == line


def test_commands_below_what_worked(write: Write) -> None:
    document = write(
        "# Disk full\n\n## What was tried\n\n`docker restart`: did not start again.\n\n"
        "## What worked\n\n```\ntruncate -s 0 /var/log/app.log\n```\n"
    )
    assert "truncate -s 0" in read_facts(document).resolution[0].text
    praise = write("# Disk full\n\n## What worked\n\nPaper forms. Everybody stayed calm.\n")
    assert read_facts(praise).resolution == ()


EXPECTED = {
    "2024-12-18-tracking-cache-stampede": "TRACKING_DB_HOST=pg-parcel-02",
    "2025-03-27-labels-hikari-timeouts": "limit-rps",
    "2025-03-30-nightly-routes-not-planned": "plan-tours-manual-0330",
    "2025-05-12-parcel-db-disk-wal": "pg_drop_replication_slot",
    "2025-06-02-tracking-shows-yesterday": "pg_cancel_backend(15502)",
    "2025-06-18-lockers-offline-ca": "devices.pem",
    "2025-07-31-fibre-cut-locker-reconnect": "hashlimit",
    "2025-09-10-notify-members-joining-leaving": "Old template back",
    "2025-10-07-route-planner-memory": "Image of the previous week",
    "2026-03-04-manifest-poll-interval": "max.poll.interval.ms=900000",
    "2026-03-19-bulk-upload-oom": "proxy-body-size: 5m",
    "2026-04-17-poznan-hub-gateway-disk": "truncate -s 0",
    "2026-06-09-quote-retries-pricing": "Gate at the ingress",
    "2026-07-21-sms-sender-blocked": "numeric sender",
    "2026-08-12-image-pull-secret": "new robot secret",
    "2026-09-08-locker-flag-string-false": "Rolled locker-gateway back",
}


@pytest.mark.model
def test_what_fixed_incidents_of_the_example_vault(example_service: SearchService) -> None:
    library, _, _ = example_service.seen(Query(""))
    quoted = {
        name: library.facts(library.snapshot.ordinals[f"RCAs/{name}"]).resolution[0].text for name in EXPECTED
    }
    assert [name for name, words in EXPECTED.items() if words not in quoted[name]] == []


def test_what_was_done_before_the_fault_came_back_did_not_fix_it(write: Write) -> None:
    facts = read_facts(
        write(
            "# Builds\n\n## Timeline\n\n"
            "- 11:20 Launches hang\n"
            "- 11:22 Builder pod is deleted and launches return to normal\n"
            "- 12:10 Launches aren't working again\n"
            "- 12:19 Deleted builder and hub pods, working as expected\n"
            "- 13:29 It is once again going wrong\n"
            "- 15:11 The demo repository is banned, and launches return to normal. Post-mortem: this.\n"
        )
    )
    assert facts.resolution[0].text.startswith("- 15:11")
    assert facts.duration.minutes == 231


def test_praise_tells_of_no_fix(write: Write) -> None:
    document = write(
        "# Hubs down\n\n## Summary\n\nAll hubs were down.\n\n"
        "## Where we got lucky\n\n- Ada was awake and was able to fix the issues immediately.\n"
    )
    assert read_facts(document).resolution == ()


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        (  # a time with a colon after it is a time
            "- 2024-09-20 11:22: Route tables are destroyed by a queued pipeline\n"
            "- 2024-09-20 11:32: Team re-run apply to rebuild the route tables\n",
            "destroyed by a queued pipeline",
        ),
        (
            "- 12:10: Writes are blocked\n- 12:40: It is noted that the store is out of disk space\n",
            "out of disk space",
        ),
        (
            "- 12:10: It was determined that it was not the upgrade\n"
            "- 12:40: The node was killed because it was old\n",
            "because it was old",
        ),
    ],
)
def test_the_cause_in_a_timeline(write: Write, rows: str, cause: str) -> None:
    assert cause in read_facts(write(f"# Down\n\n## Timeline\n\n{rows}")).causes[0].text
