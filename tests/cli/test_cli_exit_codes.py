"""Every exit code, and that nothing but its cause leads to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from filelock import FileLock
from typer.testing import CliRunner, Result

from rca_search import errors
from rca_search.cli.app import Root
from rca_search.cli.exits import MEANINGS, ExitCode, exit_code

Ask = Callable[..., Result]

SIMILAR = ("similar", "certificate expired")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidRequestError("x"), 2),
        (errors.DocumentNotFoundError("x"), 2),
        (errors.AmbiguousIdError("x", ["a", "b"]), 2),
        (errors.IndexUnavailableError("x"), 3),
        (errors.IndexMissingError("x"), 3),
        (errors.IndexCorruptError("x"), 3),
        (errors.IndexFormatError("x"), 3),
        (errors.IndexMismatchError("x"), 3),
        (errors.DocumentRejectedError("empty", "x", remedy=""), 4),
        (errors.DocumentsRejectedError([]), 4),
        (errors.BackendError("x"), 5),
        (errors.EncoderUnavailableError("x"), 5),
        (errors.StorageError("x"), 5),
        (errors.BuildInProgressError("x"), 5),
        (errors.RcaSearchError("x"), 70),
        (KeyError("x"), 70),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_errors_have_exit_codes(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_every_error_of_the_package_was_thought_of() -> None:
    def family(base: type[BaseException]) -> set[type[BaseException]]:
        return {base}.union(*map(family, base.__subclasses__()))

    known = family(errors.RcaSearchError) - {errors.RcaSearchError}
    assert {
        error.__name__ for error in known if exit_code(error.__new__(error)) == ExitCode.INTERNAL
    } == set()


def test_exit_codes_are_documented(helpers: Any) -> None:
    assert MEANINGS.keys() == set(ExitCode)
    page = (helpers.root / "docs" / "cli.md").read_text()
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} \| \w", page, re.MULTILINE)


def test_found_and_not_found(ask: Ask) -> None:
    assert ask(*SIMILAR).exit_code == 0
    assert ask(*SIMILAR, "--exit-code").exit_code == 0
    assert ask(*SIMILAR, "--service", "nobody").exit_code == 0
    assert ask(*SIMILAR, "--service", "nobody", "--exit-code").exit_code == 0  # there is a runbook
    nothing = ask("similar", "Fry leeks until golden", "--service", "nobody", "--exit-code", "--json")
    assert (nothing.exit_code, json.loads(nothing.stdout)["incidents"]) == (1, [])


def test_no_runbook_found(helpers: Any, tmp_path: Path) -> None:
    helpers.build(helpers.write(tmp_path / "vault", {"RCAs/a.md": "# A\n\nIt fell.\n"}), tmp_path / "index")
    result = helpers.invoke("runbooks", "it fell", "--exit-code", "--index", str(tmp_path / "index"))
    assert result.exit_code == 1
    assert "No runbook in the index." in result.stdout


@pytest.mark.parametrize(
    "command",
    [SIMILAR, ("runbooks", "x"), ("show", "x"), ("status",), ("verify",), ("serve", "--port", "0")],
)
def test_a_missing_index(helpers: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    result = helpers.invoke(*command, "--index", str(tmp_path / "nothing"))
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"There is no index in {tmp_path / 'nothing'}." in result.stderr
    assert "rca-search build FOLDER" in result.stderr


def test_a_missing_index_as_json(helpers: Any, tmp_path: Path) -> None:
    result = helpers.invoke(*SIMILAR, "--index", str(tmp_path), "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "index_missing"


def test_damage_is_named_file_by_file(helpers: Any, own_index: Path) -> None:
    version = next((own_index / "versions").iterdir())
    damaged = version / "chunks.jsonl"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    (version / "links.json").unlink()
    (version / "stray.txt").write_text("not of this version")

    result = helpers.invoke("verify", "--index", str(own_index))
    assert result.exit_code == 3
    faults = [
        f"Index file {version.name}/chunks.jsonl is not what was published (its sha256 differs).",
        f"Index file {version.name}/links.json is missing.",
        f"File {version.name}/stray.txt does not belong to the version.",
    ]
    said = [f"Version {version.name}: damaged, current", *(f"  {fault}" for fault in faults)]
    assert result.stdout.splitlines() == said
    assert f"Version {version.name}, the current one, is damaged." in result.stderr
    body = json.loads(helpers.invoke("verify", "--index", str(own_index), "--json").stdout)
    assert body["intact"] is False
    assert body["faults"] == faults
    assert [one["intact"] for one in body["versions"]] == [False]
    asked = helpers.invoke(*SIMILAR, "--index", str(own_index))
    assert (asked.exit_code, asked.stdout) == (3, "")
    assert "chunks.jsonl" in asked.stderr


def test_a_damaged_version_is_told_and_left(helpers: Any, own_index: Path, tmp_path: Path) -> None:
    """The version before answers, a rollback makes it the current one, and verify says how all are."""
    first = next((own_index / "versions").iterdir()).name
    vault = helpers.write(tmp_path / "vault", {"RCAs/a.md": "# Quokka at large\n\nIt fell.\n"})
    assert helpers.build(vault, own_index, "--allow-shrink").exit_code == 0
    second = max(entry.name for entry in (own_index / "versions").iterdir())
    damaged = own_index / "versions" / second / "documents.jsonl"
    damaged.write_bytes(damaged.read_bytes().replace(b"fell", b"flew"))

    asked = helpers.invoke(*SIMILAR, "--index", str(own_index), "--json")
    assert asked.exit_code == 0
    assert f"Version {second} is damaged" in asked.stderr
    body = json.loads(asked.stdout)
    assert (body["index_version"], body["freshness"]["damaged_version"]) == (first, second)
    verified = helpers.invoke("verify", "--index", str(own_index))
    assert verified.exit_code == 3
    assert f"Version {first}: intact" in verified.stdout.splitlines()
    assert "rca-search rollback" in verified.stderr

    back = helpers.invoke("rollback", "--index", str(own_index), "--json")
    assert (back.exit_code, json.loads(back.stdout)["index_version"]) == (0, first)
    assert json.loads(back.stdout)["before"] == second
    asked = helpers.invoke(*SIMILAR, "--index", str(own_index))
    assert (asked.exit_code, asked.stderr) == (0, "")
    again = helpers.invoke("rollback", second, "--index", str(own_index))
    assert again.exit_code == 3
    assert "documents.jsonl" in again.stderr
    none = helpers.invoke("rollback", "--index", str(own_index))
    assert none.exit_code == 2
    assert "no intact version before" in none.stderr


def test_a_build_that_would_shrink_the_index(helpers: Any, own_index: Path, tmp_path: Path) -> None:
    vault = helpers.write(tmp_path / "vault", {"RCAs/a.md": "# A\n\nIt fell.\n"})
    command = ("build", str(vault), "--index", str(own_index), "--model", "test-hashing")
    result = helpers.invoke(*command)
    assert result.exit_code == 4
    assert "documents would go" in result.stderr
    assert "--allow-shrink" in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("  - ")]) == 5
    body = json.loads(helpers.invoke(*command, "--json").stdout)
    assert body["error"]["code"] == "index_shrinks"
    assert {detail["kind"] for detail in body["error"]["details"]} == {"lost"}
    assert helpers.invoke(*command, "--allow-shrink").exit_code == 0


def test_an_index_of_another_format(helpers: Any, own_index: Path) -> None:
    helpers.rewrite_manifest(own_index, lambda body: body.update(format=999))
    result = helpers.invoke(*SIMILAR, "--index", str(own_index), "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (3, "index_format")


def test_an_index_of_another_model(helpers: Any, own_index: Path) -> None:
    helpers.rewrite_manifest(own_index, lambda body: body["encoder"].update(fingerprint="0" * 64))
    result = helpers.invoke(*SIMILAR, "--index", str(own_index), "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (3, "index_mismatch")


def test_rejected_documents_under_strict(helpers: Any, vault_folder: Path, tmp_path: Path) -> None:
    (vault_folder / "RCAs" / "broken.md").write_bytes(b"# Broken\n\0\0\0")
    arguments = ("build", str(vault_folder), "--model", "test-hashing", "--index", str(tmp_path / "index"))

    strict = helpers.invoke(*arguments, "--strict")
    assert strict.exit_code == 4
    assert "nothing was published" in strict.stderr
    assert re.search(r"^  RCAs/broken\.md:\d+: ", strict.stderr, re.MULTILINE)
    assert not (tmp_path / "index" / "CURRENT").exists()
    body = json.loads(helpers.invoke(*arguments, "--strict", "--json").stdout)
    assert body["error"]["code"] == "documents_rejected"
    assert [(one["kind"], one["path"]) for one in body["error"]["details"]] == [("file", "RCAs/broken.md")]

    assert helpers.invoke(*arguments).exit_code == 0
    # Nothing has changed since, and still the file is rejected.
    assert helpers.invoke(*arguments, "--strict").exit_code == 4


def test_a_model_that_is_not_there(helpers: Any, vault_folder: Path, tmp_path: Path) -> None:
    command = ("build", str(vault_folder), "--index", str(tmp_path / "index"), "--json")
    result = helpers.invoke(*command, "--model", str(tmp_path / "no-model"))
    assert result.exit_code == 5
    assert json.loads(result.stdout)["error"]["code"] == "encoder_unavailable"


def test_another_build_in_progress(helpers: Any, vault_folder: Path, own_index: Path) -> None:
    with FileLock(own_index / ".lock"):
        result = helpers.invoke(
            "build", str(vault_folder), "--index", str(own_index), "--model", "test-hashing"
        )
    assert result.exit_code == 5
    assert "Another build is publishing" in result.stderr


def test_an_index_folder_that_cannot_be_written(helpers: Any, vault_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = helpers.invoke(
        "build", str(vault_folder), "--index", str(tmp_path / "file" / "index"), "--model", "test-hashing"
    )
    assert result.exit_code == 5


def test_a_closed_output_is_told(helpers: Any, index: Path) -> None:
    import shlex

    command = shlex.join(helpers.command_line("show", "disk", "--index", str(index)))
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {command} >&-"],
        cwd=helpers.root,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == 5
    assert done.stderr.startswith("error: Standard output is closed.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a device of Linux")
def test_an_output_that_cannot_be_written(helpers: Any, index: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = helpers.process(
            "show", "disk", "--index", str(index), stdout=full, stderr=subprocess.PIPE, capture_output=False
        )
    assert done.returncode == 5
    assert done.stderr.startswith("error: The output cannot be written: No space left on device.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", [("show", "disk"), ("similar", "certificate"), ("--help",), ("status", "--json")]
)
def test_a_reader_that_has_gone_is_no_error(helpers: Any, index: Path, command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    where = () if command == ("--help",) else ("--index", str(index), "-q")
    try:
        done = helpers.process(*command, *where, stdout=writing, stderr=subprocess.PIPE, capture_output=False)
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == (141 if where else done.returncode)


def test_an_interrupt_ends_with_130(helpers: Any, index: Path) -> None:
    command = helpers.command_line("similar", "-", "--index", str(index))
    running = subprocess.Popen(
        command,
        cwd=helpers.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_asleep(running.pid)
        running.send_signal(signal.SIGINT)
        # Not communicate(), which would end the input and with it the wait.
        assert running.wait(timeout=60) == 130
        assert running.stdout is not None
        assert running.stderr is not None
        assert (running.stdout.read(), running.stderr.read()) == ("", "error: Interrupted.\n")
    finally:
        running.kill()
        running.communicate()


def wait_until_asleep(pid: int) -> None:
    """Wait until a process has done its start-up and waits for input."""
    spent, still = -1.0, 0
    while still < 10:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        now = float(fields[11]) + float(fields[12])
        still = still + 1 if now == spent and fields[0] == "S" and now > 0 else 0
        spent = now
        time.sleep(0.1)


def failing_app(error: BaseException) -> typer.Typer:
    app = typer.Typer(cls=Root, rich_markup_mode=None)

    @app.callback()
    def _root() -> None:
        """Needed to have commands."""

    @app.command("fail")
    def _fail(verbose: bool = typer.Option(False, "--verbose", "-v"), json: bool = False) -> None:  # noqa: ARG001
        raise error

    return app


def test_a_fault_of_our_own_is_told_shortly() -> None:
    result = CliRunner().invoke(failing_app(ZeroDivisionError("one by nought")), ["fail"])
    assert (result.exit_code, result.stdout) == (70, "")
    assert result.stderr.splitlines() == [
        "error: Internal error: ZeroDivisionError: one by nought",
        "  Run it again with -v for the traceback, and please report it.",
    ]


def test_a_fault_of_our_own_is_told_at_length_when_asked() -> None:
    result = CliRunner().invoke(failing_app(ZeroDivisionError("one by nought")), ["fail", "-v"])
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr
    assert "in _fail" in result.stderr


def test_a_fault_of_our_own_is_json_under_json() -> None:
    result = CliRunner().invoke(failing_app(ZeroDivisionError("x")), ["fail", "--json"])
    assert result.exit_code == 70
    assert json.loads(result.stdout) == {
        "schema_version": 2,
        "error": {
            "code": "internal",
            "message": "Internal error: ZeroDivisionError: x",
            "remedy": "Run it again with -v for the traceback, and please report it.",
            "request_id": None,
            "details": [],
        },
    }


def test_the_installed_program_is_the_module(helpers: Any) -> None:
    program = shutil.which("rca-search", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("rca-search is not installed beside the interpreter")
    expected = helpers.process("--version")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == expected.stdout
    assert re.fullmatch(r"rca-search \d+\.\d+\.\d+ \(index format \d+\)\n", done.stdout)
