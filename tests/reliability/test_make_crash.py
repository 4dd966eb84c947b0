"""``make crash``: every part runs by its name, a broken promise is told and ends with 1."""

from __future__ import annotations

import pytest
from faults import Broken, Progress
from faults import __main__ as crash


def kept(progress: Progress) -> dict[str, int]:
    progress(1, 1)
    return {"kills": 3, "left_old": 2}


def broken(_progress: Progress) -> dict[str, int]:
    raise Broken("seed 1, before change 7: no version is current")


def test_a_summary_of_what_held(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(crash, "PARTS", {"kills": kept})
    assert crash.main([]) == 0
    out = capsys.readouterr().out
    assert "3 kills, 2 left old" in out
    assert out.endswith("1 of 1 promises held\n")


def test_a_broken_promise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(crash, "PARTS", {"kills": kept, "errors": broken})
    assert crash.main(["errors", "kills"]) == 1
    out = capsys.readouterr().out
    assert "BROKEN: seed 1, before change 7: no version is current" in out
    assert out.endswith("1 of 2 promises held\n")


def test_a_part_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert crash.main(["kils"]) == 2
    assert "There is no part kils; there are kills, power-loss" in capsys.readouterr().err
