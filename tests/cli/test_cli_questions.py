"""Every way to put a question, and what narrows the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
LAG = "RCAs/2025-03-14-payments-lag"
QUESTION = "x509 certificate expired"


def found(body: dict[str, Any], what: str = "incidents") -> list[str]:
    return [result["id"] for result in body[what]]


def test_a_question_as_text(answer: Answer) -> None:
    body = answer("similar", QUESTION)
    assert found(body)[0] == CERTIFICATE
    assert (body["query"]["source"], body["query"]["text"]) == ("text", QUESTION)


def test_several_words_without_quotes(answer: Answer) -> None:
    assert answer("similar", "x509", "certificate", "expired")["query"]["text"] == QUESTION


@pytest.mark.parametrize("arguments", [(), ("-",), ("--file", "-")])
def test_a_question_from_standard_input(answer: Answer, arguments: tuple[str, ...]) -> None:
    body = answer("similar", *arguments, stdin=QUESTION)
    assert body["query"]["source"] == "stdin"
    assert body["query"]["text"] == QUESTION
    assert found(body)[0] == CERTIFICATE


def test_a_question_from_a_file(answer: Answer, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_bytes(b"\xef\xbb\xbfKafkaConsumerLag fired\r\n")
    body = answer("similar", "--file", str(draft))
    assert (body["query"]["source"], body["query"]["text"]) == ("file", "KafkaConsumerLag fired\r\n")
    assert found(body)[0] == LAG


@pytest.mark.parametrize("stdin", [b"x509 certificate expired \xff\xfe", b"\xffx509 certificate expired"])
def test_a_question_that_is_not_utf8_is_asked_with_a_warning(ask: Ask, stdin: bytes) -> None:
    result = ask("similar", "-", "-k", "1", stdin=stdin)
    assert result.exit_code == 0
    assert "Checkout refused by browsers" in result.stdout
    assert f"standard input is not UTF-8 (byte {stdin.index(0xFF) + 1})" in result.stderr


@pytest.mark.parametrize(
    "name", [CERTIFICATE, "2025-11-02-checkout-certificate", "2025-11-02-checkout-certificate.md"]
)
def test_a_question_by_an_incident_never_finds_itself(answer: Answer, name: str) -> None:
    body = answer("similar", "--incident", name)
    assert body["query"]["source"] == "incident"
    assert body["query"]["incident"] == CERTIFICATE
    assert sorted(found(body)) == [LAG, "RCAs/disk"]


def test_runbooks_take_the_same_questions(answer: Answer) -> None:
    assert found(answer("runbooks", QUESTION), "runbooks") == ["Runbooks/certificates"]
    assert found(answer("runbooks", "-", stdin=QUESTION), "runbooks") == ["Runbooks/certificates"]
    by_incident = answer("runbooks", "-i", CERTIFICATE)
    assert by_incident["query"]["incident"] == CERTIFICATE
    assert found(by_incident, "runbooks") == ["Runbooks/certificates"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--service", "payments-api"), [LAG]),
        (("--service", "payments-api", "--service", "ingress"), [CERTIFICATE, LAG]),
        (("--severity", "sev1"), [CERTIFICATE]),
        (("--tag", "kafka"), [LAG]),
        (("--since", "2025-03-14", "--until", "2025-03-14"), [LAG]),
        (("--since", "2025-03-15"), [CERTIFICATE]),
        (("--as-of", "2025-11-01"), [LAG, "RCAs/disk"]),
        (("--exclude", "INC-7"), [CERTIFICATE, LAG]),
        (("--exclude", "INC-7", "--exclude", LAG), [CERTIFICATE]),
        (("-k", "1"), [CERTIFICATE]),
        (("--service", "nobody"), []),
    ],
)
def test_what_narrows_the_answer(answer: Answer, arguments: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(found(answer("similar", QUESTION, *arguments))) == sorted(expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("text", "--file", "x"), "TEXT and --file were both given."),
        (("--file", "x", "--incident", "y"), "--file and --incident were both given."),
        (("text", "--file", "x", "--incident", "y"), "TEXT, --file, --incident were all given."),
        (("--since", "yesterday", "text"), "--since takes a day such as 2026-03-31, not 'yesterday'."),
        (("--until", "2025-02-30", "text"), "--until takes a day such as 2026-03-31, not '2025-02-30'."),
        (("--as-of", "2025-1", "text"), "--as-of takes a day"),
        (("--since", "2025-02-01", "--until", "2025-01-01", "text"), "is after --until"),
        (("--service", " ", "text"), "--service is empty."),
        (("-k", "0", "text"), "A limit of 0 is not between 1 and 100."),
        (("-k", "101", "text"), "A limit of 101 is not between 1 and 100."),
        (("-k", "many", "text"), "Invalid value for '--limit' / '-k'"),
        (("   ",), "The question is empty."),
        (("",), "The question is empty."),
        (("--file", "/nowhere/at/all"), "cannot be read: No such file or directory."),
        (("--file", "/"), "cannot be read: Is a directory."),
        (("--incident", "RCAs/nothing-like-this"), "No document is called 'RCAs/nothing-like-this'."),
        (("--exclude", "RCAs/nothing-like-this", "text"), "No document is called"),
        (("-q", "-v", "text"), "contradict"),
        (("--frobnicate", "text"), "No such option: --frobnicate"),
    ],
)
def test_wrong_usage(ask: Ask, arguments: tuple[str, ...], message: str) -> None:
    result = ask("similar", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("stdin", [b"", b" \n\t\n"])
def test_empty_standard_input_is_no_question(ask: Ask, stdin: bytes) -> None:
    result = ask("similar", stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "The question is empty." in result.stderr


def test_a_question_without_end_is_refused(ask: Ask) -> None:
    result = ask("similar", "-", stdin=b"a " * 600_000)
    assert result.exit_code == 2
    assert "longer than 1,048,576 bytes" in result.stderr


def test_a_near_spelling_is_suggested(ask: Ask) -> None:
    result = ask("similar", "--incident", "RCAs/2025-11-02-chekout-certificate")
    assert result.exit_code == 2
    assert f"Did you mean {CERTIFICATE}?" in result.stderr


def test_a_mistyped_command_is_suggested(helpers: Any) -> None:
    result = helpers.invoke("simlar", "text")
    assert result.exit_code == 2
    assert "Did you mean 'similar'?" in result.stderr


def test_options_of_all_commands_may_stand_before_the_command(helpers: Any, index: Path) -> None:
    result = helpers.invoke("--no-color", "--index", str(index), "-v", "status", "--json")
    assert result.exit_code == 0, result.stderr
    assert f'"index_version": "{next((index / "versions").iterdir()).name}"' in result.stdout


def test_a_document_that_is_no_incident_can_be_asked_with(answer: Answer) -> None:
    assert found(answer("similar", "--incident", "certificates"))[0] == CERTIFICATE
