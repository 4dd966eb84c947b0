"""The key that answer ids are signed with: made once, kept, and never in doubt."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

from rca_search.indexing.answer_key import BYTES, NAME, answer_key


def test_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = answer_key(tmp_path)
    assert len(key) == BYTES
    assert answer_key(tmp_path) == key == (tmp_path / NAME).read_bytes()
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [NAME]


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(answer_key, [tmp_path] * 40))) == 1


def test_no_index_gets_no_key(tmp_path: Path) -> None:
    assert answer_key(tmp_path / "gone") != answer_key(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()


def test_a_damaged_or_hidden_key_is_never_used(tmp_path: Path) -> None:
    for content in (b"", b"short", b"x" * (BYTES + 1)):
        (tmp_path / NAME).write_bytes(content)
        assert answer_key(tmp_path) not in {content, answer_key(tmp_path)}
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).mkdir()
    assert len(answer_key(tmp_path)) == BYTES
