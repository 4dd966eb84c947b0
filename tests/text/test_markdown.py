"""The one reader of Markdown, held against CommonMark, and everybody who reads lines held against it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rca_search.chunking.pieces import PieceKind, split_pieces
from rca_search.cli.excerpt import told_lines
from rca_search.facts import read_facts
from rca_search.facts.statements import StatementKind, Statements
from rca_search.insight.sentences import sentences
from rca_search.models import Document, Passage, Role, SourceFile
from rca_search.sources.documents import parse_document
from rca_search.sources.files import walk
from rca_search.text.lines import VERBATIM, LineKind, line_kinds, row_cells, text_start
from rca_search.text.markdown import BlockKind, read_markdown

LINES = (
    "```",
    "````",
    "~~~",
    "```sh",
    "~~~ sh `x`",
    "```a``` text",
    "``",
    "text",
    "",
    "",
    "  ```",
    "    deep",
    "\tdeep",
    "- item",
    "  1. item",
    "- ```",
    "> quoted",
    "> ```",
    "| a | b |",
    "|---|---|",
    "a | b",
    "# Heading",
    "> ## Quoted heading",
    "===",
    "---",
    "***",
    "<!-- remark",
    "-->",
    "<div>",
    "[word]: elsewhere",
)
PARSER = MarkdownIt("commonmark").enable("table").disable("reference")
HELD_AGAINST = {
    "fence": VERBATIM,
    "code_block": VERBATIM,
    "heading_open": {LineKind.HEADING, LineKind.UNDERLINE},
    "tr_open": {LineKind.ROW},
    "hr": {LineKind.RULE},
    "html_block": set(LineKind),
    "list_item_open": {LineKind.ITEM},
}


def apart(lines: list[str]) -> Iterator[str]:
    """Name the lines on which the letters differ from what a parser finds in the whole text."""
    kinds = line_kinds(lines)
    assert len(kinds) == len(lines)
    expected: dict[int, set[LineKind] | frozenset[LineKind]] = {}
    for token in PARSER.parse("\n".join(lines)):
        if token.type in HELD_AGAINST and token.map:
            first, end = token.map
            end = first + 1 if token.type == "list_item_open" else end
            expected.update(dict.fromkeys(range(first, end), HELD_AGAINST[token.type]))
    marked = {*LineKind} - {LineKind.TEXT, LineKind.BLANK, LineKind.TABLE_RULE, LineKind.PROMPT}
    for number, line in enumerate(lines):
        found = LineKind(kinds[number])
        wanted = expected.get(number)
        if line.strip() and (found not in wanted if wanted else found in marked):
            yield f"{number + 1}: {line!r} is {found.name}"


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_any_text_is_read_as_a_parser_reads_it(lines: list[str]) -> None:
    assert list(apart(lines)) == []


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_no_line_with_words_is_in_no_block(lines: list[str]) -> None:
    markdown = read_markdown(lines)
    covered = {number for block in markdown.blocks for number in range(block.first_line, block.last_line + 1)}
    markup = {LineKind.TABLE_RULE, LineKind.BLANK, LineKind.HTML}
    for number, (line, kind) in enumerate(zip(lines, markdown.kinds, strict=True), 1):
        assert number in covered or kind in markup or not any(map(str.isalnum, line)), line


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("plain\n\nwords", "t t"),
        ("# A\ntext\n\n- one\n  more\n1. two", "ht itt".replace("itt", "iti")),
        ("A\n===\n\n***", "hu _"),
        ("```kubectl get pods``` showed nothing.", "t"),
        ("- item\n\n  ```sh\n  code\n  ```\n- next", "i fcfi"),
        ("> ```\n> code\nafter the quote", "fct"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nend", "r-rr"),
        ("| no | head |", "t"),
        ("    indented\n\n    more", "ccc"),
        ("<details>\n\ntext", "x t"),
        ("```", "f"),
        ("~~~\ncode\n~~~", "fcf"),
        ("```\ncode", "fc"),
        ("## A\n*Describe the\nimpact.*\n\n> Who saw it?\n\nWe did.", "hpp p t"),
        ("**Impact**\n\n(List the services.)\n", "t p "),
        ("We asked.\n\n> Who saw it?\n\n(Note: nobody did.)", "t t t"),
        ("- [Insert a link]\n- **Why did it stop?**", "pi"),
        ("", " "),
    ],
)
def test_letters_of_lines(text: str, kinds: str) -> None:
    assert line_kinds(text.split("\n")) == kinds


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("  - [x] done", LineKind.ITEM, "done"),
        ("> > 12. quoted", LineKind.ITEM, "quoted"),
        ("> said", LineKind.TEXT, "said"),
        ("### Title", LineKind.HEADING, "Title"),
        ("  code", LineKind.CODE, "  code"),
        ("-5 degrees", LineKind.TEXT, "-5 degrees"),
    ],
)
def test_where_the_text_of_a_line_begins(line: str, kind: LineKind, text: str) -> None:
    assert line[text_start(line, kind) :] == text


def test_cells_of_a_row() -> None:
    assert row_cells(r"| a | b \| c || `d` |") == ["a", r"b \| c", "", "`d`"]


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_all_readers_agree_on_any_text(lines: list[str]) -> None:
    file = SourceFile("RCAs/a", "docs", "RCAs/a.md", "\n".join(["# A", "", *lines]).encode(), "0" * 64)
    assert_agreed(parse_document(file).document)


def test_all_readers_agree_on_the_corpora(corpora: Path) -> None:
    differing: list[str] = []
    read = 0
    for item in walk([corpora / "corpora"]):
        if isinstance(item, SourceFile) and item.path.endswith(".md"):
            document = parse_document(item).document
            assert_agreed(document)
            read += 1
            first = document.sections[0].first_line if document.sections else 1
            differing += (f"{item.path}:{line}" for line in apart(document.text.split("\n")[first - 1 :]))
    assert read > 500
    assert differing == []


def assert_agreed(document: Document) -> None:
    """Hold passages, facts, sentences and excerpts against the letters that the document keeps."""
    kinds = document.line_kinds
    lines = document.text.split("\n")
    assert len(kinds) == len(lines)
    first = document.sections[0].first_line if document.sections else len(lines) + 1
    code = {number for number, kind in enumerate(kinds, 1) if kind in VERBATIM}
    rows = {number for number, kind in enumerate(kinds, 1) if kind == LineKind.ROW}
    _agree_on_passages(lines[first - 1 :], first, code, rows)
    _agree_on_statements(document, code, rows)
    for sentence in sentences(lines, range(first, len(lines) + 1), kinds):
        assert kinds[sentence.line - 1] != LineKind.FENCE
    if document.sections:
        passage = Passage("a", Role.OTHER, "", 0, 1, len(lines), document.text, kinds)
        for line in told_lines(passage):
            assert line.code == (kinds[line.number - 1] == LineKind.CODE)


def _agree_on_passages(lines: list[str], first: int, code: set[int], rows: set[int]) -> None:
    for piece in split_pieces("\n".join(lines), headings=True):
        numbers = set(range(first + piece.first_line, first + piece.end_line))
        if piece.kind is PieceKind.CODE:
            assert {number for number in numbers if lines[number - first].strip()} <= code
        elif piece.kind is PieceKind.ROW:
            assert numbers & rows
            assert not numbers & code


def _agree_on_statements(document: Document, code: set[int], rows: set[int]) -> None:
    for statement in Statements(document):
        numbers = set(range(statement.first_line, statement.last_line + 1))
        if statement.kind is StatementKind.CODE:
            assert statement.first_line in code
        elif statement.kind is StatementKind.ROW and statement.header:
            # A table in a text that somebody indented as a whole stays code to everybody else.
            assert numbers & rows or numbers & code


def test_code_within_a_line_hides_no_facts(make_document: Callable[..., Document]) -> None:
    text = (
        "---\ntitle: Pods\ndate: 2025-01-01\n---\n# Pods\n\n## Summary\n\n"
        "```kubectl get pods``` showed nothing.\n\n"
        "## Root Cause\n\nThe quota of the namespace was used up.\n\n"
        "## Resolution\n\nRaised the quota to 40 cores.\n\n## Impact\n\nThe outage lasted 42 minutes.\n"
    )
    facts = read_facts(make_document(text, "RCAs/pods.md"))
    plain = read_facts(make_document(text.replace("```", "`"), "RCAs/pods.md"))
    told_causes = [each.text.replace("```", "`") for each in facts.causes]
    assert told_causes == [each.text for each in plain.causes] != []
    assert [each.text for each in facts.resolution] == [each.text for each in plain.resolution] != []
    assert facts.duration.minutes == plain.duration.minutes == 42


def test_nesting_beyond_the_parsers_limit_loses_no_words() -> None:
    text = "> " * 300 + "deep\n\nafter"
    assert line_kinds(text.split("\n")) == "t t"
    assert "after" in [block.text for block in read_markdown(text.split("\n")).blocks]
    assert any("deep" in piece.text for piece in split_pieces(text))


def test_headings_are_those_outside_lists_and_quotes() -> None:
    markdown = read_markdown(["# A", "", "> # B", "", "- # C", "", "D", "---"])
    assert [heading.text for heading in markdown.headings] == ["A", "D"]
    assert [block.level for block in markdown.blocks if block.kind is BlockKind.HEADING] == [1, 1, 1, 2]


@pytest.mark.parametrize("sign", [" ", ">", "- ", "1. ", "`", "~", "```a", "|", "| ", "<", "#", "a | "])
def test_long_lines_take_linear_time(sign: str) -> None:
    """Four times as long takes about four times as long, and never sixteen."""
    times = []
    for repeats in (20_000, 80_000):
        line = sign * repeats + "x"
        started = time.perf_counter()
        kind = LineKind(line_kinds([line]))
        text_start(line, kind)
        row_cells(line)
        times.append(time.perf_counter() - started)
    assert times[1] < 10 * max(times[0], 0.005)
