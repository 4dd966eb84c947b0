"""Every command line that a page of the project shows has options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from rca_search.cli.app import COMMANDS, app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs/decisions").glob("*.md"),
    *(ROOT / "benchmarks").rglob("*.md"),
]
LINE = re.compile(r"(?:^|[`(] ?|\$ )rca-search (?P<words>[a-z-][^`\n]*)", re.MULTILINE)


def shown(text: str) -> list[list[str]]:
    """Return the words of each command line of a page, up to whatever takes its output."""
    lines = (match["words"] for match in LINE.finditer(text.replace("\\\n", " ")))
    cut = (re.split(r" [>|#]| \|\| ", line)[0] for line in lines)
    return [_words(line) for line in cut]


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quotation mark that belongs to the prose around it
        return line.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_options_of_each_command_line_exist(page: Path) -> None:
    root, wrong = get_command(app), []
    for words in shown(page.read_text("utf-8")):
        path = next((each for each in COMMANDS if tuple(words[: len(each)]) == each), None)
        if path is None:
            continue
        command = root
        for name in path:
            command = command.commands[name]  # type: ignore[attr-defined]
        known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}
        given = {word.partition("=")[0].rstrip(".,;:)") for word in words if word.startswith("--")}
        wrong += [f"{' '.join(path)} {option}" for option in sorted(given - known - {"--help", "--"})]
    assert wrong == []


def test_such_lines_are_found() -> None:
    text = (
        "Run `rca-search eval replay --worst 3`\n\n```sh\nrca-search similar x \\\n  --since 2025-01-01\n```"
    )
    assert shown(text) == [["eval", "replay", "--worst", "3"], ["similar", "x", "--since", "2025-01-01"]]
