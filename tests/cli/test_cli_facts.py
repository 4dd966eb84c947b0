"""Facts on the command line: ``--elapsed``, ``show``, their JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
QUESTION = "x509 certificate expired"


def test_facts_in_json(answer: Answer) -> None:
    body = answer("similar", QUESTION, "-k", "1", "--elapsed", "1h30")
    facts = body["incidents"][0]["facts"]
    assert body["query"]["elapsed_minutes"] == 90
    assert facts["duration"] == {"minutes": 102, "basis": "stated", "first_line": 0, "last_line": 0}
    assert [item["first_line"] for item in facts["resolution"]] == [23]
    assert facts["resolved_by"] == ["Ada"]
    assert body["durations"] == [
        {"severity": None, "count": 1, "median": 102, "shortest": 102, "longest": 102, "left_out": 0}
    ]
    assert body["open_actions"] == []


def test_what_was_over_sooner_is_left_out(ask: Ask) -> None:
    result = ask("similar", QUESTION, "-k", "1", "--elapsed", "5h")
    assert "These lasted longer than the 5 h so far: none, 1 shorter one left out" in result.stdout


@pytest.mark.parametrize("value", ["soon", "-5m", "2 to 3 hours"])
def test_an_elapsed_time_that_is_none(ask: Ask, value: str) -> None:
    result = ask("similar", QUESTION, "--elapsed", value)
    assert result.exit_code == 2
    assert "--elapsed takes a time such as 45m" in result.stderr


def test_show_lists_every_fact_with_its_lines(ask: Ask, answer: Answer) -> None:
    text = ask("show", CERTIFICATE).stdout
    assert "fixed by  23-29  Issued the certificate by hand." in text
    assert "cause     19  The renewal job had no permission" in text
    assert answer("show", CERTIFICATE)["facts"]["causes"][0]["first_line"] == 19
    assert answer("show", "Runbooks/certificates")["facts"] is None
