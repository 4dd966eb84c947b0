"""The header of a file: every scalar stays text, every mistake is named with its line in the file."""

from __future__ import annotations

import tracemalloc

import pytest

from rca_search.sources.decode import Blemish
from rca_search.sources.front_matter import MAX_FRONT_MATTER_BYTES, FrontMatter, read_front_matter


def read(text: str) -> FrontMatter:
    return read_front_matter(text.split("\n"))


def rejected(text: str) -> Blemish:
    blemish = read(text).blemish
    assert blemish is not None
    assert blemish.code == "front_matter"
    assert blemish.remedy
    return blemish


@pytest.mark.parametrize(
    "scalar",
    [
        "no",
        "yes",
        "off",
        "0123",
        "0x1F",
        "12:30:45",
        "1.10",
        "2025-03-05",
        "1e3",
        "null",
        "~",
        ".inf",
        "1_000",
    ],
)
def test_scalars_stay_the_text_that_was_written(scalar: str) -> None:
    front = read(f"---\nkey: {scalar}\nlist: [{scalar}]\n{scalar}: x\n---\n")
    assert front.values == {"key": scalar, "list": [scalar], scalar: "x"}


def test_values_and_the_line_of_each_key() -> None:
    front = read(
        '---\ntitle: "a: b"\nlong: |\n  x\n  ---\n  y\nservices:\n  - one\nnested: {k: v}\nempty:\n---\nbody'
    )
    assert front.values == {
        "title": "a: b",
        "long": "x\n---\ny\n",
        "services": ["one"],
        "nested": {"k": "v"},
        "empty": "",
    }
    assert front.lines == {"title": 2, "long": 3, "services": 7, "nested": 9, "empty": 10}
    assert front.last_line == 11


def test_blank_lines_before_the_header_count() -> None:
    front = read("\n\n---  \na: b\n---\t\nbody")
    assert (front.values, front.lines, front.last_line) == ({"a": "b"}, {"a": 4}, 5)


def test_json_between_the_fences_is_read() -> None:
    front = read('---\n{"title": "x", "services": ["a", 1.10], "on": true}\n---\n')
    assert front.values == {"title": "x", "services": ["a", "1.10"], "on": "true"}


def test_pandoc_may_close_with_dots() -> None:
    assert read("---\na: b\n...\nbody").last_line == 3


@pytest.mark.parametrize("text", ["---\n---\nx", "---\n\n---\nx"])
def test_an_empty_header_is_a_header(text: str) -> None:
    assert read(text).last_line == len(text.split("\n")) - 1
    assert read(text).values == {}


@pytest.mark.parametrize(
    "text",
    [
        "---",
        "---\n\n# Title\n",
        "---\n\nProse first.\n\n---\n\nmore\n",
        "---\n# Title\n---\nbody",
        "---\nProse that goes on\nand on.",
        "----\na: b\n----\n",
        "# Title\n\n---\na: b\n---\n",
        "+++\nprose",
        " ---\na: b\n---",
    ],
)
def test_a_line_across_the_page_is_no_header(text: str) -> None:
    assert read(text) == FrontMatter()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("---\ntitle: x\n\n# T", 1, "never closed"),
        ("\n---\ntitle: x", 2, "never closed"),
        ("---\n- a\n- b\n---\n", 2, "it is a list"),
        ("---\njust text\n---\n", 2, "it is plain text"),
        ("---\na: 1\nb: x: y\n---", 3, "a value holds a colon"),
        ("---\na: [x\nb: 1\n---", 3, "a bracket is not closed"),
        ("---\na:\n\tb: c\n---", 3, "a tab is used"),
        ('---\na: 1\nb: "x\n---', 3, "a quote is not closed"),
        ("---\na: b\nno colon here\n---", 3, "no colon after its key"),
        ("---\na: 1\nb: 2\na: 3\n---", 4, "'a' is given twice"),
        ("---\na: {b: 1, b: 2}\n---", 2, "'b' is given twice"),
        ("---\na: &x 1\nb: *x\n---", 2, "an anchor"),
        ("---\nt: *emphasis* first\n---", 2, "begins with *"),
        ("---\na: *x\n---", 2, "an alias"),
        ("---\nb:\n  <<: {a: 1}\n---", 3, "a merge key"),
        ("---\na: {{title}}\n---", 2, "where a key should be"),
        ("---\na: @x\n---", 2, "special character"),
        ("---\na: !!python/object/apply:os.system [id]\n---", 2, "type mark"),
        ("---\na: !important\n---", 2, "type mark"),
        ('---\na: "\\ud800"\n---', 2, "no text can hold"),
        ('---\na: "\\0"\n---', 2, "no text can hold"),
        ("---\na: b\nc: \x07\n---", 3, "control character"),
        ("---\na: b\n--- x: y\n---", 3, "second YAML document"),
        ("---\na: [[[[[[[[[x]]]]]]]]]\n---", 2, "deeper than 8"),
        ("+++\na = 1\nb = = 2\n+++", 3, "not valid TOML"),
        ("+++\na = 1\n", 1, "never closed"),
        ("+++\na = [[[[[[[[[1]]]]]]]]]\n+++", 2, "deeper than 8"),
        ("+++\na = " + "[" * 5000 + "\n+++", 2, "deeper than 8"),
    ],
)
def test_mistakes_are_named_in_plain_words_with_their_line(text: str, line: int, message: str) -> None:
    error = rejected(text)
    assert error.line == line
    assert message in error.message
    assert error.message.startswith("The front matter is read line by line: ")


def test_characters_that_only_yaml_takes_for_line_ends_shift_no_line() -> None:
    assert read("---\na: x\x85y\u2028z\u2029\nb: c\n---").values == {"a": "x y z", "b": "c"}
    assert rejected("---\na: x\u2028y\nb: c: d\n---").line == 3


def test_a_header_may_have_64_kibibytes_and_no_more() -> None:
    room = MAX_FRONT_MATTER_BYTES - len("a: ")
    assert len(str(read(f"---\na: {'x' * room}\n---").values["a"])) == room
    error = rejected(f"---\na: {'x' * (room + 1)}\n---")
    assert "larger than 64 KiB" in error.message


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n---"
    assert rejected(bomb).line == 2


def test_toml_becomes_text_with_lines() -> None:
    front = read(
        '+++\ntitle = "x"\ndate = 2025-03-05\nversion = 1.10\ndraft = false\n[extra]\nn = 7\n+++\nbody'
    )
    assert front.values == {
        "title": "x",
        "date": "2025-03-05",
        "version": "1.10",
        "draft": "false",
        "extra": {"n": "7"},
    }
    assert front.lines == {"title": 2, "date": 3, "version": 4, "draft": 5, "extra": 6}
    assert front.last_line == 8


@pytest.mark.parametrize(
    ("text", "values", "last"),
    [
        (
            "---\ntitle: Outage: database down\nsev: 1\n---\nx",
            {"title": "Outage: database down", "sev": "1"},
            4,
        ),
        ("---\ntitle: {{title}}\ndate: 2024-01-01\n---", {"title": "{{title}}", "date": "2024-01-01"}, 4),
        ("---\na:\n\tb: c\nd: e\n---", {"a": [], "d": "e"}, 5),
        ("---\nt: 'x: y': z\ntags:\n  - a\n  - b: c\n---", {"t": "'x: y': z", "tags": ["a", "b: c"]}, 6),
        ("---\nt: @x\ntags: [a, 'b', \"c\"]\n---", {"t": "@x", "tags": ["a", "b", "c"]}, 4),
        ('---\na: "\\U00110000"\nb: c\n---', {"a": "\\U00110000", "b": "c"}, 4),
        ('---\na: "\\UFFFFFFFF"\nb: c\n---', {"a": "\\UFFFFFFFF", "b": "c"}, 4),
        ("---\na: 1\na: 2\n---", {"a": "1"}, 4),
        ("---\ntitle: never closed\ntags: x\n\n# Heading\n", {"title": "never closed", "tags": "x"}, 3),
        ("---\njust text\n---\nmore", {}, 0),
        ("+++\na = 1\nb = = 2\n+++", {"a": "1", "b": "= 2"}, 4),
        (f"+++\na = {'9' * 5000}\nb = 'c'\n+++", {"a": "9" * 1996, "b": "c"}, 4),
    ],
)
def test_what_the_parser_refuses_is_read_line_by_line(
    text: str, values: dict[str, object], last: int
) -> None:
    front = read(text)
    assert front.blemish is not None
    assert dict(front.values) == values
    assert front.last_line == last


def test_a_key_of_very_many_parts_costs_no_memory() -> None:
    tracemalloc.start()
    front = read("+++\n" + ".".join(["a"] * 30_000) + " = 1\n+++\nbody")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert front.blemish is not None
    assert "deeper than" in front.blemish.message
    assert peak < 20_000_000
