"""Fenced code told line by line, held against a CommonMark parser."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rca_search.facts import read_facts
from rca_search.insight.sentences import code_lines
from rca_search.models import Document
from rca_search.text.fences import LinePart, is_fence, line_parts

LINES = (
    "```",
    "````",
    "~~~",
    "~~~~~",
    "```sh",
    "~~~ sh `x`",
    "```a``` text",
    "``` `x`",
    "``",
    "text",
    "",
    "  ```",
    "```  ",
    "```x",
    "| a | b |",
    "# Heading",
)


def parsed(lines: list[str]) -> list[bool]:
    """Flag the lines of fenced code, fences included, as a parser finds them."""
    flags = [False] * len(lines)
    for token in MarkdownIt("commonmark").parse("\n".join(lines)):
        if token.type == "fence" and token.map:
            flags[token.map[0] : token.map[1]] = [True] * (token.map[1] - token.map[0])
    return flags


def told(lines: list[str]) -> list[bool]:
    return [part is not LinePart.TEXT for part in line_parts(lines)]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_flat_text_is_read_as_a_parser_reads_it(lines: list[str]) -> None:
    # Whether an empty line at the end is part of code makes no difference to anybody.
    while lines and not lines[-1]:
        lines.pop()
    assert told(lines) == parsed(lines) == code_lines(lines)


@pytest.mark.parametrize(
    "text",
    [
        "> ```\n> code\n> ```\nafter",
        "> ```\n> code\nafter the quote",
        "- item\n\n  ```sh\n  code\n  ```\n- next",
        "1. item\n   ~~~\n   code\n   ~~~\nafter",
        "- ```\n  code\n  ```\n\nafter",
    ],
)
def test_code_in_quotes_and_lists(text: str) -> None:
    lines = text.split("\n")
    assert told(lines) == parsed(lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("```", True), ("```` sh", True), ("```kubectl get pods``` showed nothing.", False), ("``x``", False)],
)
def test_a_single_line(line: str, expected: bool) -> None:
    assert is_fence(line) is expected


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


def test_the_development_documents_are_read_as_a_parser_reads_them() -> None:
    folder = os.environ.get("RCA_CORPORA")
    if not folder:
        pytest.skip("RCA_CORPORA is not set; benchmarks/README.md says what belongs there")
    apart = []
    files = sorted((Path(folder) / "corpora").rglob("*.md"))
    for file in files:
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
        if told(lines) != parsed(lines):
            apart.append(file.name)
    # What stays apart is code in a list that the list's indentation ends, or a fence indented as code.
    assert len(apart) <= 0.01 * len(files), apart


@pytest.mark.parametrize("sign", [" ", ">", "- ", "1. ", "`", "~", "```a"])
def test_long_lines_take_linear_time(sign: str) -> None:
    """Four times as long takes about four times as long, and never sixteen."""
    times = []
    for repeats in (50_000, 200_000):
        line = sign * repeats + "x"
        started = time.perf_counter()
        for _ in range(3):
            is_fence(line)
        times.append(time.perf_counter() - started)
    assert times[1] < 10 * max(times[0], 0.002)
