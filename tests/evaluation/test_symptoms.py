"""What a replayed incident is asked with, and that it names nothing that it looks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions, atoms_of, is_telling, stands_in
from rca_search.evaluation.symptoms import PART_CHARACTERS, ROW_CHARACTERS, Hidden, symptom_text
from rca_search.models import Document

NAMES = ("INC-7", "RCAs/2024-07-01-disk.md", "2024-07-01-disk", "disk", "Big Outage", "42", "20250711", "P1")


def hidden(*titles: str, services: tuple[str, ...] = ()) -> Hidden:
    names = Mentions.of(NAMES)
    return Hidden(names, Mentions.of(titles), LinkCutter(frozenset(services), names))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("same as INC-7, again", "same as , again"),
        ("same as inc-7.", "same as ."),
        ("_INC-7_ and **INC-7**", "_ _ and ** **"),
        ("INC-70 and XINC-7 and INC_7", "INC-70 and XINC-7 and INC_7"),
        ("see RCAs/2024-07-01-disk.md", "see "),
        ("see RCAs/2024-07-01-Disk", "see RCAs/"),
        ("the disk has 42 errors", "the disk has 42 errors"),
        ("the big\n outage", "the"),
        ("ticket 20250711", "ticket "),
        ("a P1 incident", "a incident"),
        ("INC-INC-7", "INC-"),
        ("INC INC-7 -7", ""),
        ("", ""),
    ],
)
def test_names_are_cut_as_whole_words(text: str, left: str) -> None:
    assert Mentions.of(NAMES).cut(text).split() == left.split()


def test_the_longest_name_goes_first() -> None:
    assert Mentions.of(["big outage", "big outage of may"]).cut("the Big Outage of May ended").split() == [
        *("the", "ended")
    ]


def test_names_that_are_words_or_short_numbers_are_symptoms() -> None:
    telling = {name for name in (*NAMES, "", "-", "1234", "12345", "x") if is_telling(atoms_of(name))}
    assert telling == {*NAMES, "12345"} - {"disk", "42"}


def test_names_of_services_are_spared() -> None:
    mentions = Mentions.of(["payments-api", "INC-7"], spared=["Payments-API"])
    assert mentions.cut("payments-api INC-7").split() == ["payments-api"]


def test_a_name_may_be_spared_unless_it_is_also_another_s() -> None:
    mentions = Mentions.of(["disk full", "cache cold"])
    assert mentions.sparing(["disk full"], but=[]).cut("disk full, cache cold").split() == ["disk", "full,"]
    assert mentions.sparing(["disk full"], but=["Disk Full"]).cut("disk full").split() == []


def test_a_name_stands_in_a_text_or_not() -> None:
    assert stands_in("disk-full", "The Disk-Full day")
    assert not stands_in("disk-full", "disk full")
    assert not stands_in("disk-full", "disk")


atoms = st.text("ab1-_. /", min_size=1, max_size=8)


@given(st.lists(atoms, max_size=5), st.lists(st.text("ab1-_. /\n", max_size=8), max_size=12))
def test_no_name_is_left_in_any_text(names: list[str], pieces: list[str]) -> None:
    mentions = Mentions.of(names)
    text = "".join(piece for pair in zip(pieces, [*names, *pieces], strict=False) for piece in pair)
    left = mentions.cut(text)
    assert not mentions.stand_in(left)
    for name in names:
        if is_telling(atoms_of(name)):
            assert not stands_in(name, left)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("same as [[INC-7]]", "same as"),
        ("same as [[RCAs/x|the last one]]", "same as"),
        ("![[diagram]] fell", "fell"),
        ("in a table [[RCAs/x\\|old]] end", "in a table end"),
        ("[[checkout|the checkout]] fell, [[Services/pay#Alerts]] too", "the checkout fell, pay too"),
        ("as in [March](../RCAs/2025-03.md#cause) again", "as in again"),
        ("as in [March](<../RCAs/a b.md>) again", "as in again"),
        ("[graph](https://grafana.example/d/1?x=2) is red", "graph is red"),
        ("[old](https://git.example/RCAs/2024-07-01-disk.md) it", "it"),
        ("[notes](notes.pdf) it", "notes it"),
        ("at https://git.example/blob/x.md and <http://a.b/c> ok", "at and ok"),
        ("www.example.com/x down", "down"),
        ("![shot](a.png) red", "red"),
        ("as [then][old] and [old] and [new][other] [x]", "as and and [new][other] [x]"),
        ("[api](../Services/api.md) down", "api down"),
    ],
)
def test_links_are_cut(line: str, left: str) -> None:
    cutter = LinkCutter(frozenset({"checkout", "Services/pay", "../Services/api.md"}), Mentions.of(NAMES))
    (found,) = cutter.cut_lines([line, "[old]: ../RCAs/old.md 'March'"])
    assert found.split() == left.split()


INCIDENT = """\
---
id: INC-9
related: [INC-7]
---
# Search was down

Date: 2025-01-02

## Summary

Search answered 500 (as in [[RCAs/2024-07-01-disk|July]], INC-7, and Disk full of July).
Root cause: the disk again.

<!-- INC-7 in a comment -->

## Impact

| What | How many |
|---|---|
| users | 3 200 |

## Timeline

| Time | Event |
|------|-------|
| 09:00 | `SearchErrors` fired |
| 09:05 | on-call paged |
| 09:20 | like **INC-7**? |
| 09:40 | disk found full |

## Root Cause

The disk.

## Resolution

Deleted old logs.

## Related

- [[INC-7]]
"""


@pytest.fixture(scope="module")
def text_of(make_document: Callable[..., Document]) -> Callable[..., str | None]:
    def text(content: str, *titles: str) -> str | None:
        return symptom_text(make_document(content, "RCAs/new.md"), hidden(*titles))

    return text


def test_title_summary_impact_and_first_rows_are_asked(text_of: Callable[..., str | None]) -> None:
    assert text_of(INCIDENT, "Disk full of July").__str__().split("\n") == [
        "Search was down",
        "Search answered 500 (as in,, and).",
        "users: 3 200",
        "09:00: SearchErrors fired",
        "09:05: on-call paged",
        "09:20: like?",
    ]


def test_long_parts_are_cut_between_words(text_of: Callable[..., str | None]) -> None:
    words = "word " * 500
    text = text_of(
        f"# T\n\n## Summary\n\n{words}\n\n## Impact\n\n{'x' * 900}\n\n## Timeline\n\n- {words}\n- b\n"
    )
    assert text is not None
    title, summary, impact, first, second = text.split("\n")
    assert (title, impact, second) == ("T", "x" * PART_CHARACTERS, "b")
    assert summary == ("word " * (PART_CHARACTERS // 5)).strip()
    assert first == ("word " * (ROW_CHARACTERS // 5)).strip()


def test_without_known_parts_the_first_prose_is_asked(text_of: Callable[..., str | None]) -> None:
    text = text_of(
        "# T\n\n## Wild goose\n\n- [[INC-7]]\n\n## Chase\n\nAll red.\n\n## Resolution\n\nRestart.\n"
    )
    assert text == "T\nAll red."
    assert text_of("# T\n\nAll red from the start.\n") == "T\nAll red from the start."


@pytest.mark.parametrize(
    "content",
    [
        "# Only a title\n",
        "# T\n\n## Summary\n\n## Resolution\n\nRestarted it.\n",
        "# T\n\n## Resolution\n\nRestarted it.\n\n## Root Cause\n\nDisk.\n\n## Lessons\n\nNone.\n",
        "# T\n\n## Summary\n\n[[INC-7]] again: see INC-7.\n".replace("again: see ", ""),
        "# T\n\n## Summary\n\n---\n\n**42** 17:03\n",
    ],
)
def test_neither_cause_nor_remedy_stand_in_for_symptoms(
    text_of: Callable[..., str | None], content: str
) -> None:
    assert text_of(content) is None


def test_marks_fences_and_fields_are_gone_and_messages_stay(text_of: Callable[..., str | None]) -> None:
    text = text_of(
        "# T\n\n## Symptoms\n\n> Error 17. It said:\n\n```\nOOM command not allowed <pid>\n```\n"
        "1. first\n- **Status:** closed\n* at 14:11. Then [ ] nothing\n"
    )
    assert text is not None
    assert text.split("\n") == [
        *("T", "Error 17. It said:", "OOM command not allowed", "first", "at 14:11. Then nothing")
    ]


WRAPPED = (
    "{0}", "**{0}**", "_{0}_", "`{0}`", "({0})", "[[{0}]]", "[[x|{0}]]", "[{0}](../x.md)", "[a]({0}.md)",
    "{0}:",
    "[{0}](https://tracker.example/{0})", "https://wiki.example/{0}.html", "<!-- {0} -->", "| {0} | {0} |",
    "[{0}][old]", '<a href="{0}">{0}</a>', "{0}'s", "#{0}", "pre-{0}-post", "{0}/{0}",
    "{0}\\_{0}",
)  # fmt: skip
PARTS = ("", "## Summary", "## Impact", "## Timeline", "## Notes", "## Symptoms")
fragments = st.builds(
    lambda shape, name, word: f"{word} {shape.format(name)} {word}",
    st.sampled_from(WRAPPED),
    st.sampled_from(
        ["INC-7", "inc-7", "2024-07-01-disk", "RCAs/2024-07-01-disk.md", "Big Outage", "big  outage"]
    ),
    st.sampled_from(["red", "INC", "-", "7", "", "\n"]),
)


said_in_parts = st.lists(
    st.tuples(st.sampled_from(PARTS), st.lists(fragments, max_size=3)), min_size=1, max_size=4
)


@given(said_in_parts, fragments)
def test_no_name_is_asked_however_it_is_written(
    text_of: Callable[..., str | None], parts: list[tuple[str, list[str]]], title: str
) -> None:
    body = "\n\n".join(f"{heading}\n\n{' '.join(said)}" for heading, said in parts)
    heading = " ".join(title.split())
    text = text_of(f"---\nid: INC-9\n---\n# {heading}\n\n{body}\n\n[old]: ../INC-7.md\n") or ""
    for name in NAMES:
        if is_telling(atoms_of(name)):
            assert not stands_in(name, text), (name, text)
    assert "[[" not in text
    assert "://" not in text
