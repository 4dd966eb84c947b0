"""Markdown -> blocks: exact text and lines."""

from __future__ import annotations

import pytest

from rca_search.chunking.blocks import Block, BlockKind, plain, split_blocks, split_sentences


def blocks(text: str, *, headings: bool = False) -> list[tuple[str, str, int, int]]:
    found = split_blocks(text, headings=headings)
    return [(block.kind.name, block.text, block.first_line, block.end_line) for block in found]


def test_paragraphs_lose_their_markup_and_keep_their_lines() -> None:
    text = "The **pool** of [db](https://x.example/1) was `full`,\nsee [[INC-7|it]].\n\nThen ~it~ *eased*.\n"
    assert blocks(text) == [
        ("PROSE", "The pool of db was full,\nsee it.", 0, 2),
        ("PROSE", "Then ~it~ eased.", 3, 4),
    ]


def test_rows_of_a_wide_table_are_spelled_out_behind_their_header() -> None:
    text = "| Time | Who | What |\n|---|---|---|\n| 10:02 | Ada | rolled *back* |\n| 10:09 | | calm |\n"
    assert blocks(text) == [
        ("ROW", "Time: 10:02; Who: Ada; What: rolled back", 0, 3),
        ("ROW", "Time: 10:09; What: calm", 3, 4),
    ]


def test_rows_of_a_narrow_table_stand_as_they_are() -> None:
    assert blocks("| Time | Event |\n|---|---|\n| 10:02 | paged |\n") == [("ROW", "10:02 paged", 0, 3)]


def test_a_header_row_that_carries_data_is_a_row() -> None:
    assert blocks("| Date | 3 May |\n|---|---|\n| Owner | Ada |\n") == [
        ("ROW", "Date 3 May", 0, 1),
        ("ROW", "Owner Ada", 2, 3),
    ]


def test_a_table_of_nothing_but_a_header_is_not_lost() -> None:
    assert blocks("| Alert | Fix |\n|---|---|\n") == [("ROW", "Alert Fix", 0, 1)]


def test_cells_beyond_the_header_are_not_lost() -> None:
    assert blocks("| a | b |\n|---|---|\n| c | d | e \\| f | g |\n") == [("ROW", "c d e | f g", 0, 3)]
    assert blocks("| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 | 4 |\n") == [
        ("ROW", "a: 1; b: 2; c: 3; 4", 0, 3)
    ]


def test_list_items_nested_ones_and_their_code_are_blocks_of_their_own() -> None:
    text = (
        "1. Drain\n   - the *node*\n     again\n2. Run\n\n"
        "   ```sh\n   kubectl drain a\n   ```\n\n   and wait\n- done\n"
    )
    assert blocks(text) == [
        ("ITEM", "- Drain", 0, 1),
        ("ITEM", "- the node\nagain", 1, 3),
        ("ITEM", "- Run", 3, 4),
        ("CODE", "kubectl drain a", 5, 8),
        ("ITEM", "- and wait", 9, 10),
        ("ITEM", "- done", 10, 11),
    ]


def test_code_stays_as_it_is_with_the_line_where_it_begins() -> None:
    found = split_blocks("```\n\n\n  a  b\n\nc\n\n```\n\n    indented *x*\n\n\nafter\n")
    assert found == [
        Block(BlockKind.CODE, "  a  b\n\nc", 0, 8, text_line=3),
        Block(BlockKind.CODE, "indented *x*", 9, 10, text_line=9),
        Block(BlockKind.PROSE, "after", 12, 13),
    ]


def test_quotes_are_read_with_the_headings_in_them() -> None:
    assert blocks("> # Status\n> all *well*\n> > deeper\n") == [
        ("PROSE", "Status", 0, 1),
        ("PROSE", "all well", 1, 2),
        ("PROSE", "deeper", 2, 3),
    ]


def test_top_level_headings_are_given_only_when_asked_for() -> None:
    text = "# One\na\n\nTwo\n---\nb\n"
    assert blocks(text) == [("PROSE", "a", 1, 2), ("PROSE", "b", 5, 6)]
    assert [block[1] for block in blocks(text, headings=True)] == ["One", "a", "Two", "b"]


def test_tags_go_and_what_only_looks_like_one_stays() -> None:
    assert blocks("a <b>bold</b><br/>line in <module> of List<String>\n")[0][1] == (
        "a bold line in <module> of List<String>"
    )
    text = "<details><summary>More</summary>\nhidden <T>\n</details>\n\n<!-- a note to authors -->\n\n<div>\n"
    assert blocks(text) == [("PROSE", "More\nhidden <T>", 0, 3)]


def test_what_looks_like_a_link_definition_is_text() -> None:
    assert blocks("[error]: timeout\n") == [("PROSE", "[error]: timeout", 0, 1)]


@pytest.mark.parametrize("depth", [10, 45, 200])
def test_deep_quotes_and_lists_keep_their_words(depth: int) -> None:
    quote = ">" * depth + " buried treasure"
    nested = "\n".join("  " * level + f"- level{level}" for level in range(depth))
    assert [block[1] for block in blocks(quote)] == ["buried treasure"]
    words = " ".join(block[1] for block in blocks(nested)).replace("- ", "").split()
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
