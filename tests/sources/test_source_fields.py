"""Text to dates, durations and lists: what is read, what is refused, what becomes a warning."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.sources.fields import Fields, read_fields
from rca_search.sources.front_matter import read_front_matter
from rca_search.sources.header import Header
from rca_search.sources.keys import best_keys, field_of
from rca_search.sources.values import one_text, tags, texts
from rca_search.text.dates import FieldError, find_date, parse_date
from rca_search.text.durations import parse_minutes

DAY = dt.date(2025, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-05",
        "2025-3-5",
        "2025/03/05",
        "20250305",
        "2025-03-05T23:30:00+02:00",
        "2025-03-05 23:59 UTC",
        "2025-03-05 to 2025-03-07",
        "2025-03-05, about noon",
        "5 March 2025",
        "5th of March 2025",
        "5-Mar-2025",
        "March 5, 2025",
        "March 5-7, 2025",
        "Mar 5 2025",
        "mar. 5th, 2025",
        "Wednesday, March 5 2025",
        "Wed 5 March 2025 10:00",
        "5.3.2025",
        "05.03.2025",
        " 2025-03-05 ",
    ],
)
def test_spellings_of_one_day(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14.10.2021", dt.date(2021, 10, 14)),
        ("14/10/2021", dt.date(2021, 10, 14)),
        ("10/14/2021", dt.date(2021, 10, 14)),
        ("03/03/2025", dt.date(2025, 3, 3)),
        ("Sept 9, 2024", dt.date(2024, 9, 9)),
        ("29 February 2024", dt.date(2024, 2, 29)),
    ],
)
def test_other_days(text: str, day: dt.date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/2025", "could mean two days"),
        ("3-4-2025", "could mean two days"),
        ("2025-02-30", "not a day of the calendar"),
        ("2025-13-01", "not a day of the calendar"),
        ("31/31/2025", "not a day of the calendar"),
        ("0025-03-05", "year"),
        ("9999-03-05", "year"),
        ("5 Marchy 2025", "not a date"),
        ("March 2025", "not a date"),
        ("2025", "not a date"),
        ("yesterday", "not a date"),
        ("10:42", "not a date"),
        ("", "not a date"),
        ("2025-03-051", "not a date"),
        ("\u0662\u0660\u0662\u0665-03-05", "not a date"),
    ],
)
def test_no_guess_where_a_date_is_impossible_or_ambiguous(text: str, why: str) -> None:
    with pytest.raises(FieldError, match=why) as caught:
        parse_date(text)
    assert caught.value.remedy == "Write it as YYYY-MM-DD."


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-05-queue-stuck.md", DAY),
        ("PM_20250305.md", DAY),
        ("incident_2025_03_05", DAY),
        ("Incident report March 5 2025 - hub down", DAY),
        ("Retrospective 2025-13-40, then 2025-03-05", DAY),
        ("PM2020-007", None),
        ("04/05/2025", None),
        ("build 123456789", None),
    ],
)
def test_dates_inside_names(text: str, day: dt.date | None) -> None:
    assert find_date(text) == day


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("75", 75),
        ("75m", 75),
        ("75 minutes", 75),
        ("1h 15m", 75),
        ("1h15m", 75),
        ("1h15", 75),
        ("1 hour, 15 minutes", 75),
        ("1 hour and 15 minutes", 75),
        ("1.25 hours", 75),
        ("1:15", 75),
        ("1:15:00", 75),
        ("PT1H15M", 75),
        ("p0dt75m", 75),
        ("~75 min.", 75),
        ("about 75 mins (10:45 - 12:00 UTC)", 75),
        ("approx. 75 minutes of downtime", 75),
        ("0:45", 45),
        ("00:45", 45),
        ("1d 2h", 1560),
        ("P1D", 1440),
        ("2 weeks", 20160),
        ("an hour", 60),
        ("75.4", 75),
        ("74.5", 75),
        ("7m 4s", 7),
        ("30s", 1),
        ("29 seconds", 0),
        ("0", 0),
        ("33h 15m (during support hours 10:00-17:00)", 1995),
        ("279 minutes [^3]", 279),
    ],
)
def test_durations(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ongoing",
        "-5",
        "2-4 hours",
        "2 to 3 hours",
        "2 hours to 3 hours",
        "1 day and a half",
        "5 hours 7",
        "1 hour 1 hour",
        "1:75",
        "1e5",
        "PT",
        "P",
        "am",
        "half an hour",
        "400 days",
        "9" * 90 + "h",
    ],
)
def test_no_guess_where_a_duration_is_unclear(text: str) -> None:
    with pytest.raises(FieldError):
        parse_minutes(text)


def test_a_bare_number_counts_in_the_unit_of_its_key() -> None:
    assert parse_minutes("1.5", unit="h") == 90
    assert parse_minutes("90 min", unit="h") == 90


@given(st.text(max_size=80))
def test_any_text_gives_a_value_or_our_error(text: str) -> None:
    for read in (parse_date, parse_minutes):
        try:
            value = read(text)
        except FieldError:
            continue
        assert isinstance(value, dt.date) or 0 <= value <= 366 * 24 * 60
    find_date(text)
    assert all(texts(text))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("api, worker; queue\ncron", ("api", "worker", "queue", "cron")),
        (["api", "Worker", "API", ""], ("api", "Worker")),
        ("[[Services/user-api|the user API]], `queue`", ("user-api", "queue")),
        ([["user-api"]], ("user-api",)),
        ("[[a, b]], c", ("a, b", "c")),
        ([{"name": "api", "tier": "1"}, {"tier": "2"}], ("api",)),
        ("**api** and [worker](./worker.md)", ("api and worker",)),
        ("n/a", ()),
        ("null", ()),
        ("", ()),
        ({}, ()),
        ("payments (EU, US), ledger", ("payments (EU, US)", "ledger")),
    ],
)
def test_lists_of_names(value: object, found: tuple[str, ...]) -> None:
    assert texts(value) == found


def test_tags_lose_their_mark_and_are_divided_by_blanks_too() -> None:
    assert tags("#rca p1, #db/postgres") == ("rca", "p1", "db/postgres")
    assert tags(["#rca", "RCA", "p1"]) == ("rca", "p1")


def test_text_fields_are_one_plain_line() -> None:
    assert one_text("**SEV-1**\n (was `SEV-2`)\x1b[31m") == "SEV-1 (was SEV-2)[31m"
    assert one_text(["P1", "P2"]) == "P1, P2"
    assert one_text("TBD") is None


def test_the_most_telling_key_of_a_field_wins() -> None:
    assert best_keys(["Priority", "started at", "SEVERITY", "Date of Incident"]) == {
        "severity": "SEVERITY",
        "date": "Date of Incident",
    }
    assert field_of("Affected_Services (all)") == "services"
    assert field_of("first detected") is None


def fields(header: str) -> Fields:
    return read_fields("a.md", read_front_matter(f"---\n{header}\n---".split("\n")), Header())


def test_known_keys_become_fields_and_all_others_stay() -> None:
    read = fields(
        "title: A\ndate: 2025-03-05\nseverity: no\npriority: P3\nAffected Services: [x]\ntags: '#rca'\n"
        "status: done\nduration_minutes: 1h\nauthors: [Ana, Bo]\nid: INC-7\naliases: [seven]\n"
        "room: 0123\nteam:\n  lead: Cy"
    )
    assert (read.title, read.title_line, read.date, read.severity) == ("A", 2, DAY, "no")
    assert (read.services, read.tags, read.status) == (("x",), ("rca",), "done")
    assert (read.duration_minutes, read.authors, read.aliases) == (60, ("Ana", "Bo"), ("INC-7", "seven"))
    assert read.metadata == {"priority": "P3", "id": "INC-7", "room": "0123", "team": {"lead": "Cy"}}
    assert read.problems == ()


def test_unreadable_values_are_warnings_with_their_line_and_are_kept() -> None:
    read = fields("date: 03/04/2025\nduration: a while\ntitle: [a, b]")
    assert [(p.path, p.line, p.code, p.fatal) for p in read.problems] == [
        ("a.md", 2, "unreadable_date", False),
        ("a.md", 3, "unreadable_duration", False),
        ("a.md", 4, "unreadable_title", False),
    ]
    assert (read.date, read.duration_minutes, read.title) == (None, None, None)
    assert read.metadata == {"date": "03/04/2025", "duration": "a while", "title": ["a", "b"]}


@pytest.mark.parametrize("value", ["", "null", "~", "[]", "TBD", "n/a"])
def test_empty_values_are_no_values_and_no_warnings(value: str) -> None:
    read = fields(f"date: {value}\nseverity: {value}\nservices: {value}\nduration: {value}")
    assert (read.date, read.severity, read.services, read.duration_minutes) == (None, None, (), None)
    assert read.problems == ()


def test_a_number_of_hours_is_told_by_its_key() -> None:
    assert fields("duration_hours: 2").duration_minutes == 120
