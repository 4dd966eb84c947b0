"""``--why-not``: what a person reads, what a program gets, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from rca_search.ranking.features import MONOTONE_CONSTRAINTS

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
LAG = "RCAs/2025-03-14-payments-lag"
QUESTION = "browsers say x509 certificate expired, consumer group rebalances"


def test_it_says_where_why_and_what_it_would_have_taken(ask: Ask) -> None:
    shown = ask("similar", QUESTION, "--why-not", LAG, env={"COLUMNS": "80"})
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0] == f"Payments fell behind {LAG}.md"
    assert re.fullmatch(r"  2nd of 3 incidents; \d+ % likely: [a-z ]+", lines[1])
    assert lines[2] == "  These odds are not calibrated for this model."  # a made-up encoder's
    assert lines[3] == "  First is Checkout refused by browsers"
    assert lines[4].startswith(f"    {CERTIFICATE}.md; ")
    assert "Against it, beside the first hit" in lines
    assert "What it would have taken" in lines
    words = next(line for line in lines if line.startswith("  words"))
    assert "lacks" in words
    assert max(map(len, lines)) <= 80
    assert not any(name in shown.stdout for name in MONOTONE_CONSTRAINTS if "_" in name)


def test_verbose_shows_the_features_behind_it(ask: Ask) -> None:
    shown = ask("similar", QUESTION, "--why-not", LAG, "-v").stdout
    assert all(re.search(rf"^    {name} ", shown, re.MULTILINE) for name in MONOTONE_CONSTRAINTS)


def test_the_first_hit_is_said_to_be_it(ask: Ask) -> None:
    shown = ask("similar", QUESTION, "--why-not", CERTIFICATE).stdout
    assert "  1st of 3 incidents; " in shown
    assert "First is" not in shown


def test_what_keeps_it_out_is_said_as_it_was_asked_for(ask: Ask) -> None:
    shown = ask("similar", QUESTION, "--why-not", CERTIFICATE, "--service", "payments-api").stdout
    assert "  Kept out by --service payments-api\n" in shown
    assert "  Without --service payments-api:\n    1st, " in shown


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (("--as-of", "2025-06-01"), "  Did not exist yet: --as-of 2025-06-01\n"),
        (("--exclude", CERTIFICATE), f"  Kept out by --exclude {CERTIFICATE}\n"),
    ],
)
def test_of_what_does_not_exist_nothing_is_said(ask: Ask, option: tuple[str, str], line: str) -> None:
    shown = ask("similar", QUESTION, "--why-not", CERTIFICATE, *option).stdout
    assert shown == f"{CERTIFICATE}\n{line}"


def test_a_runbook_and_its_links(ask: Ask, answer: Answer) -> None:
    shown = ask("runbooks", QUESTION, "--why-not", "certificates").stdout
    assert "Runbooks/certificates.md" in shown.splitlines()[0]
    body = answer("runbooks", QUESTION, "--why-not", "certificates")
    assert (body["kind"], body["place"], body["of"]) == ("runbook", 1, 1)
    assert [each["by"] for each in body["shifts"]][:1] == ["links"]


def test_json_agrees_with_the_answer(answer: Answer) -> None:
    hits = answer("similar", QUESTION)["incidents"]
    for hit in hits:
        body = answer("similar", QUESTION, "--why-not", hit["id"])
        assert (body["place"], body["likelihood"]) == (hit["rank"], hit["likelihood"])
        assert body["first"]["likelihood"] == hits[0]["likelihood"]
        assert body["query"]["text"] == QUESTION


def test_a_document_can_be_asked_with(answer: Answer) -> None:
    body = answer("similar", "--incident", "disk", "--why-not", LAG)
    assert body["query"]["incident"] == "RCAs/disk"
    assert body["of"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("similar", "x", "--why-not", "certificates"), "'Runbooks/certificates' is no incident"),
        (("runbooks", "x", "--why-not", LAG), f"'{LAG}' is no runbook"),
        (("similar", "x", "--why-not", "checkout-api"), "neither an incident nor a runbook"),
        (("similar", "x", "--why-not", "RCAs/dusk"), "No document is called 'RCAs/dusk'"),
        (("similar", "--incident", LAG, "--why-not", LAG), "is the question itself"),
        (("similar", "x", "--why-not", LAG, "--exit-code"), "--why-not and --exit-code exclude each other"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(ask: Ask, arguments: tuple[str, ...], message: str) -> None:
    refused = ask(*arguments)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_an_unknown_name_comes_with_near_spellings(ask: Ask) -> None:
    refused = ask("similar", "x", "--why-not", "RCAs/2025-03-14-payment-lag")
    assert f"Did you mean {LAG}?" in refused.stderr
