"""The answers that the README and docs/why-not.md show are those that the program gives."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rca_search.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = re.compile(r"^\$ rca-search (?P<command>similar .*)\n(?P<answer>(?:.*\n)*?)```", re.MULTILINE)
AGO = re.compile(r"\(\d+ \w+ ago\)")


def steady(text: str) -> str:
    """Return ``text`` without what the day and the last digit of a probability change."""
    return re.sub(r"[\d.]+ (%|times)", r"N \1", AGO.sub("(long ago)", text)).strip()


@pytest.mark.model
@pytest.mark.usefixtures("example_service")
@pytest.mark.parametrize(("page", "columns"), [("README.md", 100), ("docs/why-not.md", 80)])
def test_the_sample_is_what_is_printed(example_index: Path, page: str, columns: int) -> None:
    sample = SAMPLE.search((ROOT / page).read_text("utf-8"))
    assert sample is not None
    command = [*shlex.split(sample["command"]), "--index", str(example_index)]
    result = CliRunner().invoke(app, command, env={"COLUMNS": str(columns)})
    assert result.exit_code == 0
    assert steady(result.stdout) == steady(sample["answer"])
