"""What a person sees: layout, colours, and that nothing from a document reaches the terminal as a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]

SCREEN = """\

  Checkout refused by browsers                                SEV-1 · 1 h 42 min
  RCAs/2025-11-02-checkout-certificate.md:23
  Fixed by      Issued the certificate by hand.
                kubectl -n edge create secret tls edge-certificate --cert=fullchain.pem --key=privkey.pem
                Granted the permission.
  Runbook       Certificates · Symptoms · Runbooks/certificates.md:5
  Why           both name x509; both say certificate and expired

Other incidents, all unlikely
  Payments fell behind   2025-03-14   RCAs/2025-03-14-payments-lag.md:16

More: -v, or rca-search show RCAs/2025-11-02-checkout-certificate
"""
QUESTION = ("similar", "x509 certificate expired", "--as-of", "2026-01-10", "--exclude", "disk")


def test_an_answer_on_80_columns(ask: Ask) -> None:
    verdict, _, rest = ask(*QUESTION, env={"COLUMNS": "80"}).stdout.partition("\n")
    assert re.match(
        r"(Probably|Possibly) (the same failure as on|related to the failure of) 2025-11-02", verdict
    )
    assert rest.endswith(SCREEN)


def test_your_line_stands_beside_the_line_of_the_past(ask: Ask) -> None:
    question = (
        "payments-api is slow since noon\nKafkaConsumerLag is firing, the consumer group rebalances\n"
        "also TimeoutError from the broker\nturbine hall flooded yesterday"
    )
    shown = ask("similar", question, "--exclude", "disk", "-v", env={"COLUMNS": "80"}).stdout
    assert (
        "  Why           same alert KafkaConsumerLag; both say group and rebalances; same\n"
        "                service payments-api\n"
    ) in shown
    assert (
        "  You 2         KafkaConsumerLag is firing, the consumer group rebalances\n"
        "  Line 12       KafkaConsumerLag fired: the consumer group rebalances over …\n"
        "                RCAs/2025-03-14-payments-lag.md:12 · Summary\n"
        '  Only now      "also TimeoutError from the broker", "turbine hall flooded\n'
        '                yesterday"\n'
    ) in shown


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_lines_fit_the_width_code_apart(ask: Ask, columns: int) -> None:
    for command in (QUESTION, ("runbooks", "x509 certificate expired"), ("status",)):
        output = ask(*command, env={"COLUMNS": str(columns)}).stdout
        words = ("kubectl", "RCAs/", "Runbooks/", "Version")
        long = [line for line in output.splitlines() if len(line) > columns]
        assert [line for line in long if not any(word in line for word in words)] == []
        assert not any(line.endswith(" ") for line in output.splitlines())


def test_five_hits_fit_one_screen(helpers: Any, tmp_path: Path) -> None:
    story = "# Outage {n}\n\n## Summary\n\n{text}\n\n## Resolution\n\n{steps}\n"
    text = "The consumer group rebalances over and over while the lag of the topic keeps growing. " * 6
    steps = "\n".join(
        f"{n}. Restarted consumer {n} and waited for the group to settle again." for n in range(1, 15)
    )
    documents = {
        f"RCAs/2025-0{n}-01-lag.md": story.format(n=n, text=text, steps=steps) for n in range(1, 7)
    } | {f"Runbooks/lag-{n}.md": f"# Lag {n}\n\n## Steps\n\n{text}\n" for n in range(1, 7)}
    helpers.build(helpers.write(tmp_path / "vault", documents), tmp_path / "index")
    ask = ("similar", "consumer group rebalances, lag growing", "--index", str(tmp_path / "index"))
    lines = {
        columns: helpers.invoke(*ask, env={"COLUMNS": str(columns)}).stdout.count("\n")
        for columns in (60, 80, 100)
    }
    assert max(lines.values()) <= 34
    assert helpers.invoke(*ask, "-v").stdout.count("\n") > 2 * lines[100]


def test_scores_are_shown_on_demand_and_never_as_a_share(ask: Ask) -> None:
    plain, verbose = ask(*QUESTION), ask(*QUESTION, "-v")
    assert "Ranked" not in plain.stdout
    assert re.search(
        r"Ranked        -?\d+\.\d\d in all, meaning -?\d+\.\d\d, words -?\d+\.\d\d", verbose.stdout
    )
    ranked = [line for line in verbose.stdout.splitlines() if "Ranked " in line]
    assert ranked
    assert not any("%" in line for line in ranked)


@pytest.mark.parametrize(
    ("env", "arguments", "colored"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "0"}, (), False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--no-color",), False),
    ],
)
def test_colours(ask: Ask, env: Mapping[str, str], arguments: tuple[str, ...], colored: bool) -> None:
    clean = {"NO_COLOR": None, "FORCE_COLOR": None}
    for command in (QUESTION, ("show", "disk"), ("show", "nothing-like-this")):
        result = ask(*command, *arguments, env={**clean, **env})
        assert ("\x1b[" in result.output) is colored
    assert ("\x1b[" in ask(*QUESTION, "--json", env={**clean, **env}).stdout) is False


HOSTILE = (
    "---\ntitle: \"Title \\e]0;owned\\a [bold red]loud[/bold red] \\u202Eesrever\"\ndate: 2025-05-05\n"
    "services: [\"api\\e[31m\"]\nseverity: \"[link=http://x]S1[/link]\"\nodd: \"key\\e[2J\"\n---\n\n"
    "## Summary\x1b[2J\n\nThe gateway said \x1b[31mno\x1b[0m and \x9b31mno again, "
    ":boom: [/nothing] [red]x[/red].\x07\n\n"
    "## Resolution\n\n```\nkubectl \x1b]8;;http://evil\x1b\\delete\x1b]8;;\x1b\\ pod [bold]x[/bold]\r\n```\n"
)  # fmt: skip
NAME = "RCAs/2025-05-05-hostile [red]name.md"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


@pytest.fixture
def hostile_index(helpers: Any, tmp_path: Path) -> Path:
    broken = {"RCAs/\x1b[31mbroken.md": "---\ntitle: [\x1b[31m\n---\n"}
    helpers.build(helpers.write(tmp_path / "vault", {NAME: HOSTILE, **broken}), tmp_path / "index")
    return tmp_path / "index"


@pytest.mark.parametrize(
    "command",
    [
        ("similar", "gateway said no"),
        ("similar", "gateway said no", "-v"),
        ("similar", "x", "--service", "\x1b[31mred"),
        ("runbooks", "x"),
        ("show", NAME.removesuffix(".md")),
        ("show", NAME.removesuffix(".md"), "--lines"),
        ("show", "\x1b[31mnothing"),
        ("status", "-v"),
        ("similar", "--file", "/nowhere/\x1b[31m"),
        ("similar", "gateway said no", "--json"),
        ("show", NAME.removesuffix(".md"), "--json"),
    ],
)
def test_nothing_of_a_document_commands_the_terminal(
    helpers: Any, hostile_index: Path, command: tuple[str, ...]
) -> None:
    result = helpers.invoke(*command, "--index", str(hostile_index))
    assert result.exit_code in (0, 2), result.output
    assert CONTROL.findall(result.stdout) == []
    assert CONTROL.findall(result.stderr) == []


def test_a_build_report_commands_no_terminal(helpers: Any, tmp_path: Path) -> None:
    folder = helpers.write(
        tmp_path / "vault", {NAME: HOSTILE, "RCAs/\x1b[31mbroken.md": "---\ntitle: [x\n---\n"}
    )
    result = helpers.build(folder, tmp_path / "index", "-v")
    assert "broken.md" in result.stdout
    assert CONTROL.findall(result.stdout + result.stderr) == []


def test_text_of_a_document_is_shown_and_not_interpreted(helpers: Any, hostile_index: Path) -> None:
    output = helpers.invoke("similar", "gateway said no", "-v", "--index", str(hostile_index)).stdout
    assert "]0;owned" in output
    assert "[bold red]loud[/bold red]" in output
    assert "kubectl \u241b]8;;http://evil\u241b\\delete" in output
    assert "[link=http://x]S1[/link]" in output
    assert "[/nothing] [red]x[/red]" in output
    assert ":boom:" in output
    assert "pod [bold]x[/bold]" in output


def test_coloured_output_has_only_our_own_sequences(helpers: Any, hostile_index: Path) -> None:
    result = helpers.invoke(
        "similar",
        "gateway said no",
        "-v",
        "--index",
        str(hostile_index),
        env={"FORCE_COLOR": "1", "NO_COLOR": None},
    )
    assert re.search(r"\x1b\[", result.stdout)
    assert CONTROL.findall(re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)) == []
    # 2J clears the screen; the document's own came as text.
    assert "\x1b[2J" not in result.stdout


def test_filters_that_nothing_passes_are_explained(ask: Ask) -> None:
    lines = ask(
        "similar", "x", "--service", "payment-api", "--severity", "sev9", "--since", "2030-01-01"
    ).stdout.splitlines()  # fmt: skip
    assert lines[:4] == [
        "No incident in the index passes these filters.",
        "  No incident has the service payment-api; did you mean payments-api?",
        "  No incident has the severity sev9; did you mean sev2, SEV-1?",
        "  Incidents are dated from 2024-07-01 to 2025-11-02; undated ones pass no date filter.",
    ]


def test_replay_before_the_first_incident_is_explained(ask: Ask) -> None:
    lines = ask("similar", "x", "--as-of", "2020-01-01").stdout.splitlines()
    assert lines[:2] == [
        "No incident in the index exists for this question.",
        "  Documents after 2020-01-01 did not exist for this answer (--as-of).",
    ]


def test_an_index_without_incidents_says_so(helpers: Any, tmp_path: Path) -> None:
    folder = helpers.write(tmp_path / "vault", {"Runbooks/a.md": "# A\n\n## Steps\n\nLift it.\n"})
    helpers.build(folder, tmp_path / "index")
    output = helpers.invoke("similar", "it fell", "--index", str(tmp_path / "index")).stdout
    assert output.startswith("There is no incident in the index.\n")
    assert "\n\nNearest runbook" in output
    assert output.endswith("\n  A · Steps   Runbooks/a.md:5\n")


def test_a_document_is_shown_with_its_sections(ask: Ask, helpers: Any) -> None:
    output = ask("show", "2025-03-14-payments-lag", "--lines").stdout
    shown = {
        int(match[1]): match[2]
        for line in output.splitlines()
        if (match := re.fullmatch(r" *(\d+)(?:  (.*))?", line))
    }
    lines = helpers.documents["RCAs/2025-03-14-payments-lag.md"].split("\n")
    assert [shown.get(number) or "" for number in range(1, len(lines))] == lines[:-1]
    assert "--- resolution · resolution · lines 14-16 ---" in output
    assert "kind by   folder: RCAs" in output


def test_a_document_off_a_terminal_is_verbatim(ask: Ask) -> None:
    output = ask("show", "2025-11-02-checkout-certificate", env={"COLUMNS": "50"}).stdout
    sentence = "Every call to checkout-api failed with x509 certificate expired, first in the browser, then"
    assert any(line.startswith(sentence) for line in output.splitlines())
