"""CURRENT and CHECKED: what is read of them when they are damaged."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from rca_search.errors import IndexCorruptError, IndexMissingError
from rca_search.indexing.pointer import (
    Check,
    Pointer,
    check_fault,
    is_version_name,
    read_check,
    read_current,
    version_name,
    write_check,
    write_current,
)

DIGEST = "0123456789ab" + "c" * 52
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
POINTER = Pointer("0000000007-0123456789ab", DIGEST, NOW)
V = POINTER.version
BODY = {
    "version": POINTER.version,
    "manifest_sha256": DIGEST,
    "published_at": "2026-01-02T03:04:05+00:00",
}


def test_written_and_read(tmp_path: Path) -> None:
    write_current(tmp_path, POINTER)
    assert read_current(tmp_path) == POINTER
    written = json.loads((tmp_path / "CURRENT").read_bytes())
    assert len(written.pop("sha256")) == 64
    assert written == BODY
    assert read_check(tmp_path, V) is None
    write_check(tmp_path, Check(NOW, "abc123", V))
    assert read_check(tmp_path, V) == Check(NOW, "abc123", V)
    write_check(tmp_path, Check(NOW, None, V))
    assert read_check(tmp_path, V) == Check(NOW, None, V)


def test_a_check_counts_for_its_version_alone(tmp_path: Path) -> None:
    write_check(tmp_path, Check(NOW, None, V))
    assert read_check(tmp_path, "0000000008-0123456789ab") is None
    assert check_fault(tmp_path) is None


def test_a_pointer_from_before_seals_is_read(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text(json.dumps(BODY), encoding="utf-8")
    assert read_current(tmp_path) == POINTER


def test_every_flipped_bit_of_both_is_noticed(tmp_path: Path) -> None:
    write_current(tmp_path, POINTER)
    write_check(tmp_path, Check(NOW, "abc123", V))
    for name in ("CURRENT", "CHECKED"):
        path = tmp_path / name
        whole = path.read_bytes()
        harmless = 0
        for bit in range(8 * len(whole)):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            same = _as_written(tmp_path, name)
            harmless += same
            # White space, and the case of "\u" escapes, of which there are none, are all that may differ.
            assert not same or json.loads(damaged) == json.loads(whole)
        assert harmless < 40
        path.write_bytes(whole)


def _as_written(index: Path, name: str) -> bool:
    """Return whether a file is taken for what was written."""
    if name == "CURRENT":
        try:
            return read_current(index) == POINTER
        except IndexCorruptError:
            return False
    assert (read_check(index, V) is None) == (check_fault(index) is not None)
    return check_fault(index) is None


def test_names_of_versions() -> None:
    assert version_name(42, DIGEST) == "0000000042-0123456789ab"
    assert is_version_name("0000000042-0123456789ab")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc",
        "0000000042-0123456789ab/..",
        "0000000042-0123456789ab\n",
        "0000000042-0123456789AB",
        "42-0123456789ab",
        "00000000042-0123456789ab",
        "٠٠٠٠٠٠٠٠٤٢-0123456789ab",
        "0000000042-0123456789ab\0",
    ],
)
def test_what_is_no_name_of_a_version(tmp_path: Path, name: str) -> None:
    assert not is_version_name(name)
    (tmp_path / "CURRENT").write_text(json.dumps({**BODY, "version": name}), encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        read_current(tmp_path)


@pytest.mark.parametrize("length", range(len(json.dumps(BODY))))
def test_a_cut_pointer_is_corrupt(tmp_path: Path, length: int) -> None:
    (tmp_path / "CURRENT").write_text(json.dumps(BODY)[:length], encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        read_current(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"null", b"7", b"[]", b"\xff\xfe", bytes(200), b"[" * 100_000, b'{"version":' * 50_000],
    ids=["null", "number", "list", "encoding", "zeroes", "deep list", "deep object"],
)
def test_a_pointer_that_is_something_else_is_corrupt(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(IndexCorruptError, match="CURRENT"):
        read_current(tmp_path)


@pytest.mark.parametrize("field", sorted(BODY))
@pytest.mark.parametrize(
    "value", [None, 0, 1.5, [], {}, "", "x", True, "2026-01-02T03:04:05", "0001-01-01T00:00:00+23:59"]
)
def test_a_field_of_another_type_is_corrupt(tmp_path: Path, field: str, value: object) -> None:
    (tmp_path / "CURRENT").write_text(json.dumps({**BODY, field: value}), encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        read_current(tmp_path)


@pytest.mark.parametrize("field", sorted(BODY))
def test_a_missing_field_is_corrupt(tmp_path: Path, field: str) -> None:
    (tmp_path / "CURRENT").write_text(
        json.dumps({name: value for name, value in BODY.items() if name != field}), encoding="utf-8"
    )
    with pytest.raises(IndexCorruptError):
        read_current(tmp_path)


def test_a_version_of_another_manifest_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text(json.dumps({**BODY, "manifest_sha256": "f" * 64}), encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        read_current(tmp_path)


def test_no_pointer_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        read_current(tmp_path)


def test_times_come_back_in_utc(tmp_path: Path) -> None:
    body = {**BODY, "published_at": "2026-01-02T05:04:05+02:00"}
    (tmp_path / "CURRENT").write_text(json.dumps(body), encoding="utf-8")
    assert read_current(tmp_path).published_at == NOW
    assert read_current(tmp_path).published_at.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"checked_at": 7, "source_revision": null}',
        b'{"checked_at": "2026-01-02T03:04:05", "source_revision": null}',
        b'{"checked_at": "0001-01-01T00:00:00+23:59", "source_revision": null}',
    ],
)
def test_a_damaged_check_costs_the_date_only(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "CHECKED").write_bytes(content)
    assert read_check(tmp_path, V) is None
    assert "CHECKED is damaged" in (check_fault(tmp_path) or "")


def test_a_check_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert check_fault(tmp_path) is None
    (tmp_path / "CHECKED").mkdir()
    assert read_check(tmp_path, V) is None
    assert check_fault(tmp_path) is not None
