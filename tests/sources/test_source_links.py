"""Links: found where a reader sees them, resolved as Obsidian does, dangling ones kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.models import Document
from rca_search.sources.links import without_code
from rca_search.sources.resolve import LinkTable, resolve_links

Parse = Callable[..., tuple[Document, tuple[object, ...]]]
Found = list[tuple[str, str, str, int, str]]


def links(document: Document) -> Found:
    return [(link.target, link.label, link.section, link.line, link.style) for link in document.links]


def test_every_style_with_line_section_and_label(parse: Parse) -> None:
    document, _ = parse(
        "# T\n\n[[Runbooks/disk|the **disk** runbook]] and ![[diagram]]\n\n## See also\n\n"
        "[[disk#Clean up]] [[a^block]] [[#here]]\n"
        '[down](../ops/down%20time.md#fix "Title") [angle](<a b.md>) [web](https://example.org/x.md)\n'
        '[mail](mailto:a@b.md) [png](x.png) ![img](y.md) [up](/top.md) [hugo]({{< ref "./HugoPage.md" >}})\n'
        "[ref]: ./defined.md\n"
    )
    assert links(document) == [
        ("Runbooks/disk", "the disk runbook", "title", 3, "wikilink"),
        ("diagram", "diagram", "title", 3, "embed"),
        ("disk", "disk#Clean up", "see-also", 7, "wikilink"),
        ("a", "a^block", "see-also", 7, "wikilink"),
        ("../ops/down time.md", "down", "see-also", 8, "markdown"),
        ("a b.md", "angle", "see-also", 8, "markdown"),
        ("/top.md", "up", "see-also", 9, "markdown"),
        ("./HugoPage.md", "hugo", "see-also", 9, "markdown"),
        ("./defined.md", "ref", "see-also", 10, "markdown"),
    ]


def test_code_holds_no_links_and_a_table_may_escape_the_bar(parse_file: Parse) -> None:
    document, _ = parse_file("code-and-comments.md")
    assert links(document) == [
        ("disk-full-runbook", "the runbook", "resolution", 14, "wikilink"),
        ("Runbooks/disk", "disk", "resolution", 20, "wikilink"),
    ]


def test_front_matter_links_have_no_section(parse: Parse) -> None:
    document, _ = parse(
        "---\nrelated:\n  - '[[2025-03-05-a|A]]'\nrunbook: disk, https://example.org\n"
        "supersedes: [[old]]\nteam: x\n---\n# T\n"
    )
    assert links(document) == [
        ("2025-03-05-a", "A", "", 3, "front_matter"),
        ("old", "old", "", 5, "front_matter"),
        ("disk", "disk", "", 4, "front_matter"),
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("a `[[b]]` c", "a         c"),
        ("``a ` b`` [[c]]", "          [[c]]"),
        ("`open [[c]]", "`open [[c]]"),
        ("``x` [[c]]", "``x` [[c]]"),
        ("`a` `b", "    `b"),
        ("no code", "no code"),
    ],
)
def test_code_spans_are_blanked_in_place(line: str, left: str) -> None:
    assert without_code(line) == left


@pytest.fixture
def table(parse: Parse) -> LinkTable:
    files = [
        ("RCAs/2025/a.md", "docs", "---\naliases: [Big One]\n---\n# The march outage\n"),
        ("RCAs/2024/a.md", "docs", "# Older\n"),
        ("Runbooks/disk.md", "docs", "# Disk full\n"),
        ("RCAs/2025/disk.md", "docs", "# Disk incident\n"),
        ("Services/API.md", "docs", "# api service\n"),
        ("only.md", "wiki", "# The march outage\n"),
        ("Runbooks/net.md", "wiki", "# Net\n"),
    ]
    return LinkTable.of(parse(text, path, source)[0] for path, source, text in files)


@pytest.mark.parametrize(
    ("here", "target", "found"),
    [
        ("RCAs/2025/a", "Runbooks/disk", ("Runbooks/disk",)),
        ("RCAs/2025/a", "runbooks/DISK.md", ("Runbooks/disk",)),
        ("RCAs/2025/a", "disk", ("RCAs/2025/disk",)),
        ("RCAs/2025/a", "./disk.md", ("RCAs/2025/disk",)),
        ("RCAs/2025/a", "../../Runbooks/disk.md", ("Runbooks/disk",)),
        ("RCAs/2025/a", "/Runbooks/disk", ("Runbooks/disk",)),
        ("RCAs/2024/a", "2025/a", ("RCAs/2025/a",)),
        ("Services/API", "a", ("RCAs/2024/a", "RCAs/2025/a")),
        ("Services/API", "big one", ("RCAs/2025/a",)),
        ("Services/API", "The  March outage", ("RCAs/2025/a",)),
        ("Runbooks/net", "the march outage", ("only",)),
        ("Runbooks/disk", "net", ("Runbooks/net",)),
        ("only", "Services/api", ("Services/API",)),
        ("only", "nothing", ()),
        ("only", "2025", ()),
        ("only", "../../../../etc/passwd", ()),
        ("only", ".", ()),
        ("only", "", ()),
    ],
)
def test_targets_resolve_by_place_then_name_then_alias_then_title(
    table: LinkTable, here: str, target: str, found: tuple[str, ...]
) -> None:
    assert table.find(here, target) == found


def test_edges_and_what_dangles(parse: Parse) -> None:
    documents = [
        parse("[[b]] [[gone]] [[twin]] [self](a.md)", "a.md")[0],
        parse("x", "b.md")[0],
        parse("x", "x/twin.md")[0],
        parse("x", "y/twin.md")[0],
    ]
    resolved = resolve_links(documents)
    assert [(edge.source, edge.target, edge.link.target) for edge in resolved.edges] == [
        ("a", "b", "b"),
        ("a", "a", "a.md"),
    ]
    assert [(loose.link.target, loose.candidates) for loose in resolved.dangling] == [
        ("gone", ()),
        ("twin", ("x/twin", "y/twin")),
    ]
