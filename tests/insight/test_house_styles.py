"""Write-ups in any dress: what is read of headers, callouts, HTML, exports, templates and "
"other languages."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from rca_search.facts import read_facts
from rca_search.models import ActionStatus, Document, IncidentFacts, Kind, Role, SourceFile
from rca_search.sources.documents import parse_document


def document(text: str, path: str = "post-mortems/one.md") -> Document:
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    return parse_document(SourceFile(path.removesuffix(".md"), "vault", path, content, digest)).document


def facts(text: str) -> IncidentFacts:
    return read_facts(document(text))


def first(found: IncidentFacts) -> tuple[str, str, str]:
    return tuple(part[0].text if part else "" for part in (found.resolution, found.causes, found.symptoms))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "header",
    [
        "**Started:** 2025-03-05 10:00 UTC\n**Resolved:** 2025-03-05 11:15 UTC\n",
        "**Start:** 2025-03-05 10:00 CET **End:** 2025-03-05 11:15 CET\n",
        "Impact started at: 2025-03-05 10:00\nFixed at: 2025-03-05 11:15\n",
        "| Began | 2025-03-05 23:30 |\n|---|---|\n| Restored | 2025-03-06 00:45 |\n",
        "- Detected: Mar 5, 2025 9:50 AM\n- Mitigated: Mar 5, 2025 11:05 AM\n",
        "- **Inicio**: 2025-03-05 10:00\n- **Resuelto**: 2025-03-05 11:15\n",
    ],
)
def test_start_and_end_in_fields_give_duration_and_day(header: str) -> None:
    read = document(f"# Queue full\n\n{header}\n## Root cause\n\nA consumer hung.\n")
    assert (read.duration_minutes, read.date) == (75, dt.date(2025, 3, 5))


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2025-03-05T10:00:00Z", "2025-03-05T12:00:00+01:00", 60),
        ("2025-03-05 10:00", "10:40", 40),
        ("2025-03-05 23:50", "00:20", 30),
        ("2025-03-05 10:00", "2025-03-05 09:00", None),
        ("2025-03-05", "2025-03-06", None),
    ],
)
def test_moments_of_fields(start: str, end: str, minutes: int | None) -> None:
    text = f"---\nstarted_at: '{start}'\nresolved_at: '{end}'\n---\n# T\n\n## Cause\n\nx\n"
    assert document(text).duration_minutes == minutes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("**Date:** 3/5/2025\n\n## Timeline\n\n- 10:02 AM alert\n", dt.date(2025, 3, 5)),
        ("**Date:** 3/5/2025\n\n## Timeline\n\n- 3/25/2025 10:02 alert\n", dt.date(2025, 3, 5)),
        ("**Date:** 5/3/2025\n\n## Timeline\n\n- 10:02 CET alert\n", dt.date(2025, 3, 5)),
        ("**Date:** 5/3/2025\n\n## Timeline\n\n- 25/3/2025 10:02 PM alert\n", dt.date(2025, 3, 5)),
        ("**Date:** 5/3/2025\n\n## Timeline\n\n- 10:02 alert\n", None),
    ],
)
def test_which_way_round_dates_are(text: str, day: dt.date | None) -> None:
    assert document(f"# Queue full\n\n{text}\n## Root cause\n\nx\n", "post-mortems/queue.md").date == day


def test_fields_of_the_front_matter_state_facts() -> None:
    found = facts(
        "---\ntitle: Lock gone\nroot_cause: A cron job took the lock away.\n"
        "resolution: Put the lock back.\nsymptom: Nothing ran at night.\n---\n"
    )
    assert first(found) == ("Put the lock back.", "A cron job took the lock away.", "Nothing ran at night.")
    assert [found.resolution[0].first_line, found.causes[0].first_line] == [4, 3]
    bare = facts("---\ntitle: Lock gone\ndate: 2025-03-05\n---\n")
    assert [each.text for each in bare.symptoms] == ["Lock gone"]


@pytest.mark.parametrize(
    "body",
    [
        "> [!danger] Impact\n> Orders failed.\n\n> [!bug] Cause\n> The queue was full.\n\n"
        "> [!success]- Fix\n> Purged the queue.\n",
        ":::danger Impact\nOrders failed.\n:::\n\n:::note Cause\nThe queue was full.\n:::\n\n"
        ":::tip Fix\nPurged the queue.\n:::\n",
        "<h2>Impact</h2>\n<p>Orders failed.</p>\n<h2>Cause</h2>\n<p>The queue was full.</p>\n"
        "<h2>Fix</h2>\n<p>Purged the queue.</p>\n",
        "<details><summary>Impact</summary>\n\nOrders failed.\n\n</details>\n"
        "<details><summary>Cause</summary>\n\n"
        "The queue was full.\n\n</details>\n<details><summary>Fix</summary>\n\nPurged the queue.\n\n"
        "</details>\n",
        '<TabItem value="a" label="Impact">\n\nOrders failed.\n\n</TabItem>\n'
        '<TabItem value="b" label="Cause">\n\n'
        'The queue was full.\n\n</TabItem>\n<TabItem value="c" label="Fix">\n\nPurged the queue.\n\n'
        "</TabItem>\n",
        "## :fire: Impact\n\nOrders failed.\n\n## :mag: Cause\n\nThe queue was full.\n\n"
        "## :wrench: Fix\n\nPurged the queue.\n",
        "**Impact**: Orders failed.\n**Cause**: The queue was full.\n**Fix**: Purged the queue.\n",
        "impact:: Orders failed.\ncause:: The queue was full.\nfix:: Purged the queue.\n",
    ],
)
def test_parts_in_any_dress(body: str) -> None:
    found = facts(f"# Queue full\n\n{body}")
    said = [text.rpartition(": ")[2].lstrip("> ") for text in first(found)]
    assert [part.removeprefix("<p>").removesuffix("</p>") for part in said] == [
        "Purged the queue.",
        "The queue was full.",
        "Orders failed.",
    ]


def test_a_table_in_html_is_a_timeline() -> None:
    found = facts(
        "<h1>Backup hung</h1>\n<h2>Timeline</h2>\n<table>\n<tr><th>Time</th><th>Event</th></tr>\n"
        "<tr><td>10:00</td>\n<td>alert fired</td></tr>\n<tr><td>10:45</td><td>backup runs "
        "again</td></tr>\n</table>\n"
    )
    assert found.duration.minutes == 45


def test_inline_fields_and_leftovers_of_templates() -> None:
    read = document(
        "# <% tp.file.title %>\n\ndate:: 2025-03-05\nseverity:: P1\nservices:: [[payments]], [[ledger]]\n"
        "duration:: 45m\nlead:: [[Kim Vale]]\n\n## Cause\n\nx\n",
        "post-mortems/2025-03-05-ledger.md",
    )
    assert (read.title, read.severity, read.services) == ("Ledger", "P1", ("payments", "ledger"))
    assert (read.date, read.duration_minutes, read.authors) == (dt.date(2025, 3, 5), 45, ("Kim Vale",))
    empty = document("---\ntitle: '{{title}}'\nseverity: <% x %>\n---\n# Real\n\n## Cause\n\nx\n")
    assert (empty.title, empty.severity) == ("Real", None)


PROMPTS = (
    "*What happened? Who was affected?*",
    "_Describe the cause, use the five whys._",
    "> Explain here how it was resolved.",
    "[Describe the impact]",
    "<describe the steps>",
    "*Please add links.*",
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_prompts_of_templates_say_nothing(prompt: str) -> None:
    parts = "".join(
        f"## {name}\n\n{prompt}\n\n{text}\n\n"
        for name, text in (
            ("Impact", "Orders failed."),
            ("Root cause", "The queue was full."),
            ("Resolution", "Purged it."),
        )
    )
    found = facts(f"# Queue full\n\n{parts}")
    assert first(found) == ("Purged it.", "The queue was full.", "Orders failed.")
    bare = facts(f"# Queue full\n\n## Root cause\n\n{prompt}\n\n## Resolution\n\n{prompt}\n")
    assert (bare.causes, bare.resolution) == ((), ())


@pytest.mark.parametrize(
    "text",
    ["*Orders* failed at night.", "> We saw 503s.", "[Ticket](https://example.org/1)", "- [ ] Describe it"],
)
def test_what_people_wrote_is_no_prompt(text: str) -> None:
    assert text in document(f"# T\n\n## Impact\n\n{text}\n").text
    assert facts(f"# T\n\n## Root cause\n\n{text} because of a full disk\n").causes


@pytest.mark.parametrize("heading", ["What we did", "Steps taken", "What did we do"])
def test_what_was_done_is_no_failed_attempt(heading: str) -> None:
    found = facts(f"# Queue full\n\n## Cause\n\nx\n\n## {heading}\n\n1. Purged the queue\n2. Restarted it\n")
    assert found.attempts == ()
    assert "Purged" in found.resolution[0].text


def test_nothing_stands_in_both_lists() -> None:
    found = facts(
        "# Down\n\n## Timeline\n\n- 10:00 no new orders for 5 minutes, automation restarted the timers "
        "and this "
        "resolved the issue\n- 10:10 orders flow again\n\n## Resolution\n\n### First\n\n"
        "Restarted it, but for a "
        "short time only; it hung again.\n\n### Second\n\nRebooted the host. Since then all is well.\n"
    )
    assert found.resolution[0].text.startswith("Rebooted the host")
    assert [each.text.startswith("Restarted it") for each in found.attempts] == [True]
    fixed = {line for each in found.resolution for line in range(each.first_line, each.last_line + 1)}
    tried = {line for each in found.attempts for line in range(each.first_line, each.last_line + 1)}
    assert not fixed & tried


def test_rows_on_the_handling_are_no_fix() -> None:
    found = facts(
        "# Mails late\n\n## Key events\n\n- 08:01 Incident declared by Jo\n"
        "- 08:04 Severity upgraded from Minor to "
        "Major\n- 09:00 Switched to the second provider\n- 09:10 Mails flow again\n"
        "- 09:20 Status changed to closed\n"
    )
    assert all("Severity" not in each.text and "Status" not in each.text for each in found.resolution)
    assert "Switched" in found.resolution[0].text


def test_a_block_of_fields_is_no_symptom() -> None:
    found = facts(
        "# Mails late\n\n**Severity**: Major\n**Status**: Closed\n**Reporter**: Jo Reed\n\n## Summary\n\n"
        "**Problem**: Mails came two hours late.\n**Causes**: The provider throttled us.\n"
    )
    assert found.symptoms[0].text == "**Problem**: Mails came two hours late."
    assert all("Severity" not in each.text for each in found.symptoms)


@pytest.mark.parametrize(
    ("timeline", "minutes"),
    [
        ("- T+0m: stalls\n- T+5m: pager\n- T+1h10m: replaced, all normal again\n", 70),
        (
            "| Day | Date (2024) | Time (PT) | Event |\n|--|--|--|--|\n| Wed | Dec 15 | 22:54 | alert |\n"
            "| Thu | Dec 16 | 00:40 | account restored |\n",
            106,
        ),
        ("- 14h05 : alerte\n- 16h20 : service restored\n", 135),
        ("- 10:02 PM alert\n- 10:47 PM back to normal\n", 45),
    ],
)
def test_times_of_timelines(timeline: str, minutes: int) -> None:
    found = facts(f"# T\n\n**Date:** 2024-12-15\n\n## Timeline\n\n{timeline}\n## Root cause\n\nx\n")
    assert found.duration.minutes == minutes


def test_a_duration_may_be_said_in_any_part() -> None:
    found = facts("# Orders\n\n## Resolution\n\nRaised the limit to 20.\n\nThe incident lasted 1 h 40 min.\n")
    assert (found.duration.minutes, found.resolution[0].text) == (100, "Raised the limit to 20.")


def test_signs_and_marks_of_tasks() -> None:
    found = facts(
        "# T\n\n## Cause\n\nx\n\n## Actions\n\n- [ ] Renew it \U0001f4c5 2025-05-20 [[Kim Vale]]\n"
        "- [x] Alert earlier \u2705 2025-05-09\n- \u2611 Wrote it down\n"
        "- \U0001f534 Move the host (Jo, 2025-06-01)\n"
    )
    told = [(each.text, each.owner, each.due, each.status) for each in found.actions]
    assert told[0] == ("Renew it", "Kim Vale", dt.date(2025, 5, 20), ActionStatus.OPEN)
    assert told[1][0::3] == ("Alert earlier", ActionStatus.DONE)
    assert told[2][3] is ActionStatus.DONE
    assert told[3][1:] == ("Jo", dt.date(2025, 6, 1), ActionStatus.OPEN)


def test_follow_ups_told_in_prose() -> None:
    found = facts(
        "# T\n\n## Cause\n\nx\n\n## Follow-ups\n\nThe team will move the host to another rack.\n"
        "That was overdue.\n\nWe have added an alert for full disks.\n"
    )
    assert [(each.line, each.status) for each in found.actions] == [
        (9, ActionStatus.OPEN),
        (12, ActionStatus.DONE),
    ]


def test_no_word_that_only_opens_a_sentence_is_a_service() -> None:
    found = facts(
        "# Downtime of the queue\n\nAuthor: Jo Reed\n\n## Root cause\n\n"
        "Additionally a consumer hung. Therefore "
        "orders waited. Restarted at 10:00 PDT by Jo Reed.\n\n## Resolution\n\nMoved the message.\n"
    )
    assert not {"Additionally", "Therefore", "Restarted", "Moved", "PDT", "Jo Reed", "Downtime"} & {
        *found.services
    }


LANGUAGES = {
    "de": ("Datum: 5. März 2025\nDauer: 1 Stunde 15 Minuten", "Ursache", "Behebung", "Auswirkungen"),
    "fr": ("Date : 5 mars 2025\nDurée : 1 h 15", "Cause racine", "Résolution", "Conséquences"),
    "es": ("Fecha: 5 de marzo de 2025\nDuración: 75 minutos", "Causa raíz", "Solución", "Impacto"),
    "pt": ("Data: 5 de março de 2025\nDuração: 1 hora e 15 minutos", "Causa raiz", "Solução", "Impacto"),
    "it": ("Data: 5 marzo 2025\nDurata: 1 ora e 15 minuti", "Causa principale", "Risoluzione", "Impatto"),
    "nl": ("Datum: 5 maart 2025\nDuur: 1 uur en 15 minuten", "Oorzaak", "Oplossing", "Gevolgen"),
    "pl": ("Data: 5 marca 2025\nCzas trwania: 1 godzina 15 minut", "Przyczyna", "Rozwiązanie", "Skutki"),
    "ru": ("Дата: 5 марта 2025\nДлительность: 1 ч 15 мин", "Причина", "Решение", "Последствия"),
    "ja": ("日付：2025年3月5日\n期間：1時間15分", "根本原因", "対応", "影響"),
    "zh": ("日期：2025年3月5日\n持续时间：1小时15分钟", "根本原因", "解决方案", "影响"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_languages(language: str) -> None:
    header, cause, fix, impact = LANGUAGES[language]
    text = f"# T\n\n{header}\n\n## {impact}\n\naaa aaa aaa\n\n## {cause}\n\nbbb bbb bbb\n\n## {fix}\n\nccc ccc ccc\n"
    read = document(text)
    assert read.kind is Kind.INCIDENT
    assert [section.role for section in read.sections if section.headings[1:]] == [
        Role.IMPACT,
        Role.CAUSE,
        Role.RESOLUTION,
    ]
    assert (read.date, read.duration_minutes) == (dt.date(2025, 3, 5), 75)
    assert first(read_facts(read)) == ("ccc ccc ccc", "bbb bbb bbb", "aaa aaa aaa")


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("Mira Holm responded.", ()),
        ("The site was down. Mira Holm woke up.", ()),
        ("We saw Ledger fail.", ("Ledger",)),
        ("The Ledger app failed.", ("Ledger",)),
    ],
)
def test_people_are_no_services(text: str, services: tuple[str, ...]) -> None:
    assert facts(f"# It was 2025-01-02\n\n## Summary\n\n{text}\n").services == services
