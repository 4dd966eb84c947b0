"""Bytes to text: encodings, line ends, and what is refused with which line."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import DocumentRejectedError
from rca_search.sources.decode import Decoded, decode

TEXT = "# Ærø\nzweite Zeile \U0001f525\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"],
)
def test_encodings_with_a_mark_give_the_same_text(content: bytes) -> None:
    assert decode(content) == Decoded(TEXT)


def test_every_kind_of_line_end_becomes_one() -> None:
    assert decode(b"a\r\nb\rc\nd\r\r\ne") == Decoded("a\nb\nc\nd\n\ne")


def test_other_separators_end_no_line() -> None:
    text = "a\x0bb\x0cc\x85d\u2028e\u2029f"
    assert decode(text.encode()) == Decoded(text)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", None),
        (b" \n\t\r\n", "empty", None),
        (codecs.BOM_UTF8, "empty", None),
        (codecs.BOM_UTF16_LE, "empty", None),
        (b"\xff\xfe\xfa\xde", "encoding", 1),
        (b"# PNG\n\x89PNG\r\n\x00\x00", "binary", 3),
        ("Titel\n".encode("utf-16-le"), "binary", 1),
        (codecs.BOM_UTF16_LE + b"a\x00\n\x00\x00\xd8", "encoding", 2),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\x00a", "encoding", 1),
        (codecs.BOM_UTF32_LE + b"\x00\xd8\x00\x00", "encoding", 1),
        (b"\xed\xa0\x80", "encoding", 1),
        (codecs.BOM_UTF16_BE + b"\x00a\x00", "encoding", 1),
    ],
)
def test_unusable_bytes_name_code_line_and_remedy(content: bytes, code: str, line: int | None) -> None:
    with pytest.raises(DocumentRejectedError) as caught:
        decode(content)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert caught.value.remedy


def test_the_remedy_for_a_wrong_encoding_is_a_command() -> None:
    with pytest.raises(DocumentRejectedError, match=r"0xe9 at offset 3.*iconv -f WINDOWS-1252 -t UTF-8"):
        decode(b"caf\xe9")


@given(st.binary(max_size=200))
def test_any_bytes_give_storable_text_or_our_error(content: bytes) -> None:
    try:
        text, error = decode(content).text, None
    except DocumentRejectedError as rejected:
        text, error = "", rejected
    if error is not None:
        assert error.code in {"empty", "binary", "encoding"}
        assert error.line is None or 1 <= error.line <= content.count(b"\n") + content.count(b"\r") + 1
    assert text.encode().decode() == text
    assert not {"\r", "\0"} & set(text)


@pytest.mark.parametrize(
    ("content", "text", "code", "line"),
    [
        (b"ok\r\nok\rcaf\xe9 au lait\n", "ok\nok\ncafé au lait\n", "encoding", 3),
        (
            b"caf\xc3\xa9 and caf\xe9, they said \x93so\x94 to us",
            "café and café, they said “so” to us",
            "encoding",
            1,
        ),
        (b"# Title\n" + b"words " * 20 + b"\x00more\n", "# Title\n" + "words " * 20 + " more\n", "nul", 2),
    ],
)
def test_a_few_bad_bytes_cost_those_bytes_alone(content: bytes, text: str, code: str, line: int) -> None:
    decoded = decode(content)
    assert decoded.text == text
    assert [(each.code, each.line) for each in decoded.blemishes] == [(code, line)]


def test_many_bad_bytes_take_linear_time() -> None:
    times = []
    for size in (200_000, 800_000):
        started = time.perf_counter()
        decode((b"some words and \xe9 " * (size // 17)) + b"x")
        times.append(time.perf_counter() - started)
    assert times[1] < 12 * max(times[0], 0.005)
