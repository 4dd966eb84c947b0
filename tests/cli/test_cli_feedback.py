"""``feedback``: a vote from the shell, and what it does to the next answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rca_search.sources.votes import append_votes, read_votes

FULL = "disk of search filled up"


@pytest.fixture
def built(helpers: Any, vault_folder: Path, own_index: Path) -> Any:
    """Run a command on an index of one's own; ``vote`` and ``rebuild`` come with it."""

    class Built:
        folder, index = vault_folder, own_index
        votes = own_index / "feedback.jsonl"

        def run(self, *arguments: str, code: int = 0, **options: Any) -> Any:
            result = helpers.invoke(*arguments, "--index", str(self.index), **options)
            assert result.exit_code == code, result.output
            return result

        def ask(self, question: str) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(self.run("similar", question, "--json").stdout)
            return found

        def rebuild(self) -> Any:
            return self.run("build", str(self.folder), "--model", "test-hashing")

    return Built()


def test_a_vote_is_recorded_and_the_next_build_counts_it(built: Any) -> None:
    before = built.ask(FULL)["incidents"][0]
    assert (before["id"], before["score"]["feedback"]) == ("RCAs/disk", 0.0)
    said = built.run("feedback", FULL, "--helpful", "--not-fixed", "--by", "ana")
    assert "Recorded on RCAs/disk: helpful, not fixed." in said.stdout
    assert str(built.votes) in said.stdout
    cast = read_votes(built.votes).cast
    assert [(vote.document, vote.aspect.value, vote.value, vote.by) for vote in cast] == [
        ("RCAs/disk", "helpful", True, "ana"),
        ("RCAs/disk", "fixed", False, "ana"),
    ]
    assert built.ask(FULL)["incidents"][0]["score"]["feedback"] == 0.0, "not before the next build"
    built.run("feedback", FULL, "--fixed", "--by", "ana")
    built.rebuild()
    after = built.ask(FULL)["incidents"][0]
    assert after["score"]["feedback"] == pytest.approx(0.3 * (2 * 6 / 10 - 1))
    assert after["score"]["total"] == pytest.approx(before["score"]["total"] + 0.06)


def test_reverting_the_file_reverts_the_ranking(built: Any) -> None:
    built.rebuild()
    before = built.ask(FULL)
    cast_by = ("feedback", FULL, "-d", "RCAs/2025-03-14-payments-lag", "--helpful")
    built.run(*cast_by)
    (one,) = read_votes(built.votes).cast
    for number in range(19):
        append_votes(built.votes, replace(one, answer=f"another {number}"))
    for _ in range(3):
        built.run(*cast_by)  # the same answer: it counts once
    built.rebuild()
    moved = {hit["id"]: hit["score"]["feedback"] for hit in built.ask(FULL)["incidents"]}
    assert moved["RCAs/2025-03-14-payments-lag"] == pytest.approx(0.3 * (2 * 24 / 28 - 1), abs=1e-6)
    built.votes.unlink()
    built.rebuild()
    after = built.ask(FULL)
    assert [(hit["id"], hit["score"]) for hit in after["incidents"]] == [
        (hit["id"], hit["score"]) for hit in before["incidents"]
    ]


def test_votes_do_not_count_as_of_an_earlier_day(built: Any) -> None:
    built.run("feedback", FULL, "--helpful")
    built.rebuild()
    past = json.loads(built.run("similar", FULL, "--as-of", "2024-08-01", "--json").stdout)
    assert past["incidents"][0]["score"]["feedback"] == 0.0


def test_by_the_id_of_an_answer_and_a_file_elsewhere(built: Any, tmp_path: Path) -> None:
    token = built.ask(FULL)["answer_id"]
    place = tmp_path / "notes" / "votes.jsonl"
    arguments = ("--answer", token, "-d", "Runbooks/certificates", "--not-helpful", "--json")
    said = json.loads(built.run("feedback", *arguments, "--feedback-file", str(place)).stdout)
    assert said["schema_version"] == 2
    assert said["file"] == str(place)
    assert [(vote["document"], vote["aspect"], vote["value"]) for vote in said["votes"]] == [
        ("Runbooks/certificates", "helpful", False)
    ]
    assert not built.votes.exists()
    built.run("build", str(built.folder), "--model", "test-hashing", env={"RCA_FEEDBACK_FILE": str(place)})
    runbook = built.ask(FULL)["runbooks"][0]
    assert runbook["score"]["feedback"] == pytest.approx(-0.3 / 9, abs=1e-6)


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        (("--helpful",), "the next build counts it"),
        (("--same",), "rca-search calibrate counts it"),
        (("--not-same", "--fixed"), "the next build and rca-search calibrate count it"),
    ],
)
def test_what_counts_the_vote_is_told(built: Any, said: tuple[str, ...], counted: str) -> None:
    assert counted in " ".join(built.run("feedback", FULL, *said).stdout.split())


def test_a_key_that_cannot_be_kept_holds_for_one_command(built: Any) -> None:
    (built.index / ".answer-key").write_bytes(b"short")
    assert "is damaged" in built.run("feedback", FULL, "--helpful").stderr
    assert len(read_votes(built.votes).cast) == 1


def test_by_an_incident(built: Any) -> None:
    built.run("feedback", "--incident", "INC-7", "-d", "RCAs/2025-03-14-payments-lag", "--not-same")
    assert read_votes(built.votes).cast[0].document == "RCAs/2025-03-14-payments-lag"


def test_a_secret_is_asked_for(built: Any) -> None:
    token = built.ask(FULL)["answer_id"]
    secret = {"RCA_FEEDBACK_SECRET": "s3cret"}
    refused = built.run("feedback", "--answer", token, "--same", code=2, env=secret)
    assert "issued with another secret" in refused.stderr
    signed = json.loads(built.run("similar", FULL, "--json", env=secret).stdout)["answer_id"]
    built.run("feedback", "--answer", signed, "--same", env=secret)
    built.run("feedback", "--answer", signed, "--same", code=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((FULL,), "Nothing is said of the document"),
        ((FULL, "--same", "-d", "RCAs/unknown"), "did not show 'RCAs/unknown'"),
        ((FULL, "--same", "--answer", "x.y"), "were both given"),
        (("--same", "--answer", "x.y"), "cannot be used"),
        ((FULL, "--same", "--by", "x" * 300), "The name has more than"),
    ],
)
def test_what_is_refused_records_nothing(built: Any, arguments: tuple[str, ...], said: str) -> None:
    assert said in built.run("feedback", *arguments, code=2).stderr
    assert not built.votes.exists()


def test_a_bad_line_is_named_by_the_build_and_costs_itself(built: Any) -> None:
    built.votes.write_text("nonsense\n", encoding="utf-8")
    built.run("feedback", FULL, "--helpful")
    assert f"{built.votes}:1: This vote cannot be read" in built.rebuild().stderr
    assert built.ask(FULL)["incidents"][0]["score"]["feedback"] > 0


VALUES: list[Any] = ["RCAs/\ud800", "", "x\x00", [], [[[[1]]]], {"a": 1}, None, True, 10**40, 1e308, -1]


def test_no_line_ends_a_build(built: Any) -> None:
    """Whatever any field of a line holds, the build counts the votes around it."""
    built.run("feedback", FULL, "--helpful")
    (good,) = (json.loads(line) for line in built.votes.read_text(encoding="utf-8").splitlines())
    lines = [json.dumps({**good, "answer": None, name: value}) for name in good for value in VALUES]
    lines += ["[" * 9000, '{"a":' * 2000, '{"schema_version": 1' + "0" * 5000 + "}", "\x00" * 40, '{"torn']
    built.votes.write_text("\n".join([*lines, json.dumps(good)]), encoding="utf-8")
    assert f"{built.votes}:1: This vote cannot be read" in built.rebuild().stderr
    assert built.ask(FULL)["incidents"][0]["score"]["feedback"] > 0


def test_eval_can_leave_votes_out(built: Any, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": FULL}), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\tRCAs/2025-03-14-payments-lag\t2\n", encoding="utf-8")
    for _ in range(30):
        built.run("feedback", FULL, "-d", "RCAs/2025-03-14-payments-lag", "--helpful")
        built.run("feedback", FULL, "-d", "RCAs/disk", "--not-helpful")
    built.rebuild()
    asked = (
        "eval",
        "questions",
        "--queries",
        str(tmp_path / "queries.jsonl"),
        "--qrels",
        str(tmp_path / "qrels.tsv"),
    )
    with_votes = json.loads(built.run(*asked, "--json").stdout)
    without = json.loads(built.run(*asked, "--json", "--without-votes").stdout)
    assert with_votes["mrr"] >= without["mrr"]
    totals = {hit["id"]: hit["score"] for hit in built.ask(FULL)["incidents"]}
    assert totals["RCAs/disk"]["feedback"] < 0 < totals["RCAs/2025-03-14-payments-lag"]["feedback"]


def test_calibrate_counts_votes_on_sameness(built: Any) -> None:
    built.run("feedback", FULL, "--same")
    found = json.loads(built.run("calibrate", "--json").stdout)
    assert (found["votes"], found["voted"], found["calibration"]) == (1, False, "default")
