"""The benchmark command itself, with the few rounds that a test can afford."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import growth, setting


def test_a_short_run_writes_its_results(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growth, "SHORT_SIZES", (40, 160))
    monkeypatch.setattr(growth, "BASE", 40)
    monkeypatch.setattr(setting.Setting, "rounds", lambda *_: 4)
    places = [f"--work={tmp_path / 'work'}", f"--results={tmp_path / 'results'}"]
    assert command.main(["growth", "--short", "--threads=1", *places]) == 0
    printed = capsys.readouterr().out
    assert "| passages |" in printed
    assert "growth: question at the largest size" in printed
    (written,) = (tmp_path / "results").glob("*.json")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-\w+(-changed)?-short\.json", written.name)
    report = json.loads(written.read_text(encoding="utf-8"))
    points = report["measurements"]["growth"]["figures"]["points"]
    assert [point["chunks"] for point in points] == [40, 160]
    assert all(point["build_megabytes"] > 10 for point in points)


def test_a_missing_program_ends_the_run_before_it_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.main(["cold", "--short", f"--work={tmp_path}"]) == 2
    assert "apt-get install hyperfine" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nothing"], ["--corpora", "/nowhere"]])
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
