"""``families``: what it lists, in words, as a chart and as JSON; and what it refuses."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from rca_search.cli.page import Page
from rca_search.cli.render_families import chart, recurrence_line, render_families
from rca_search.models import Families, Family, FamilyMember, Freshness, Recurrence, Trend

COUNTRY = """\
---
title: {title}
date: {date}
severity: SEV-{level}
services: [{service}]
{more}
---
# {title}

## Summary

{summary}

## Root Cause

{cause}
"""
LOST = ("The lease of the scheduler ran out and every worker stopped.", "The clock of the lock host jumped.")
OTHERS = {
    "disk": ("Disk of search full", "Old segments filled the volume.", "Nobody deleted segments."),
    "mail": ("Mails not sent", "Mails waited in the spool.", "The relay was on a list of senders of spam."),
    "maps": ("Maps stay blank", "Tiles were refused.", "The monthly quota of the provider was used up."),
    "cert": ("Browsers refuse us", "Handshakes failed.", "The certificate was out of date."),
    "login": ("Nobody can sign in", "Tokens were thought too old.", "A key was rotated on one side."),
    "price": ("Wrong prices shown", "A cache answered with old tariffs.", "Its lifetime was a week."),
}


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which one failure comes back three times among others that do not."""
    folder = tmp_path_factory.mktemp("families") / "vault" / "RCAs"
    folder.mkdir(parents=True)
    for number, (date, level) in enumerate([("2025-01-10", 3), ("2025-06-01", 1), ("2025-07-20", 2)]):
        more = f"duration_minutes: {30 * (number + 1)}" if number else ""
        text = COUNTRY.format(
            title="Scheduler lost its lease", date=date, level=level, service="scheduler", more=more,
            summary=LOST[0], cause=LOST[1],
        )  # fmt: skip
        (folder / f"{date}-lease.md").write_text(text, "utf-8")
    for number, (name, (title, summary, cause)) in enumerate(OTHERS.items(), start=1):
        text = COUNTRY.format(
            title=title,
            date=f"2025-0{number}-03",
            level=4,
            service=name,
            more="",
            summary=summary,
            cause=cause,
        )
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder.parent


@pytest.fixture(scope="module")
def country_index(country: Path) -> Path:
    from typer.testing import CliRunner

    from rca_search.cli.app import app

    index = country.parent / "index"
    built = CliRunner().invoke(app, ["build", str(country), "--index", str(index), "--model", "test-hashing"])
    assert built.exit_code == 0, built.output
    return index


def test_the_failure_that_came_back_is_listed(helpers: Any, country_index: Path) -> None:
    text = helpers.invoke("families", "--index", str(country_index)).stdout
    assert text.startswith("1 failure that came back, the costliest first\n\n 1  Scheduler lost lease\n")
    assert "3 times · 2 h 30 min in 2 of them, about 3 h 45 min in all · worst SEV-1" in text
    assert "last 2025-07-20" in text
    assert "rising · scheduler" in text
    assert "2023-08 ·················█····██ 2025-07" in text
    assert "\x1b" not in text


def test_json_says_the_same_and_one_family_can_be_asked_for(helpers: Any, country_index: Path) -> None:
    def ask(*arguments: str) -> dict[str, Any]:
        result = helpers.invoke("families", *arguments, "--index", str(country_index), "--json")
        assert result.exit_code == 0, result.output
        body: dict[str, Any] = json.loads(result.stdout)
        return body

    body = ask()
    family = body["families"][0]
    assert (body["found"], body["incidents"], body["until"]) == (1, 9, "2025-07-20")
    assert (family["count"], family["minutes"], family["cost_minutes"], family["severity"]) == (
        3,
        150,
        225,
        "SEV-1",
    )
    assert family["months"] == {"2025-01": 1, "2025-06": 1, "2025-07": 1}
    assert ask(family["id"])["families"] == ask("2025-06-01-lease")["families"] == [family]
    narrowed = ask("--since", "2025-06-01", "--service", "SCHEDULER")["families"][0]
    assert (narrowed["count"], narrowed["total"], narrowed["id"]) == (2, 3, family["id"])
    assert ask("--as-of", "2025-05-31")["families"] == []


def test_similar_says_how_often(helpers: Any, country_index: Path) -> None:
    result = helpers.invoke("similar", "scheduler lease", "-k", "1", "-v", "--index", str(country_index))
    assert "Recurs        3 times on record; last on 2025-07-20" in result.stdout


def test_nothing_that_came_back(helpers: Any, country_index: Path) -> None:
    arguments = ("families", "--service", "nobody", "--index", str(country_index))
    assert helpers.invoke(*arguments).stdout.startswith(
        "No failure on record came back.\n0 incidents compared"
    )
    assert helpers.invoke(*arguments, "--exit-code").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nope",), 2, "No family is called 'nope'."),
        (("-k", "0"), 2, "A limit of 0"),
        (("--since", "soon"), 2, "--since takes a day"),
    ],
)
def test_what_is_refused(
    helpers: Any, country_index: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = helpers.invoke("families", *arguments, "--index", str(country_index))
    assert result.exit_code == code
    assert said in result.stderr


def test_an_unchanged_rebuild_publishes_nothing_and_a_rebuild_equals_a_build(
    helpers: Any, country: Path, country_index: Path, tmp_path: Path
) -> None:
    def version(index: Path) -> str:
        return str(json.loads((index / "CURRENT").read_text())["manifest_sha256"])

    before = version(country_index)
    again = helpers.build(country, country_index).stdout
    assert version(country_index) == before
    assert "Published" not in again
    helpers.build(country, tmp_path / "anew")
    assert version(tmp_path / "anew") == before
    mail = country / "RCAs/mail.md"
    text = mail.read_text("utf-8")
    mail.write_text(text.replace("waited", "stood still"), "utf-8")
    try:
        helpers.build(country, tmp_path / "anew")
        helpers.build(country, tmp_path / "whole")
        assert version(tmp_path / "anew") == version(tmp_path / "whole") != before
    finally:
        mail.write_text(text, "utf-8")


def test_a_chart_has_a_bar_for_each_month() -> None:
    bars, first = chart({"2025-12": 8, "2025-11": 4, "2024-01": 1, "2023-12": 9}, dt.date(2025, 12, 31))
    assert (first, bars) == ("2024-01", "▁" + "·" * 21 + "▄█")


def test_how_often_in_words() -> None:
    days = tuple(dt.date(2025, month, 1) for month in (1, 2, 3))
    found = Recurrence("f-1", 4, days)
    assert recurrence_line(found, dt.date(2025, 3, 10)) == (
        "4 times, would now be the 4th in 90 days; last on 2025-03-01"
    )
    assert recurrence_line(found, dt.date(2026, 3, 10)) == "4 times on record; last on 2025-03-01"
    assert recurrence_line(Recurrence("f-1", 2, ()), dt.date(2026, 3, 10)) == "2 times on record"


def test_control_characters_never_reach_the_terminal() -> None:
    member = FamilyMember("RCAs/a\x1b[31m", "T\x1b[2J", None, "S\x07", ("s\x1b",), None)
    family = Family(
        "f-1", "N\x1b[0m", (member, member), 2, ("s\x1b",), None, None, 0, 0, 0, "S\x07", Trend.UNKNOWN, ()
    )
    page = Page(width=80, colored=False)
    render_families(
        page, Families((family,), 1, 2, None, Freshness("1", None, None, None, False)), whole=True
    )
    assert "\x1b" not in page.text()
    assert "\x07" not in page.text()


def test_the_former_name_is_told(helpers: Any) -> None:
    refused = helpers.invoke("recurring", "-k", "3")
    assert refused.exit_code == 2
    assert "Write: rca-search families -k 3." in refused.stderr
    assert "recurring" not in helpers.invoke("--help").stdout
