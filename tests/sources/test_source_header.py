"""Fields of files without front matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from rca_search.models import Document

Parse = Callable[..., tuple[Document, tuple[object, ...]]]


def shown(document: Document) -> tuple[object, ...]:
    return (
        document.title,
        document.date,
        document.severity,
        document.services,
        document.duration_minutes,
        document.authors,
        document.status,
    )


def test_a_bold_list_and_the_date_in_the_file_name(parse_file: Parse) -> None:
    document, problems = parse_file("2025-04-02-bold-parts.md")
    assert shown(document) == (
        "Parcel labels printed twice",
        dt.date(2025, 4, 2),
        "SEV2",
        ("label-service", "print-gateway"),
        75,
        ("Ana Petrova",),
        None,
    )
    assert problems == ()


def test_a_table_of_two_columns(parse_file: Parse) -> None:
    document, problems = parse_file("table-header.md")
    assert shown(document) == (
        "Instant quotes for everybody",
        dt.date(2024, 10, 14),
        "SEV2",
        ("checkout", "pricing"),
        33,
        ("Sanne",),
        "closed",
    )
    assert problems == ()


def test_capitals_with_the_value_on_the_next_line(parse_file: Parse) -> None:
    document, _ = parse_file("plain-parts.md")
    assert (document.duration_minutes, document.authors, document.status) == (7, ("Noor",), "Reviewed")


def test_bullets_and_the_date_in_the_title(parse_file: Parse) -> None:
    document, _ = parse_file("bullet-parts.md")
    assert (document.date, document.duration_minutes) == (dt.date(2024, 11, 3), 22)


@pytest.mark.parametrize(
    "line",
    [
        "**Severity:** high",
        "**Severity**: high",
        "__Severity__: high",
        "- **Severity:** high",
        "* Severity: high",
        "Severity: high",
        "| Severity | high |",
        "| **Severity** | high |",
        "severity level: low\nSeverity: high",
    ],
)
def test_spellings_of_one_pair(parse: Parse, line: str) -> None:
    document, _ = parse(f"# Title\n\n{line}\n\nText.\n")
    assert document.severity == "high"


def test_a_row_under_its_keys(parse: Parse) -> None:
    document, _ = parse("# T\n\n| Date | Severity | Duration |\n|---|:-:|---|\n| 2025-03-05 | S1 | 2h |\n")
    assert (document.date, document.severity, document.duration_minutes) == (dt.date(2025, 3, 5), "S1", 120)


def test_front_matter_wins_over_the_header(parse: Parse) -> None:
    document, _ = parse("---\nseverity: S1\n---\n# T\n\n**Severity:** S9\n**Status:** open\n")
    assert (document.severity, document.status) == ("S1", "open")


def test_prose_below_the_first_part_and_code_are_no_header(parse: Parse) -> None:
    document, _ = parse(
        "# T\n\n```\nStatus: 500\n```\n\n## Summary\n\nStatus: lost\n\n**Severity:** high\n\n"
        "## Impact\n\n**Duration:** 5h\n"
    )
    assert (document.status, document.severity, document.duration_minutes) == (None, None, None)


def test_a_time_of_day_states_no_date(parse: Parse) -> None:
    document, problems = parse("# T\n\nStarted: 10:42 UTC\nDuration: until noon\n")
    assert (document.date, document.duration_minutes) == (None, None)
    assert [problem.code for problem in problems] == ["missing_date"]  # type: ignore[attr-defined]


def test_an_ambiguous_date_in_the_header_is_a_warning_with_its_line(parse: Parse) -> None:
    document, problems = parse("# T\n\n**Date:** 03/04/2025\n")
    assert document.date is None
    assert [(p.line, p.code) for p in problems] == [(3, "unreadable_date")]  # type: ignore[attr-defined]


def test_figures_at_the_end_count_where_the_top_has_none(parse: Parse) -> None:
    stats = "## Stats\n\n- Time to detection: 5 minutes\n- Time to recovery: 240 minutes\n"
    assert parse(f"# T\n\n## Summary\n\nx\n\n{stats}")[0].duration_minutes == 240
    assert parse(f"# T\n\n**Duration:** 1h\n\n## Summary\n\nx\n\n{stats}")[0].duration_minutes == 60


@pytest.mark.parametrize(
    ("path", "title", "day"),
    [
        ("2025/03/05/outage.md", "Outage", dt.date(2025, 3, 5)),
        ("2025-03-05/notes.md", "Notes", dt.date(2025, 3, 5)),
        ("2025-03-05-queue_stuck.md", "Queue stuck", dt.date(2025, 3, 5)),
        ("2025-03-05.md", "2025-03-05", dt.date(2025, 3, 5)),
        ("incidents/queue.md", "Queue", None),
    ],
)
def test_file_and_folder_names_are_the_last_resort(
    parse: Parse, path: str, title: str, day: dt.date | None
) -> None:
    document, _ = parse("Plain text.\n", path)
    assert (document.title, document.date, document.title_line) == (title, day, 1)


def test_the_timeline_dates_an_incident_that_nothing_else_dates(parse: Parse) -> None:
    table = "| Time | Event |\n|---|---|\n| 2025-03-05 07:00 | alert |\n"
    text = f"# T\n\n## Timeline\n\n{table}\n## Root cause\n\nx\n"
    assert parse(text)[0].date == dt.date(2025, 3, 5)
