"""How long an incident lasted, from figures, windows and timelines in many spellings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.facts import read_facts
from rca_search.facts.timeline import read_moment
from rca_search.models import Document, DurationBasis

Write = Callable[..., Document]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("## Summary\n\nThe outage lasted 45 minutes.\n", 45),
        ("## Summary\n\nThis lasted approximately nine hours before it healed.\n", 540),
        ("## Summary\n\nAn outage lasting 1 hour and 48 minutes hit everyone.\n", 108),
        ("## Summary\n\nThe site was down for half an hour.\n", 30),
        ("## Summary\n\nThere were 20 minutes of downtime.\n", 20),
        ("## Summary\n\nFlags were down for about 3 hours, from 15:30 to 18:10 UTC.\n", 160),
        ("## Summary\n\nFrom November 11, 4:02 PM UTC to November 14, 3:02 PM UTC it was slow.\n", 4260),
        ("## Summary\n\nBetween 23:40 and 00:15 nothing worked.\n", 35),
        ("## Summary\n\nBetween 1900 and 2115 UTC nothing worked.\n", 135),
        ("## Lessons\n\nIn all it lasted roughly two hours.\n", 120),
        ("## Summary\n\nThe site was down for about 1,200 minutes.\n", 1200),
        ("## Stats\n\n- Time to recovery: 87 minutes\n", 87),
        ("## Impact\n\n**Total impact duration:** 5 hours 26 minutes (10:45 - 16:11 UTC)\n", 326),
        ("## Impact\n\n**Duration:** 21:45 to 23:28 UTC (103 minutes)\n", 103),
    ],
)
def test_what_is_stated(write: Write, text: str, minutes: int) -> None:
    duration = read_facts(write(f"# Down\n\n{text}")).duration
    assert (duration.minutes, duration.basis) == (minutes, DurationBasis.STATED)


@pytest.mark.parametrize(
    "text",
    [
        "A downtime of 30 minutes is expected.",
        "Such outages usually last 45 to 90 minutes.",
        "It took 20 minutes to detect.",
        "Requests rose from 1900 to 2100 a second.",
        "The window is planned from 10:00 to 12:00.",
    ],
)
def test_what_is_no_duration(write: Write, text: str) -> None:
    assert read_facts(write(f"# Down\n\n## Summary\n\n{text}\n")).duration.minutes is None


def test_front_matter_goes_first(write: Write) -> None:
    document = write("# Down\n\n## Summary\n\nIt lasted 2 hours.\n", front="duration_minutes: 33\n")
    assert read_facts(document).duration.minutes == 33


def test_support_hours_are_no_duration(write: Write) -> None:
    document = write(
        "# Incident\n\n- **Key events**\n  - Fault occurs 2025-03-05 07:15\n  - Resolved 2025-03-05 15:09\n\n"
        "- **Impact**: Nobody could log in.\n\n"
        "- **Time to resolve**: 5h 09m (during support hours 10:00-17:00)\n"
    )
    duration = read_facts(document).duration
    assert (duration.minutes, duration.basis) == (474, DurationBasis.TIMELINE)


def rows(*entries: str) -> str:
    return "# Down\n\n## Timeline\n\n" + "\n".join(f"- {entry}" for entry in entries) + "\n"


@pytest.mark.parametrize(
    ("entries", "minutes"),
    [
        (("10:02 errors", "10:47 back to normal"), 45),
        (("23:50 UTC errors", "00:20 UTC service restored"), 30),
        (("2025-03-05 23:50 errors", "2025-03-06 01:00 resolved", "2025-03-08 09:00 post-mortem held"), 70),
        (("9:02a errors", "11:50 looked at", "1:15 restored"), 253),
        (("10:00 UTC errors", "12:30 CET resolved"), 90),
        (("March 5, 2025 14:00 errors", "March 6, 2025 02:00 resolved"), 720),
        (("2pm backlog seen", "2:35pm scaled up", "3pm resolved"), 60),
        (("2025-03-05 10:00 errors", "2024-03-05 10:30 wrong year", "2025-03-05 11:00 resolved"), 60),
        (("10:00 errors", "10:30 resolved", "10:25 noted late", "15:00 ticket closed"), 30),
        (
            (
                "2025-03-01 12:00 bad manifest applied",
                "2025-03-05 08:00 everything returns 404",
                "2025-03-05 09:08 recovered",
            ),
            68,
        ),
        (
            (
                "2025-03-05 10:00 errors",
                "2025-03-05 10:30 recovered",
                "2025-03-13 10:00 errors again",
                "2025-03-13 11:00 recovered",
            ),
            30,
        ),
        (("10:00 - 10:20 errors", "10:30 - 10:40 all healthy"), 40),
    ],
)
def test_a_timeline_is_subtracted(write: Write, entries: tuple[str, ...], minutes: int) -> None:
    duration = read_facts(write(rows(*entries))).duration
    assert (duration.minutes, duration.basis) == (minutes, DurationBasis.TIMELINE)


def test_headings_with_days_and_times(write: Write) -> None:
    document = write(
        "# Down\n\n## May 12\n\n### 20:15\n\nErrors.\n\n### 23:00\n\nStill.\n\n### 00:40\n\nRestored.\n"
    )
    assert read_facts(document).duration.minutes == 265


def test_a_table_with_day_and_time_in_two_columns(write: Write) -> None:
    document = write(
        "# Down\n\n## Timeline\n\n| Date | Time | Event |\n|---|---|---|\n| 2025-03-05 | 22:00 | errors |\n"
        "| 2025-03-06 | 01:30 | resolved |\n"
    )
    assert read_facts(document).duration.minutes == 210


def test_a_long_timeline_without_an_end_gives_none(write: Write) -> None:
    document = write(rows("2025-03-05 10:00 errors", "2025-03-07 12:00 somebody asks for news"))
    assert read_facts(document).duration.minutes is None


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["{h:02}:{m:02}", "{h}:{m:02} UTC", "**{h:02}:{m:02}**", "~{h:02}:{m:02}:30"]),
)
def test_every_clock_is_read(hour: int, minute: int, form: str) -> None:
    moment = read_moment(form.format(h=hour, m=minute) + " something happened")
    assert moment is not None
    assert moment.minute == hour * 60 + minute


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or moment.minute is None or 0 <= moment.minute <= 24 * 60 + 59
