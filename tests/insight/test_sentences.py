"""How lines are cut into what is compared and quoted."""

from __future__ import annotations

import pytest

from rca_search.insight.sentences import LONGEST, sentences, spans_of, terms_of, without_targets
from rca_search.text.lines import LineKind, line_kinds


def cut(line: str, *, code: bool = False) -> list[str]:
    kind = LineKind.CODE if code else LineKind.ROW if line.startswith("|") else LineKind(line_kinds([line]))
    return [line[start:end] for start, end in spans_of(line, kind)]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("The pool ran dry. Nobody could pay!", ["The pool ran dry.", "Nobody could pay!"]),
        ("- [x] alert on lag", ["alert on lag"]),
        ("  3. Restarted it.", ["Restarted it."]),
        ("> quoted words", ["quoted words"]),
        ("### 07:10", ["07:10"]),
        ("<kuba> same sms goes out", ["same sms goes out"]),
        ("| 10:05 | We restarted. It fell. | a \\| b |", ["10:05", "We restarted.", "It fell.", "a \\| b"]),
        ("|---|:--|", []),
        ("", []),
        ("   ", []),
        ("***", []),
        ("```sh", []),
        ("a.b.c at 10.0.0.1. It failed", ["a.b.c at 10.0.0.1.", "It failed"]),
    ],
)  # fmt: skip
def test_a_line_is_cut_into_sentences_and_cells(line: str, wanted: list[str]) -> None:
    assert cut(line) == wanted


def test_code_is_kept_whole() -> None:
    line = "  $ df -h /. Then rm | sort  "
    assert cut(line, code=True) == ["$ df -h /. Then rm | sort"]
    assert cut(line) != cut(line, code=True)


def test_a_long_sentence_is_cut_between_words() -> None:
    line = "word " * 200
    pieces = cut(line)
    assert " ".join(pieces) == line.strip()
    assert max(map(len, pieces)) <= LONGEST
    assert all(piece == piece.strip() and not piece.startswith("ord") for piece in pieces)


def test_a_long_run_without_spaces_is_cut_anywhere() -> None:
    pieces = cut("x" * 1000)
    assert "".join(pieces) == "x" * 1000
    assert max(map(len, pieces)) <= LONGEST


def test_lines_keep_their_numbers() -> None:
    lines = ["# Title", "", "One. Two.", "```", "code. Code", "```"]
    found = sentences(lines, range(2, 7), line_kinds(lines))
    assert [(one.line, one.start, one.end, one.text) for one in found] == [
        (3, 0, 4, "One."),
        (3, 5, 9, "Two."),
        (5, 0, 10, "code. Code"),
    ]


def test_numbers_and_words_without_a_subject_tie_nothing() -> None:
    assert terms_of("312 sessions were still idle") == {"session", "idl"}
    assert terms_of("some of all the others, again") == frozenset()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see [[2025-02-13-five-seconds|Feb 13]]", "see [[                       |Feb 13]]"),
        ("see [[2025-02-13-five-seconds]]", "see [[                       ]]"),
        ("by [[locker-gateway]]", "by [[locker-gateway]]"),
        ("[a bug](https://x.example/hub) hit", "[a bug](                     ) hit"),
        ("array[0](1) [error]: timeout", "array[0]( ) [error]: timeout"),
    ],
)
def test_what_links_point_to_is_not_said(text: str, left: str) -> None:
    assert without_targets(text) == left
    assert len(left) == len(text)
