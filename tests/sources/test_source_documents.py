"""Whole files: every field at once, hostile input, and nothing but our error."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import DocumentRejectedError
from rca_search.models import Document, Kind, Problem

Parse = Callable[..., tuple[Document, tuple[Problem, ...]]]
SECONDS = 10.0


def test_a_file_with_mark_and_windows_line_ends(parse_file: Parse) -> None:
    document, problems = parse_file("bom-crlf.md")
    assert problems == ()
    assert (document.title, document.title_line) == ("Ledger writes rejected", 2)
    assert (document.date, document.severity, document.services) == (dt.date(2025, 2, 11), "no", ("ledger",))
    assert document.duration_minutes == 75
    assert document.text.startswith("---\ntitle: Ledger")
    assert "\r" not in document.text
    assert [(s.slug, s.first_line, s.last_line) for s in document.sections] == [
        ("title", 9, 10),
        ("root-cause", 11, 13),
    ]
    assert document.lines(13, 13) == "The disk quota of the ledger volume was 1.10 TB."


def test_toml_front_matter(parse_file: Parse) -> None:
    document, _ = parse_file("toml.md")
    assert (document.title, document.title_line, document.date) == (
        "Cache stampede",
        2,
        dt.date(2024, 12, 18),
    )
    assert (document.tags, document.metadata) == (("rca", "cache"), {"version": "1.10"})
    assert document.kind is Kind.INCIDENT


@pytest.mark.parametrize(
    ("name", "line"),
    [("invalid-yaml.md", 2), ("unterminated.md", 1), ("list-header.md", 2), ("duplicate-keys.md", 5)],
)
def test_unusable_headers_cost_no_file_and_are_warned_of(parse_file: Parse, name: str, line: int) -> None:
    document, problems = parse_file(name)
    assert [(each.code, each.line) for each in problems if each.code == "front_matter"] == [
        ("front_matter", line)
    ]
    assert not any(each.fatal for each in problems)
    assert document.text


def test_identity_comes_from_the_file_and_names_from_its_header(parse: Parse) -> None:
    document, _ = parse("---\nid: 0123\naliases: [one, two]\n---\n# T\n", "RCAs/a.md", "kb")
    assert (document.id, document.source, document.path) == ("RCAs/a", "kb", "RCAs/a.md")
    assert document.aliases == ("0123", "one", "two")
    assert document.metadata == {"id": "0123"}


def test_titles_in_their_order(parse: Parse) -> None:
    assert parse("---\ntitle: ' From  header '\n---\n# *Heading*\n")[0].title == "From header"
    assert parse("Title: listed\n\n# *Heading* `x`\n")[0].title == "Heading x"
    assert parse("**Title:** listed\n\n## Summary\n\n## Fix\n")[0].title == "listed"
    assert parse("x\n", "a/disk_full-again.md")[0].title == "Disk full again"


def test_redaction_runs_before_anything_else_and_keeps_lines(parse: Parse) -> None:
    text = "---\ntitle: key hunter2\n---\n# hunter2\n\n[[hunter2]]\n"
    document, _ = parse(text, redact=lambda given: given.replace("hunter2", "<secret>"))
    assert "hunter2" not in repr(document)
    assert (document.title, document.links[0].target) == ("key <secret>", "<secret>")
    with pytest.raises(DocumentRejectedError) as caught:
        parse(text, redact=lambda given: given.replace("\n", " "))
    assert caught.value.code == "redaction"


def test_control_characters_reach_no_field(parse: Parse) -> None:
    document, _ = parse('---\ntitle: "red \\e[31m"\nseverity: "S\\b1"\n---\n# a \x1b[31mb\n')
    assert (document.title, document.severity) == ("red [31m", "S1")
    assert document.sections[0].headings == ("a [31mb",)


def lines_inside(document: Document, problems: tuple[Problem, ...]) -> None:
    count = len(document.text.split("\n"))
    numbers = [link.line for link in document.links] + [document.title_line]
    numbers += [line for s in document.sections for line in (s.first_line, s.last_line)]
    numbers += [problem.line for problem in problems if problem.line is not None]
    assert all(1 <= number <= count for number in numbers)
    json.dumps({"m": document.metadata, "t": document.title}).encode()
    repr(document).encode()


TEXT = st.text(
    st.sampled_from("\n\n\n#-*_`[]|()!:>=+~ \tab0\u2028\x0c\x85\ufeff\U0001f525'\"{}&?%@<,."), max_size=120
)


@given(st.one_of(TEXT, TEXT.map(lambda text: f"---\n{text}\n---\n"), TEXT.map(lambda text: f"---\n{text}"),
                 TEXT.map(lambda text: f"+++\n{text}\n+++\n"), st.text(max_size=200)))  # fmt: skip
def test_any_text_gives_a_document_or_our_error(parse: Parse, text: str) -> None:
    try:
        document, problems = parse(text)
    except DocumentRejectedError as rejected:
        line = rejected.line
    else:
        lines_inside(document, problems)
        line = None
    assert line is None or 1 <= line <= text.count("\n") + text.count("\r") + 1


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_our_error(parse: Parse, content: bytes) -> None:
    try:
        document, problems = parse(content)
    except DocumentRejectedError:
        return
    lines_inside(document, problems)


HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": lambda n: "a" * n,
    "one line of words": lambda n: "ab " * (n // 3),
    "quotes": lambda n: ">" * (n // 100) + " x",
    "lists": lambda n: "- " * (n // 100) + "x",
    "staircase": lambda n: "".join(" " * (2 * (i % 40)) + "- x\n" for i in range(n // 60)),
    "headings": lambda n: "".join(f"{'#' * (i % 6 + 1)} h{i}\n" for i in range(n // 10)),
    "equal headings": lambda n: "# a\n" * (n // 10),
    "numbered headings": lambda n: "".join(f"# a\n# a-{i}\n" for i in range(2, n // 20)),
    "long heading": lambda n: "# " + "*a [" * (n // 4),
    "paragraph": lambda n: "abc def\n" * (n // 8),
    "definitions": lambda n: "[a]: b\n" * (n // 8),
    "open brackets": lambda n: "[" * n,
    "open wikilinks": lambda n: "[[a|" * (n // 4),
    "open links": lambda n: "[x](" * (n // 4),
    "open angles": lambda n: "[a](<" * (n // 5),
    "backticks": lambda n: "".join("`" * i + " " for i in range(1, int((2 * n) ** 0.5))),
    "table": lambda n: "|a|b|\n|-|-|\n" + "|c|d|\n" * (n // 6),
    "wide table": lambda n: "|a" * (n // 4) + "|\n" + "|-" * (n // 4) + "|\n",
    "comments": lambda n: "<!-- \n" * (n // 6),
    "html": lambda n: "<div>\n\n" * (n // 7),
    "fences": lambda n: "```\n\n" * (n // 5),
    "labels": lambda n: "**Impact**\n\n" * (n // 12),
    "label bullets": lambda n: "- **Impact**: x\n" * (n // 16),
    "pairs": lambda n: "Status: x\n" * (n // 10),
    "blank lines": lambda n: "\n" * (n - 2) + "x",
    "lines across": lambda n: "---\n" * (n // 4),
    "blanks": lambda n: "x" + " " * n + "y",
    "endless header": lambda n: "---\na: b\n" + "x\n" * (n // 2),
    "deep header": lambda n: "---\na: " + "[" * min(n // 20, 60_000) + "\n---\n",
    "wide header": lambda n: "---\n" + "".join(f"k{i}: v\n" for i in range(n // 170)) + "---\nx",
}


def seconds(parse: Parse, text: str) -> float:
    """Processor time of one parse; the collector runs when it likes, so it is kept out."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    try:
        with contextlib.suppress(DocumentRejectedError):
            parse(text)
    finally:
        spent = time.process_time() - start
        gc.enable()
    return spent


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.full
def test_time_grows_with_the_text_and_no_faster(parse: Parse, name: str) -> None:
    short, long = HOSTILE[name](200_000), HOSTILE[name](400_000)
    half, whole = seconds(parse, short), seconds(parse, long)
    for _ in range(2):
        if whole <= max(0.2, 2.5 * half):
            break
        half, whole = max(half, seconds(parse, short)), min(whole, seconds(parse, long))
    assert whole <= max(0.2, 2.5 * half)
    assert whole < SECONDS


def test_a_megabyte_in_one_line_and_a_hundred_thousand_headings(parse: Parse) -> None:
    assert seconds(parse, "a" * 1_000_000) < 1
    assert seconds(parse, "x [[y]] `z` **w** " * 55_000) < SECONDS
    assert seconds(parse, "".join(f"## h{i}\n" for i in range(100_000))) < SECONDS


def test_ten_thousand_levels_are_no_error(parse: Parse) -> None:
    for text in (">" * 10_000 + " x\n\n# h\n", "- " * 10_000, "> - " * 10_000, "[[" * 10_000, "*" * 10_000):
        assert parse(text)[0].sections
