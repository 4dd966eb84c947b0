"""Building: what is counted, what changed, what is wrong with the sources, and settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from rca_search.cli.progress import SECONDS_BETWEEN_LINES, progress
from rca_search.cli.screen import Screen
from rca_search.indexing.pointer import Check, read_current, write_check, write_current
from rca_search.indexing.snapshot import open_current

Build = Callable[..., Result]


@pytest.fixture
def rebuild(helpers: Any, vault_folder: Path, own_index: Path) -> Build:
    """Build the copied folder into the copied index again."""

    def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
        given = ("build", str(vault_folder), "--index", str(own_index), "--model", "test-hashing")
        result: Result = helpers.invoke(*given, *arguments, env=env)
        return result

    return run


def test_a_first_build_counts_what_it_found(helpers: Any, vault_folder: Path, tmp_path: Path) -> None:
    result = helpers.build(vault_folder, tmp_path / "index")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Published version 0000000001-")
    passages = json.loads(helpers.invoke("status", "--index", str(tmp_path / "index"), "--json").stdout)[
        "chunks"
    ]
    assert passages > 8
    assert lines[1:] == [
        "  3 incidents     folder: RCAs (3)",
        "  1 runbook       folder: Runbooks (1)",
        "  1 service note  folder: Services (1)",
        f"  {passages} passages",
        "  5 added, 0 changed, 0 removed",
    ]
    assert result.stderr == "warning: The model test-hashing knows no meaning: it is for tests only.\n"


def test_nothing_changed(rebuild: Build, own_index: Path) -> None:
    before = sorted(path.name for path in (own_index / "versions").iterdir())
    result = rebuild()
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Nothing changed; version {before[0]} stays (")
    assert "added" not in result.stdout
    assert sorted(path.name for path in (own_index / "versions").iterdir()) == before


def test_what_changed_is_counted_and_named(rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "disk.md").unlink()
    (vault_folder / "RCAs" / "new.md").write_text("---\ndate: 2025-05-05\n---\n# New\n\nIt fell.\n")
    with (vault_folder / "Runbooks" / "certificates.md").open("a") as runbook:
        runbook.write("2. Check it.\n")
    body = json.loads(rebuild("--json").stdout)
    assert (body["added"], body["changed"], body["removed"]) == (
        ["RCAs/new"],
        ["Runbooks/certificates"],
        ["RCAs/disk"],
    )
    assert body["published"] is True
    assert body["documents"] == {"incident": 3, "runbook": 1, "service": 1}
    assert body["recognised"]["runbook"] == {"folder: Runbooks": 1}


def test_a_changed_setting_is_given_as_the_reason(rebuild: Build) -> None:
    result = rebuild("--store", "exact")
    assert result.stdout.splitlines()[-2:] == [
        "  0 added, 0 changed, 0 removed",
        "  built anew since a setting changed",
    ]


def test_changed_documents_are_listed_on_demand(rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "disk.md").unlink()
    result = rebuild("-v")
    assert "  0 added, 0 changed, 1 removed\n    - RCAs/disk\n" in result.stdout


def test_rejected_files_are_named_with_line_and_remedy(rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "broken.md").write_bytes(b"# Broken\n\0\0\0")
    result = rebuild()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    at = lines.index("1 file left out")
    assert lines[at + 1].startswith("  RCAs/broken.md:")
    assert lines[at + 2].startswith("    ")
    # A rejected file is no document: it is neither added nor, when it stays rejected, changed.
    assert "  0 added, 0 changed, 0 removed" in lines
    body = json.loads(rebuild("--json").stdout)
    assert (body["published"], body["rejected"], body["added"]) == (False, 1, [])


def test_a_document_that_breaks_is_gone(rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "disk.md").write_bytes(b"\x00\x01 no text")
    body = json.loads(rebuild("--json").stdout)
    assert body["removed"] == ["RCAs/disk"]
    assert [problem["path"] for problem in body["problems"] if problem["fatal"]] == ["RCAs/disk.md"]


def test_warnings_are_cut_short_unless_asked_for(rebuild: Build, vault_folder: Path) -> None:
    for number in range(25):
        (vault_folder / "RCAs" / f"undated-{number:02}.md").write_text(f"# Undated {number}\n\nIt fell.\n")
    result = rebuild()
    assert "25 warnings" in result.stdout.splitlines()
    assert result.stdout.count("The incident has no date") == 20
    assert result.stdout.endswith("  5 more; -v shows all\n")
    assert rebuild("-v").stdout.count("The incident has no date") == 25


@pytest.mark.parametrize(("kept", "refused"), [(2, True), (3, False)])
def test_losing_most_documents_is_asked_about(
    rebuild: Build, vault_folder: Path, kept: int, refused: bool
) -> None:
    for path in sorted(vault_folder.rglob("*.md"))[kept:]:
        path.unlink()
    result = rebuild()
    assert result.exit_code == (4 if refused else 0)
    assert (f"{5 - kept} of 5 documents would go" in result.stderr) is refused
    assert rebuild("--allow-shrink").exit_code == 0


def test_kinds_can_be_set(rebuild: Build) -> None:
    body = json.loads(rebuild("--kind", "runbook=RCAs/disk", "--kind", "other=Services/*", "--json").stdout)
    assert body["documents"] == {"incident": 2, "other": 1, "runbook": 2}


@pytest.mark.parametrize("value", ["outage=RCAs/*", "incident", "incident=", "=RCAs/*", ""])
def test_a_wrong_kind_is_refused(rebuild: Build, value: str) -> None:
    result = rebuild("--kind", value)
    assert result.exit_code == 2
    assert "incident, runbook, service, other" in result.stderr


def test_a_folder_that_is_not_there(helpers: Any, tmp_path: Path) -> None:
    result = helpers.invoke("build", str(tmp_path / "nothing"), "--index", str(tmp_path / "index"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "does not exist" in result.stderr


def test_a_build_without_a_folder(helpers: Any) -> None:
    result = helpers.invoke("build")
    assert result.exit_code == 2
    assert "Missing argument 'FOLDER'" in result.stderr


def test_an_unknown_store_is_refused_before_any_work(rebuild: Build) -> None:
    result = rebuild("--store", "paper")
    assert result.exit_code == 2
    assert "There is no vector store called 'paper'." in result.stderr
    assert "faiss" in result.stderr


def test_large_files_are_left_out(rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "large.md").write_text("# Large\n\n" + "word " * 2000)
    assert "1 file left out" in rebuild("--max-file-bytes", "5000").stdout
    assert "left out" not in rebuild().stdout


def test_settings_come_from_options_then_environment_then_defaults(rebuild: Build) -> None:
    assert "left out" in rebuild(env={"RCA_MAX_FILE_BYTES": "100"}).stdout
    assert "left out" not in rebuild("--max-file-bytes", "100000", env={"RCA_MAX_FILE_BYTES": "100"}).stdout
    assert "left out" not in rebuild(env={"RCA_MAX_FILE_BYTES": ""}).stdout


@pytest.mark.parametrize(
    ("arguments", "env", "named"),
    [
        (("--max-file-bytes", "-1"), {}, "--max-file-bytes has a bad value '-1'"),
        ((), {"RCA_MAX_FILE_BYTES": "lots"}, "RCA_MAX_FILE_BYTES has a bad value 'lots'"),
        ((), {"RCA_STALE_AFTER": "soon"}, "RCA_STALE_AFTER has a bad value 'soon'"),
    ],
)
def test_a_bad_setting_is_named(
    rebuild: Build, arguments: tuple[str, ...], env: dict[str, str], named: str
) -> None:
    result = rebuild(*arguments, env=env)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr


def test_a_glossary_of_ones_own_goes_into_the_index(rebuild: Build, own_index: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("# ours\nthe beast = mainframe\n", encoding="utf-8")

    def known() -> list[str]:
        glossary = open_current(own_index)[0].glossary
        return [one.text for term in ("beast", "enospc") for one in glossary.others([term])][:1]

    assert rebuild("--glossary", str(own)).exit_code == 0
    assert known() == ["mainframe"]
    assert rebuild(env={"RCA_GLOSSARY": str(own)}).exit_code == 0
    assert known() == ["mainframe"]
    assert rebuild().exit_code == 0
    assert known() == ["no space left on device"]
    own.write_text("# ours\nmainframe\n", encoding="utf-8")
    refused = rebuild("--glossary", str(own))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "own.txt:2: a group needs two expressions or more" in refused.stderr
    assert known() == ["no space left on device"]


def test_the_index_can_be_named_by_the_environment(helpers: Any, index: Path, tmp_path: Path) -> None:
    named = helpers.invoke("status", env={"RCA_INDEX": str(index)})
    assert named.exit_code == 0
    won = helpers.invoke("status", "--index", str(tmp_path), env={"RCA_INDEX": str(index)})
    assert (won.exit_code, str(tmp_path) in won.stderr) == (3, True)


def test_status_says_what_is_there(helpers: Any, own_index: Path, rebuild: Build, vault_folder: Path) -> None:
    (vault_folder / "RCAs" / "broken.md").write_bytes(b"# Broken\n\0\0\0")
    rebuild()
    result = helpers.invoke("status", "--index", str(own_index))
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Version 0000000002-")
    assert any(line.startswith("  published ") and line.endswith("(just now)") for line in lines)
    assert "  model     test-hashing" in lines
    assert "  store     faiss" in lines
    assert "  search    exact: every row compared, in FAISS" in lines
    assert "  3 incidents" in lines
    assert "1 file left out" in lines
    body = json.loads(helpers.invoke("status", "--index", str(own_index), "--json").stdout)
    assert body["rejected"] == 1
    assert [problem["path"] for problem in body["problems"] if problem["fatal"]] == ["RCAs/broken.md"]
    assert body["search"] == {
        "exact": True,
        "description": "exact: every row compared, in FAISS",
        "recall": 1.0,
    }
    assert body["size_bytes"] == sum(path.stat().st_size for path in own_index.rglob("*") if path.is_file())


def make_old(index: Path) -> None:
    """Make an index look as if it had been built and checked three days ago."""
    import datetime as dt

    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=3, minutes=5)
    current = read_current(index)
    write_current(index, replace(current, published_at=then))
    write_check(index, Check(then, None, current.version))


def test_a_stale_index_is_said_first_and_on_both_streams(helpers: Any, own_index: Path) -> None:
    make_old(own_index)
    ask = ("similar", "certificate", "--index", str(own_index))
    told = "The index is stale: last checked 3 days ago."
    result = helpers.invoke(*ask, env={"RCA_STALE_AFTER": "P1D"})
    assert result.exit_code == 0
    assert result.stdout.startswith(told)
    assert told in result.stderr
    assert json.loads(helpers.invoke(*ask, "--json", env={"RCA_STALE_AFTER": "P1D"}).stdout)["freshness"][
        "stale"
    ]
    status = helpers.invoke("status", "--index", str(own_index), env={"RCA_STALE_AFTER": "P1D"}).stdout
    assert "(3 days ago): STALE" in status
    fresh = helpers.invoke(*ask, env={"RCA_STALE_AFTER": "P7D"})
    assert "stale" not in fresh.output


def test_progress_off_a_terminal_is_sparse(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    with progress(Screen(), clock=lambda: now[0]) as report:
        for done in range(1, 101):
            now[0] += SECONDS_BETWEEN_LINES / 10
            report("embed", done, 100)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) in (9, 10)
    assert captured.err.startswith("embed 1")


def test_quiet_says_nothing_but_the_answer(rebuild: Build) -> None:
    result = rebuild("-q")
    assert result.stderr == ""
    assert result.stdout.startswith("Nothing changed")


def test_several_folders_build_one_index(helpers: Any, tmp_path: Path) -> None:
    first = helpers.write(tmp_path / "first", {"RCAs/a.md": "# A\n\nIt fell.\n"})
    second = helpers.write(tmp_path / "second", {"Runbooks/b.md": "# B\n\n## Steps\n\nLift it.\n"})
    result = helpers.build(first, tmp_path / "index", str(second), "--json")
    assert json.loads(result.stdout)["added"] == ["RCAs/a", "Runbooks/b"]
