"""Markdown -> pieces: exact text and lines."""

from __future__ import annotations

import pytest

from rca_search.chunking.pieces import Piece, PieceKind, plain, split_pieces
from rca_search.text.sentences import split_sentences


def pieces(text: str, *, headings: bool = False) -> list[tuple[str, str, int, int]]:
    found = split_pieces(text, headings=headings)
    return [(piece.kind.name, piece.text, piece.first_line, piece.end_line) for piece in found]


def test_paragraphs_lose_their_markup_and_keep_their_lines() -> None:
    text = "The **pool** of [db](https://x.example/1) was `full`,\nsee [[INC-7|it]].\n\nThen ~it~ *eased*.\n"
    assert pieces(text) == [
        ("PROSE", "The pool of db was full,\nsee it.", 0, 2),
        ("PROSE", "Then ~it~ eased.", 3, 4),
    ]


def test_rows_of_a_wide_table_are_spelled_out_behind_their_header() -> None:
    text = "| Time | Who | What |\n|---|---|---|\n| 10:02 | Ada | rolled *back* |\n| 10:09 | | calm |\n"
    assert pieces(text) == [
        ("ROW", "Time: 10:02; Who: Ada; What: rolled back", 0, 3),
        ("ROW", "Time: 10:09; What: calm", 3, 4),
    ]


def test_rows_of_a_narrow_table_stand_as_they_are() -> None:
    assert pieces("| Time | Event |\n|---|---|\n| 10:02 | paged |\n") == [("ROW", "10:02 paged", 0, 3)]


def test_a_header_row_that_carries_data_is_a_row() -> None:
    assert pieces("| Date | 3 May |\n|---|---|\n| Owner | Ada |\n") == [
        ("ROW", "Date 3 May", 0, 1),
        ("ROW", "Owner Ada", 2, 3),
    ]


def test_a_table_of_nothing_but_a_header_is_not_lost() -> None:
    assert pieces("| Alert | Fix |\n|---|---|\n") == [("ROW", "Alert Fix", 0, 1)]


def test_cells_beyond_the_header_are_not_lost() -> None:
    assert pieces("| a | b |\n|---|---|\n| c | d | e \\| f | g |\n") == [("ROW", "c d e | f g", 0, 3)]
    assert pieces("| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 | 4 |\n") == [
        ("ROW", "a: 1; b: 2; c: 3; 4", 0, 3)
    ]


def test_list_items_nested_ones_and_their_code_are_pieces_of_their_own() -> None:
    text = (
        "1. Drain\n   - the *node*\n     again\n2. Run\n\n"
        "   ```sh\n   kubectl drain a\n   ```\n\n   and wait\n- done\n"
    )
    assert pieces(text) == [
        ("ITEM", "- Drain", 0, 1),
        ("ITEM", "- the node\nagain", 1, 3),
        ("ITEM", "- Run", 3, 4),
        ("CODE", "kubectl drain a", 5, 8),
        ("ITEM", "- and wait", 9, 10),
        ("ITEM", "- done", 10, 11),
    ]


def test_code_stays_as_it_is_with_the_line_where_it_begins() -> None:
    found = split_pieces("```\n\n\n  a  b\n\nc\n\n```\n\n    indented *x*\n\n\nafter\n")
    assert found == [
        Piece(PieceKind.CODE, "  a  b\n\nc", 0, 8, text_line=3),
        Piece(PieceKind.CODE, "indented *x*", 9, 10, text_line=9),
        Piece(PieceKind.PROSE, "after", 12, 13),
    ]


def test_quotes_are_read_with_the_headings_in_them() -> None:
    assert pieces("> # Status\n> all *well*\n> > deeper\n") == [
        ("PROSE", "Status", 0, 1),
        ("PROSE", "all well", 1, 2),
        ("PROSE", "deeper", 2, 3),
    ]


def test_top_level_headings_are_given_only_when_asked_for() -> None:
    text = "# One\na\n\nTwo\n---\nb\n"
    assert pieces(text) == [("PROSE", "a", 1, 2), ("PROSE", "b", 5, 6)]
    assert [piece[1] for piece in pieces(text, headings=True)] == ["One", "a", "Two", "b"]


def test_tags_go_and_what_only_looks_like_one_stays() -> None:
    assert pieces("a <b>bold</b><br/>line in <module> of List<String>\n")[0][1] == (
        "a bold line in <module> of List<String>"
    )
    text = "<details><summary>More</summary>\nhidden <T>\n</details>\n\n<!-- a note to authors -->\n\n<div>\n"
    assert pieces(text) == [("PROSE", "More", 0, 1), ("PROSE", "hidden <T>", 1, 2)]


def test_what_looks_like_a_link_definition_is_text() -> None:
    assert pieces("[error]: timeout\n") == [("PROSE", "[error]: timeout", 0, 1)]


@pytest.mark.parametrize("depth", [10, 45, 200])
def test_deep_quotes_and_lists_keep_their_words(depth: int) -> None:
    quote = ">" * depth + " buried treasure"
    nested = "\n".join("  " * level + f"- level{level}" for level in range(depth))
    assert [piece[1] for piece in pieces(quote)] == ["buried treasure"]
    words = " ".join(piece[1] for piece in pieces(nested)).replace("- ", "").split()
    assert words == [f"level{level}" for level in range(depth)]


def test_sentences_end_where_a_new_one_begins() -> None:
    text = 'It fell (v1.2 of api.example.com). "Why?" asked Ada! 3 nodes, e.g. a. b followed... Then calm'
    assert split_sentences(text) == [
        "It fell (v1.2 of api.example.com).",
        '"Why?" asked Ada!',
        "3 nodes, e.g. a. b followed...",
        "Then calm",
    ]
    assert split_sentences('He said "stop." Then (all of it.) Calm.') == [
        'He said "stop."',
        "Then (all of it.)",
        "Calm.",
    ]
    assert split_sentences("磁盘已满。数据库停止了！然后呢？") == ["磁盘已满。", "数据库停止了！", "然后呢？"]  # noqa: RUF001


def test_plain_gives_a_heading_as_it_reads() -> None:
    assert plain("The `db` of [us](x) & **them** <b>now</b>") == "The db of us & them now"
