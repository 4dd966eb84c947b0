"""``eval``: what it prints, refuses and ends with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import Result

from rca_search import __version__
from rca_search.evaluation.run import MEASURES
from rca_search.schemas.evaluation import EvalResponse

Ask = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]


def keys_apart(value: dict[str, Any], model: type[BaseModel]) -> list[str]:
    """Return the keys of ``value`` that are not as ``model`` gives them, or are missing."""
    told = model.model_validate(value).model_dump(mode="json")
    return [key for key in told.keys() | value.keys() if key not in value or told.get(key) != value[key]]


@pytest.fixture
def judged(tmp_path: Path) -> tuple[str, ...]:
    queries = [
        {
            "_id": "q1",
            "text": "x509 certificate expired",
            "metadata": {"team": ["edge", "shop"], "style": "log"},
        },
        {
            "_id": "q2",
            "text": "the disk of search filled up",
            "metadata": {"self": "RCAs/disk", "team": "shop"},
        },
        {"_id": "q3", "text": "nobody judged this"},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text(
        "q1\tRCAs/2025-11-02-checkout-certificate\t2\nq2\tRCAs/disk\t2\nq1\tgone\t1\n"
    )
    return (
        "eval",
        "questions",
        "--queries",
        str(tmp_path / "queries.jsonl"),
        "--qrels",
        str(tmp_path / "qrels.tsv"),
    )


def linked(count: int, *, year: int = 2024) -> dict[str, str]:
    """Return a vault with ``count`` incidents that each link to the first."""
    told = "## Summary\n\nThe queue stood still"
    documents = {"RCAs/first.md": f"---\nid: INC-1000\ndate: {year}-01-01\n---\n# First\n\n{told}.\n"}
    for number in range(count):
        documents[f"RCAs/later-{number:03d}.md"] = (
            f"---\ndate: {year}-02-{number % 28 + 1:02d}\nservices: [api-{number % 3}]\n---\n"
            f"# Later {number}\n\n{told}, as in [[INC-1000]]. Host number{number} said so.\n"
        )
    return documents


@pytest.fixture
def replayed(helpers: Any, tmp_path: Path) -> Callable[..., Result]:
    """Build an index of linked incidents and replay it."""

    def run(count: int, *arguments: str, **options: Any) -> Result:
        index = tmp_path / f"index-{count}"
        if not index.exists():
            helpers.build(helpers.write(tmp_path / f"vault-{count}", linked(count)), index)
        result: Result = helpers.invoke("eval", "replay", *arguments, "--index", str(index), **options)
        return result

    return run


# --- labelled sets


def test_json_keeps_its_keys_and_names_what_was_evaluated(
    ask: Ask, judged: tuple[str, ...], index: Path
) -> None:
    result = ask(*judged, "--incidents", "--json")
    body = json.loads(result.stdout)
    assert keys_apart(body, EvalResponse) == []
    setup = body.pop("setup")
    intervals = body.pop("intervals")
    assert body == {
        "schema_version": 2,
        "index_version": json.loads((index / "CURRENT").read_text())["version"],
        "kind": "incident",
        "queries": 2,
        "unjudged": 1,
        "missing": ["gone"],
        "hit@1": 0.5,
        "hit@5": 0.5,
        "hit@10": 0.5,
        "recall@10": 0.25,
        "recall@100": 0.25,
        "ndcg@10": pytest.approx(0.5 * 2 / (2 + 1 / 1.584962500721156)),
        "mrr": 0.5,
        "section@1": None,
        "section_queries": 0,
        "groups": [],
        **dict.fromkeys(("replay", "comparison", "gate", "outcomes", "worst")),
    }
    assert intervals.keys() == set(MEASURES)
    assert intervals["hit@1"] == {"low": 0.0, "high": 1.0}
    assert (setup["release"], setup["model"], setup["precision"]) == (__version__, "test-hashing", None)
    assert setup["documents"] == {"incident": 3, "runbook": 1, "service": 1}
    assert setup["resamples"] == 2000
    assert {"words_dense", "alerts_title", "depth", "runbook_linked"} <= setup["ranking"].keys()
    assert all(isinstance(number, int | float) for number in setup["ranking"].values())
    assert "1 judged documents are not in the index, such as gone" in result.stderr


def test_two_runs_print_the_same(ask: Ask, judged: tuple[str, ...]) -> None:
    arguments = (*judged, "--by", "team", "--worst", "2", "--outcomes", "--json")
    assert ask(*arguments).stdout == ask(*arguments).stdout


def test_the_worst_questions_are_shown(ask: Ask, judged: tuple[str, ...]) -> None:
    worst = json.loads(ask(*judged, "--incidents", "--worst", "1", "--json").stdout)["worst"]
    assert [question["id"] for question in worst] == ["q2"]
    assert worst[0]["relevant"] == {"RCAs/disk": 2}
    assert "RCAs/disk" not in worst[0]["ranking"]
    text = ask(*judged, "--incidents", "--worst", "1").stdout
    assert "q2  nDCG@10 0.000  MRR 0.000" in text


SCREEN = """\
2 questions on incidents, 1 without judgement left out
  measure      mean  95 % interval
  hit@1       0.500  0.000 to 1.000
  hit@5       0.500  0.000 to 1.000
  hit@10      0.500  0.000 to 1.000
  recall@10   0.250  0.000 to 0.500
  recall@100  0.250  0.000 to 0.500
  mrr         0.500  0.000 to 1.000
  ndcg@10     0.380  0.000 to 0.760

by team
           n  hit@1  hit@10  recall@10    mrr  ndcg@10  95 % interval
  edge     1  1.000   1.000      0.500  1.000    0.760  0.76 to 0.76
  shop     2  0.500   0.500      0.250  0.500    0.380  0.00 to 0.76

thresholds
  met     hit@1 0.500 is at least 0.5; its interval includes the threshold
"""


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_table_is_aligned(ask: Ask, judged: tuple[str, ...], columns: str) -> None:
    arguments = (*judged, "--incidents", "--by", "team", "--fail-under", "hit@1=0.5")
    result = ask(*arguments, env={"COLUMNS": columns})
    assert (result.exit_code, result.stdout.partition("\nindex ")[0]) == (0, SCREEN)
    end = result.stdout.partition("\nindex ")[2]
    assert " · test-hashing · store " in end
    assert f"rca-search {__version__}" in " ".join(end.split())
    assert end.rstrip().endswith("seed 20251102")


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_long_and_hostile_values_stay_in_their_column(ask: Ask, tmp_path: Path, columns: int) -> None:
    values = ["x" * 300, "数据库" * 40, "\x1b[31mred\x07\n", "short"]
    queries = [{"_id": f"q{n}", "text": "certificate", "metadata": {"v": v}} for n, v in enumerate(values)]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "r.tsv").write_text("".join(f"q{n}\tRCAs/disk\t1\n" for n in range(len(values))))
    arguments = (
        "eval",
        "questions",
        "--queries",
        str(tmp_path / "q.jsonl"),
        "--qrels",
        str(tmp_path / "r.tsv"),
    )
    output = ask(*arguments, "--by", "v", env={"COLUMNS": str(columns)}).stdout
    assert "\x1b" not in output
    assert "\x07" not in output
    from rich.cells import cell_len

    table = output.partition("by v\n")[2].partition("\n\n")[0].splitlines()
    assert len(table) == 5
    assert {cell_len(line[: line.index(" to ")]) for line in table[1:]} == {
        cell_len(table[1][: table[1].index(" to ")])
    }
    assert max(map(cell_len, table)) <= columns


def test_a_run_is_compared_with_a_former_one(ask: Ask, judged: tuple[str, ...], tmp_path: Path) -> None:
    former = ask(*judged, "--incidents", "--outcomes").stdout
    assert former == ask(*judged, "--runbooks", "--incidents", "--json", "--outcomes").stdout
    body = json.loads(former)
    assert keys_apart(body, EvalResponse) == []
    assert [one["id"] for one in body["outcomes"]] == ["q1", "q2"]
    for outcome in body["outcomes"]:
        outcome["measures"]["mrr"] = 0.25
    (tmp_path / "scores.json").write_text(json.dumps(body))
    arguments = (*judged, "--incidents", "--compare", str(tmp_path / "scores.json"))
    found = json.loads(ask(*arguments, "--json").stdout)
    assert keys_apart(found, EvalResponse) == []
    comparison = found["comparison"]
    assert (comparison["queries"], comparison["altered"]) == (2, 0)
    assert comparison["measures"]["mrr"]["difference"] == 0.25
    assert (comparison["measures"]["mrr"]["rose"], comparison["measures"]["mrr"]["fell"]) == (1, 1)
    assert comparison["measures"]["hit@1"] == {
        "difference": 0.0,
        "interval": {"low": 0.0, "high": 0.0},
        "rose": 0,
        "fell": 0,
    }
    text = ask(*arguments, env={"COLUMNS": "80"}).stdout
    assert f"compared with {body['index_version']}, 2 questions in both" in text
    assert "  mrr         +0.250  -0.250 to +0.750       1     1\n" in text


# --- thresholds


def test_a_missed_threshold_ends_with_its_own_code(ask: Ask, judged: tuple[str, ...]) -> None:
    arguments = (*judged, "--incidents", "--fail-under", "hit@1=0.5", "--fail-under", "mrr=0.9")
    result = ask(*arguments)
    assert result.exit_code == 6
    assert "error: mrr 0.500 is below 0.9; its interval includes the threshold." in result.stderr
    assert "missed  mrr 0.500 is below 0.9" in result.stdout
    found = ask(*arguments, "--json")
    assert found.exit_code == 6
    body = json.loads(found.stdout)
    assert keys_apart(body, EvalResponse) == []
    assert (body["gate"]["passed"], body["gate"]["enforced"]) == (False, True)
    assert body["gate"]["checks"][1] == {
        "measure": "mrr",
        "least": 0.9,
        "mean": 0.5,
        "passed": False,
        "uncertain": True,
    }


def test_a_met_threshold_ends_well(ask: Ask, judged: tuple[str, ...]) -> None:
    result = ask(*judged, "--incidents", "--fail-under", "hit@1=0.5", "--json")
    assert (result.exit_code, json.loads(result.stdout)["gate"]["passed"]) == (0, True)


def test_thirty_cases_make_a_gate(replayed: Callable[..., Result]) -> None:
    """Each of 29 or 30 incidents links to one, which others like it keep from first place."""
    missed = ("--fail-under", "ndcg@10=1", "--json")
    few = replayed(29, *missed)
    assert few.exit_code == 0
    body = json.loads(few.stdout)
    assert (body["replay"]["cases"], body["replay"]["enough"], body["replay"]["needed"]) == (29, False, 30)
    assert body["gate"]["passed"]
    assert not body["gate"]["enforced"]
    assert not body["gate"]["checks"][0]["passed"]
    assert "not enough history to judge by" in few.stderr
    many = replayed(30, *missed)
    assert many.exit_code == 6
    body = json.loads(many.stdout)
    assert (body["replay"]["cases"], body["replay"]["enough"]) == (30, True)
    assert "not enough" not in many.stderr
    assert replayed(30, "--fail-under", "recall@100=0.5").exit_code == 0


# --- replay


def test_a_replay_reports_cases_and_groups(replayed: Callable[..., Result]) -> None:
    body = json.loads(replayed(3, "--json").stdout)
    assert keys_apart(body, EvalResponse) == []
    assert body["kind"] == "incident"
    assert body["replay"] == {
        "enough": False,
        "needed": 30,
        "cases": 3,
        "found": 3,
        "incidents": 4,
        "undated": 0,
        "unresolved_links": 0,
        "skipped": {"no_date": 0, "no_earlier_link": 1, "no_symptom_text": 0},
    }
    assert [(group["key"], group["value"], group["queries"]) for group in body["groups"]] == [
        *(("year", "2024", 3), ("service", "api-0", 1), ("service", "api-1", 1), ("service", "api-2", 1)),
        ("joined", "linked", 3),
    ]
    text = replayed(3, env={"COLUMNS": "80"}).stdout
    assert text.startswith(
        "3 incidents of 4 asked again as of the day before\n  1 not linked with an earlier one\n"
    )
    assert "Not enough history: 3 cases, 30 are needed." in " ".join(text.split())
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_replay_without_a_case_ends_well(ask: Ask) -> None:
    result = ask("eval", "replay", "--fail-under", "mrr=0.5", "--json")
    body = json.loads(result.stdout)
    assert (result.exit_code, keys_apart(body, EvalResponse)) == (0, [])
    assert [body[name] for name in MEASURES] == [None] * len(MEASURES)
    assert (body["queries"], body["groups"], body["intervals"]) == (0, [], {})
    assert (body["gate"]["passed"], body["gate"]["enforced"]) == (True, False)
    text = ask("eval", "replay", "--fail-under", "mrr=0.5").stdout
    assert "Not enough history: 0 cases" in text
    assert "mrr has no value, 0.5 is asked for" in text


def test_links_that_lead_nowhere_are_counted(helpers: Any, tmp_path: Path) -> None:
    documents = {path: text.replace("[[INC-1000]]", "[[INC-2000]]") for path, text in linked(3).items()}
    helpers.build(helpers.write(tmp_path / "vault", documents), tmp_path / "index")
    text = helpers.invoke("eval", "replay", "--index", str(tmp_path / "index")).stdout
    assert "  3 links in incidents with no document to lead to\n" in text


def test_cases_are_saved_and_compared(replayed: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    first = replayed(3, "--save-cases", str(folder), "--json", "--outcomes")
    assert first.exit_code == 0
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    assert [query["_id"] for query in queries] == [f"RCAs/later-{n:03d}" for n in range(3)]
    assert "INC-1000" not in (folder / "queries.jsonl").read_text()
    assert (folder / "qrels.tsv").read_text().splitlines()[1] == "RCAs/later-000\tRCAs/first\t2"
    again = replayed(3, "--save-cases", str(folder))
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    (tmp_path / "scores.json").write_text(first.stdout)
    body = json.loads(replayed(3, "--compare", str(tmp_path / "scores.json"), "--json").stdout)
    assert body["comparison"]["queries"] == 3


def test_many_groups_are_cut_short_on_screen_only(helpers: Any, tmp_path: Path) -> None:
    documents = {
        path: re.sub(r"api-\d+", f"api-{number:02d}", text)
        for number, (path, text) in enumerate(linked(25).items())
    }
    helpers.build(helpers.write(tmp_path / "vault", documents), tmp_path / "index")
    arguments = ("eval", "replay", "--index", str(tmp_path / "index"))
    assert "and 5 more with fewer questions: see --json" in helpers.invoke(*arguments).stdout
    groups = json.loads(helpers.invoke(*arguments, "--json").stdout)["groups"]
    assert sum(group["key"] == "service" for group in groups) == 25


# --- documents of its own


def test_folders_are_indexed_for_the_run_alone(
    helpers: Any, vault_folder: Path, judged: tuple[str, ...], tmp_path: Path
) -> None:
    docs = ("--docs", str(vault_folder / "RCAs"), "--docs", str(vault_folder / "Runbooks"))
    queries = tmp_path / "queries.jsonl"
    queries.write_text(queries.read_text().replace("RCAs/disk", "disk"))
    (tmp_path / "qrels.tsv").write_text("q1\t2025-11-02-checkout-certificate\t2\nq2\tcertificates\t1\n")
    before = sorted(tmp_path.rglob("*"))
    result = helpers.invoke(*judged, *docs, "--model", "test-hashing", "--store", "exact", "--json")
    assert result.exit_code == 0, result.output
    body = json.loads(result.stdout)
    assert keys_apart(body, EvalResponse) == []
    assert body["missing"] == []
    assert body["setup"]["documents"] == {"incident": 3, "runbook": 1}
    assert (body["setup"]["model"], body["setup"]["store"]) == ("test-hashing", "exact")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_corpus_is_indexed_by_its_ids(helpers: Any, tmp_path: Path) -> None:
    corpus = [
        {"_id": "doc/1?", "title": "Certificate expired", "text": "x509 certificate expired"},
        {"_id": "DOC/1?", "title": "Disk full", "text": "the disk filled up"},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)))
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "certificate expired"}\n')
    (tmp_path / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tdoc/1?\t1\n")
    arguments = (
        *(
            "eval",
            "questions",
            "--docs",
            str(tmp_path / "corpus.jsonl"),
            "--queries",
            str(tmp_path / "queries.jsonl"),
        ),
        *("--qrels", str(tmp_path / "test.tsv"), "--model", "test-hashing", "--worst", "1", "--json"),
    )
    body = json.loads(helpers.invoke(*arguments).stdout)
    assert (body["hit@1"], body["missing"]) == (1.0, [])
    assert body["worst"][0]["ranking"] == ["doc/1?", "DOC/1?"]


def test_a_folder_can_be_replayed(helpers: Any, tmp_path: Path) -> None:
    folder = helpers.write(tmp_path / "vault", linked(2))
    result = helpers.invoke("eval", "replay", "--docs", str(folder), "--model", "test-hashing", "--json")
    assert json.loads(result.stdout)["replay"]["cases"] == 2


# --- what is refused


FILES = ("--queries", "q.jsonl", "--qrels", "r.tsv")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("questions",), "Missing option '--queries'."),
        (("questions", "--queries", "q.jsonl"), "Missing option '--qrels'."),
        (("replay", "--incidents"), "No such option: --incidents"),
        (("replay", "--worst", "-1"), "'--worst': Input should be greater than or equal to 0"),
        (("replay", "--without-votes"), "No such option: --without-votes"),
        (("questions", *FILES, "--save-cases", "d"), "No such option: --save-cases"),
        (("replay", "--model", "m"), "--model needs --docs"),
        (("replay", "--quantize", "int8"), "--quantize needs --docs"),
        (("replay", "--docs", "x"), "--docs and --index exclude each other."),
        (("replay", "--fail-under", "mrr=2"), "between 0 and 1"),
        (("replay", "--compare", "/nowhere/scores.json"), "cannot be read"),
        (("--replay", "--worst", "3"), "Write: rca-search eval replay."),
        (("--verdict", *FILES), "Write: rca-search eval verdict."),
        (FILES, "Write: rca-search eval questions."),
        (("--families", *FILES), "python -m benchmarks.scoring families"),
        (("--extraction", "labels.jsonl"), "python -m benchmarks.scoring extraction"),
        (("nonsense",), "No such command 'nonsense'."),
    ],
)
def test_contradictions_are_told(ask: Ask, arguments: tuple[str, ...], said: str) -> None:
    result = ask("eval", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_documents_that_are_not_there_are_told(helpers: Any, tmp_path: Path) -> None:
    arguments = ("eval", "replay", "--model", "test-hashing", "--docs")
    for paths, said in (
        ((str(tmp_path / "none"),), "does not exist"),
        ((str(tmp_path / "corpus.jsonl"),), "corpus.jsonl cannot be read"),
        ((str(tmp_path / "a.jsonl"), "--docs", str(tmp_path)), "A corpus.jsonl goes alone."),
    ):
        result = helpers.invoke(*arguments, *paths)
        assert (result.exit_code, said in result.stderr) == (2, True), result.output


def test_an_unknown_key_is_told_with_those_that_there_are(ask: Ask, judged: tuple[str, ...]) -> None:
    result = ask(*judged, "--by", "colour", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["remedy"] == "There are: self, style, team."


def test_a_damaged_set_is_told_before_anything_is_built(helpers: Any, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("{\n")
    (tmp_path / "r.tsv").write_text("")
    arguments = ("--queries", str(tmp_path / "q.jsonl"), "--qrels", str(tmp_path / "r.tsv"))
    result = helpers.invoke("eval", "questions", *arguments, "--docs", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "q.jsonl:1 is not JSON" in result.stderr
