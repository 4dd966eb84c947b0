"""What a template says in several documents, told from what their authors wrote."""

from __future__ import annotations

import hashlib

import pytest

from rca_search.models import SourceFile
from rca_search.sources.documents import parse_document
from rca_search.sources.template_text import TemplateTexts, without_prompts
from rca_search.text.prompts import digest

PLAIN = "Describe what people saw."
ASIDE = "*The story in five sentences, newest last.*"


def file(text: str, name: str = "RCAs/a") -> SourceFile:
    content = text.encode()
    return SourceFile(name, "vault", f"{name}.md", content, hashlib.sha256(content).hexdigest())


def found(*texts: str) -> frozenset[str]:
    counted = TemplateTexts()
    for number, text in enumerate(texts):
        counted.add(file(text, f"RCAs/{number}"))
    return counted.found


@pytest.mark.parametrize(
    "paragraph",
    [PLAIN, ASIDE, "> The story in five\n> sentences.", "[Story]", "(the story)", "Who was affected?"],
)
@pytest.mark.parametrize("head", ["## Story\n\n", "## Story\n", "Story\n=====\n\n", "## Story\n\n\n \n"])
def test_an_aside_or_order_below_headings_of_three_files_is_the_templates(paragraph: str, head: str) -> None:
    texts = [f"# Day {day}\n\n{head}{paragraph}\n\nThe queue was full, {day}.\n" for day in range(3)]
    assert found(*texts) == {digest(paragraph)}
    assert found(*texts[:2]) == frozenset()
    assert found(texts[0], texts[0], texts[0]) == frozenset()


@pytest.mark.parametrize(
    "paragraph",
    [
        "Restarted the broker.",
        "*All times in UTC.*",
        "The expected impacts are:",
        "No customer was affected.",
        "- *one*",
        "```\n*one*\n```",
        "x " * 400 + "?",
    ],
)
def test_what_several_people_wrote_alike_is_theirs(paragraph: str) -> None:
    assert found(*(f"## Story\n\n{paragraph}\n\n{day}\n" for day in range(5))) == frozenset()


def test_further_down_the_same_words_are_the_authors() -> None:
    assert found(*(f"## Story\n\nDay {day}.\n\n{ASIDE}\n" for day in range(5))) == frozenset()


def test_line_breaks_and_quote_marks_do_not_matter() -> None:
    assert digest("> The story\n> in short") == digest("The story in\nshort") != digest("The story in shorts")


def test_its_lines_are_marked_in_the_document() -> None:
    text = f"# Day\n\n## Story\n\n{ASIDE}\n\n{ASIDE}\n"
    document = parse_document(file(text), of_template={digest(ASIDE)}).document
    assert document.line_kinds == "h h p t "
    assert parse_document(file(text)).document.line_kinds == "h h t t "


def test_a_draft_is_asked_without_it() -> None:
    draft = f"## Story\n\n{ASIDE}\n\nThe queue was full.\n\n## Cause\n\n*Describe the cause.*\n"
    told = without_prompts(draft, {digest(ASIDE)})
    assert [line for line in told.split("\n") if line] == ["## Story", "The queue was full.", "## Cause"]
    assert ASIDE in without_prompts(draft)
    assert without_prompts("## Story\nNothing else.") == "## Story\nNothing else."
