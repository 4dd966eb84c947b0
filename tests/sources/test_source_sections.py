"""Sections: where they begin and end, what they are called, and that names stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.models import Document, Role
from rca_search.sources.sections import plain_heading, slug_of

Parse = Callable[..., tuple[Document, tuple[object, ...]]]
Outline = list[tuple[str, str, int, int]]


def outline(document: Document) -> Outline:
    return [(s.slug, s.role.value, s.first_line, s.last_line) for s in document.sections]


def slugs(document: Document) -> list[str]:
    return [section.slug for section in document.sections]


def test_headings_nest_and_the_title_is_left_out_of_the_path(parse: Parse) -> None:
    document, _ = parse(
        "---\ntitle: T\n---\n\nBefore.\n\n# T\n\nUnder.\n\n## Impact\n\n### On *users*\n\nx\n\n# Stats\n\ny\n"
    )
    assert outline(document) == [
        ("intro", "summary", 5, 6),
        ("title", "title", 7, 10),
        ("impact", "impact", 11, 12),
        ("impact/on-users", "impact", 13, 16),
        ("stats", "other", 17, 19),
    ]
    assert [s.headings for s in document.sections] == [
        (),
        ("T",),
        ("T", "Impact"),
        ("T", "Impact", "On users"),
        ("Stats",),
    ]
    assert [s.level for s in document.sections] == [0, 1, 2, 3, 1]


def test_a_file_whose_parts_are_all_of_level_one_has_no_title_heading(parse: Parse) -> None:
    document, _ = parse("# Summary\nx\n# Timeline\ny\n# Fix\nz\n", "queue-stuck.md")
    assert outline(document) == [
        ("summary", "summary", 1, 2),
        ("timeline", "timeline", 3, 4),
        ("fix", "resolution", 5, 6),
    ]
    assert document.title == "Queue stuck"


def test_a_title_may_be_named_like_a_part_if_front_matter_says_so(parse: Parse) -> None:
    document, _ = parse("---\ntitle: Data loss\n---\n# Data loss\n\n## Fix\n\nx\n")
    assert slugs(document) == ["title", "fix"]


def test_a_single_heading_of_its_level_is_the_title_whatever_the_level(parse: Parse) -> None:
    document, _ = parse("## Broken pipe\n\n### Fix\n\nx\n\n### Impact\n\ny\n")
    assert (document.title, slugs(document)) == ("Broken pipe", ["title", "fix", "impact"])


def test_setext_headings_and_lines_across_the_page(parse_file: Parse) -> None:
    document, _ = parse_file("setext.md")
    assert document.title == "Search cluster went red"
    assert outline(document) == [
        ("title", "title", 1, 3),
        ("impact", "impact", 4, 8),
        ("root-cause", "cause", 9, 16),
    ]


def test_a_setext_heading_of_two_lines_begins_at_the_first(parse: Parse) -> None:
    document, _ = parse("# T\n\nRoot\ncause\n-----\nx\n")
    assert outline(document)[1] == ("root-cause", "cause", 3, 6)
    assert document.sections[1].headings == ("T", "Root cause")


def test_code_comments_quotes_and_lists_hold_no_headings(parse_file: Parse, parse: Parse) -> None:
    document, _ = parse_file("code-and-comments.md")
    assert slugs(document) == ["title", "resolution"]
    quoted, _ = parse(
        "# T\n\n> # Quoted\n\n- # In a list\n\n~~~\n# code\n\n**Impact**\n~~~\n\n    # indented\n\n#no\n"
    )
    assert outline(quoted) == [("title", "title", 1, 15)]


def test_an_open_fence_runs_to_the_end(parse: Parse) -> None:
    assert outline(parse("# T\n\n```\n# code\n## more\n")[0]) == [("title", "title", 1, 5)]


def test_a_file_without_headings_is_one_section(parse_file: Parse) -> None:
    document, _ = parse_file("no-headings.md")
    assert outline(document) == [("intro", "other", 1, 2)]
    assert document.title == "No headings"


def test_a_file_of_front_matter_alone_has_no_sections(parse: Parse) -> None:
    document, _ = parse("---\ntitle: Only this\n---\n\n")
    assert (document.title, document.sections) == ("Only this", ())


def test_equal_names_are_numbered_and_a_name_that_looks_numbered_stays_apart(parse: Parse) -> None:
    document, _ = parse("# T\n## A\n## A\n## A 2\n## A\n### B\n### B\n## !!!\n## intro\n")
    assert slugs(document) == ["title", "a", "a-2", "a-2-2", "a-3", "a/b", "a/b-2", "section", "intro"]


def test_names_stay_when_other_sections_and_the_title_change(parse: Parse) -> None:
    before = "# Old title\n\n## Impact\n\nx\n\n### Users\n\ny\n\n## Fix\n\nz\n"
    after = "# New title\n\nmore\n\n## Background\n\nb\n\n## Impact\n\nlonger\n\nx\n\n### Users\n\ny\n\n"
    after += "### Staff\n\n## Fix\n\nz\n"
    kept = set(slugs(parse(before)[0]))
    assert kept == {"title", "impact", "impact/users", "fix"}
    assert kept <= set(slugs(parse(after)[0]))


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("What went well?", "what-went-well"),
        ("Größe der Änderung", "grösse-der-änderung"),
        ("障害 の 原因", "障害-の-原因"),
        ("a/b#c", "a-b-c"),
        ("\U0001f525", "section"),
        ("x" * 200, "x" * 60),
    ],
)
def test_names_take_words_of_any_script(heading: str, slug: str) -> None:
    assert slug_of(heading) == slug
    assert slug_of(slug) == slug


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("**Root** *cause*", "Root cause"),
        ("`kubectl` and ~~not~~", "kubectl and ~~not~~"),
        ("[Link](https://example.org) text", "Link text"),
        ("![logo](a.png) Name", "logo Name"),
        ('<a id="x"></a>Cause', "Cause"),
        ("Cause {#cause}", "Cause"),
        ("A &amp; B \\*C\\*", "A & B *C*"),
        ("snake_case_name", "snake_case_name"),
        ("x" * 5000, "x" * 300),
    ],
)
def test_headings_are_shown_without_markup(markup: str, text: str) -> None:
    assert plain_heading(markup) == text


def test_bold_lines_are_headings_inside_their_section(parse_file: Parse) -> None:
    document, _ = parse_file("2025-04-02-bold-parts.md")
    assert outline(document) == [
        ("title", "title", 1, 9),
        ("what-happened", "summary", 10, 13),
        ("root-cause", "cause", 14, 18),
        ("resolution", "resolution", 19, 21),
    ]


def test_bold_bullets_are_headings_where_several_say_so(parse_file: Parse, parse: Parse) -> None:
    document, _ = parse_file("bullet-parts.md")
    assert outline(document) == [
        ("title", "title", 1, 2),
        ("key-events", "timeline", 3, 6),
        ("time-to-resolve", "other", 7, 8),
        ("identified", "symptom", 9, 10),
        ("impact", "impact", 11, 13),
        ("resolution", "resolution", 14, 14),
    ]
    single, _ = parse("# T\n\n- **Impact**: none\n- **Colour**: red\n")
    assert slugs(single) == ["title"]


def test_plain_lines_are_headings_where_at_least_three_say_so(parse_file: Parse, parse: Parse) -> None:
    document, _ = parse_file("plain-parts.md")
    assert outline(document) == [
        ("title", "title", 1, 7),
        ("overview", "summary", 8, 9),
        ("what-happened", "summary", 10, 11),
        ("resolution", "resolution", 12, 13),
        ("action-items", "actions", 14, 15),
    ]
    assert slugs(parse("# T\n\nOverview\nx\nResolution\ny\n")[0]) == ["title"]


def test_brackets_and_labels_with_a_colon(parse: Parse) -> None:
    brackets, _ = parse("# T\n\n[Initial message]\n\nDown.\n\n[FINAL message]\n\nUp.\n\n[Link]\n")
    assert [(s, r) for s, r, _, _ in outline(brackets)] == [
        ("title", "title"),
        ("initial-message", "symptom"),
        ("final-message", "resolution"),
    ]
    colon, _ = parse("# T\n\n## Background\n\nx\n\nRoot Causes:\n * y\n\ntext\nImpact:\nz\n")
    assert slugs(colon) == ["title", "background", "background/root-causes"]


def test_labels_do_not_divide_a_section_whose_role_is_known(parse: Parse) -> None:
    document, _ = parse(
        "# T\n\n## Action items\n\n- **Detection**: add an alert\n- **Impact**: measure it\n\nCauses:\n"
    )
    assert slugs(document) == ["title", "action-items"]


def test_a_point_in_time_in_bold_opens_a_piece_of_the_timeline(parse: Parse) -> None:
    document, _ = parse("# T\n\nDown.\n\n**2021-04-19T21:12:00-00:00**\n\nUp.\n")
    assert document.sections[1].role is Role.TIMELINE


def test_depth_has_no_effect_on_what_follows(parse_file: Parse) -> None:
    document, _ = parse_file("deep-list.md")
    assert slugs(document) == ["title", "resolution"]


LINES = st.sampled_from(
    [
        "# T",
        "## Impact",
        "### Root cause",
        "Setext",
        "===",
        "---",
        "```",
        "~~~",
        "<!--",
        "-->",
        "> # q",
        "- **Fix**: x",
        "- **Impact**: y",
        "**Cause**",
        "[Update]",
        "Overview",
        "Resolution",
        "Timeline",
        "",
        "text",
        "    code",
        "|a|b|",
        "|-|-|",
        "key: v",
        "<div>",
        "**Status:** x",
        "\t- x",
        "+++",
        "\x0c",
        "\u2028",
        "[a]: b",
    ]
)


@given(st.lists(LINES, max_size=30))
def test_every_line_of_the_body_is_in_exactly_one_section(parse: Parse, lines: list[str]) -> None:
    text = "x\n" + "\n".join(lines)
    document, _ = parse(text)
    count = len(text.split("\n")) - text.endswith("\n")
    covered = [n for s in document.sections for n in range(s.first_line, s.last_line + 1)]
    assert covered == list(range(1, count + 1))
    assert len(set(slugs(document))) == len(document.sections)
    assert "\n".join(
        document.lines(s.first_line, s.last_line) for s in document.sections
    ) == text.removesuffix("\n")
    assert all(slugs(document))
