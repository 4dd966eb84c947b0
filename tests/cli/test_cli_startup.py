"""What starting costs, the documentation and the server."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from rca_search.cli.app import COMMANDS

Ask = Callable[..., Result]

# Typer itself loads pydantic where it has arguments to check, so pydantic is not among them.
HEAVY = {
    "torch", "transformers", "sentence_transformers", "faiss", "fastapi", "numpy",
    "uvicorn", "rich", "yaml",
}  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], [], *[[*words, "--help"] for words in COMMANDS]]
)
def test_help_and_version_import_nothing_heavy(helpers: Any, arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from rca_search.cli.app import main\n"
        f"sys.argv = ['rca-search', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=helpers.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "rca_search" in loaded
    assert loaded & HEAVY == set()


def test_asking_with_json_imports_no_renderer_and_no_server(helpers: Any, index: Path) -> None:
    program = (
        "import sys\n"
        "from rca_search.cli.app import main\n"
        f"sys.argv = ['rca-search', 'similar', 'x', '--json', '--index', {str(index)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=helpers.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(done.stderr.splitlines()[-1].split())
    assert loaded & {"rich", "fastapi", "uvicorn", "torch", "transformers"} == set()
    assert json.loads(done.stdout)["incidents"]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_help_has_examples_and_the_common_options(helpers: Any, words: tuple[str, ...]) -> None:
    text = helpers.invoke(*words, "--help").stdout
    name = " ".join(words)
    examples = text.partition("Examples:\n")[2]
    assert re.search(rf"^ +(?:.*[|=A-Z] )?rca-search {name}\b", examples, re.MULTILINE)
    for option in ("--index DIR", "--verbose", "--quiet", "--no-color", "--help"):
        assert option in text


def test_examples_in_help_can_be_parsed(helpers: Any, tmp_path: Path) -> None:
    """An option that an example names exists: with no index there, only the index is missing."""
    import shlex

    for command in COMMANDS:
        if command[0] == "eval":
            continue
        for line in helpers.invoke(*command, "--help").stdout.partition("Examples:\n")[2].splitlines():
            words = shlex.split(line.partition("rca-search ")[2].partition(" > ")[0].partition(" || ")[0])
            if not words:
                continue
            words = ["/dev/null" if word.endswith("draft-postmortem.md") else word for word in words]
            at = words.index("--index") if "--index" in words else None
            if at is not None:
                del words[at : at + 2]
            result = helpers.invoke(*words, "--index", str(tmp_path / "none"), stdin="question")
            missing_input = "does not exist" in result.stderr or "has a bad value" in result.stderr
            assert result.exit_code == 3 or missing_input, (line, result.stderr)


def test_no_command_shows_what_there_is(helpers: Any) -> None:
    result = helpers.invoke()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Missing command" in result.stderr


def test_generated_pages_are_up_to_date(helpers: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    path = helpers.root / "scripts" / "generate_docs.py"
    spec = importlib.util.spec_from_file_location("generate_docs", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setenv("RCA_INDEX", "elsewhere")
    before = dict(os.environ)
    assert script.main(["--check"]) == 0, capsys.readouterr().err
    assert dict(os.environ) == before


def test_a_stale_page_is_noticed(helpers: Any, tmp_path: Path) -> None:
    script = (helpers.root / "scripts" / "generate_docs.py").read_text()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    copied = tmp_path / "scripts" / "generate_docs.py"
    copied.write_text(script)
    for page in ("cli.md", "settings.md"):
        text = (helpers.root / "docs" / page).read_text()
        (tmp_path / "docs" / page).write_text(text.replace("RCA_STORE", "RCA_SHOP"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(copied), *arguments], capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONPATH": str(helpers.root), "RCA_STORE": "exact"},
        )  # fmt: skip

    stale = run("--check")
    assert stale.returncode == 1
    assert "docs/settings.md is out of date" in stale.stderr
    assert run().returncode == 0
    assert run("--check").returncode == 0
    assert (tmp_path / "docs" / "settings.md").read_text() == (
        helpers.root / "docs" / "settings.md"
    ).read_text()


def test_the_server_says_where_it_listens_and_answers(helpers: Any, index: Path) -> None:
    command = helpers.command_line("serve", "--port", "0", "--index", str(index))
    running = subprocess.Popen(
        command,
        cwd=helpers.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert running.stderr is not None
        lines = iter(running.stderr.readline, "")
        line = next(line for line in lines if line.startswith("Serving"))
        found = re.search(r"on (http://127\.0\.0\.1:[1-9]\d*) ", line)
        assert found is not None
        with urllib.request.urlopen(f"{found[1]}/v1/status", timeout=30) as response:
            assert json.load(response)["documents"] == {"incident": 3, "runbook": 1, "service": 1}
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert out == ""
        assert running.returncode == 130
        assert "Traceback" not in err
    finally:
        running.kill()
        running.communicate()


def test_a_port_in_use_is_told(helpers: Any, index: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = helpers.invoke("serve", "--port", str(port), "--index", str(index))
    assert result.exit_code == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in result.stderr
