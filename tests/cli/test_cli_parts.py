"""The parts that decide what is shown, by themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from rca_search.cli import card, excerpt, wording
from rca_search.cli.card import age_line, alike_line, quoted, reasons_line
from rca_search.cli.page import Page, fitting
from rca_search.cli.safe_text import safe, safe_line
from rca_search.config import Settings
from rca_search.models import (
    AlikeRunbook,
    Difference,
    DifferenceKind,
    Passage,
    Reason,
    ReasonKind,
    Role,
    RunbookAge,
    RunbookReason,
    Side,
)
from rca_search.text.lines import line_kinds

TODAY = dt.date(2026, 3, 1)


def passage(text: str, first_line: int = 10, kinds: str = "") -> Passage:
    last_line = first_line + text.count("\n")
    kinds = kinds or line_kinds(text.split("\n"))
    return Passage("d#s/1", Role.RESOLUTION, ("S",), "d.md", first_line, last_line, text, kinds)


def shown(lines: list[excerpt.Line]) -> list[str]:
    return [line.text for line in lines]


def test_headings_fences_and_empty_lines_are_not_told() -> None:
    lines = excerpt.told_lines(
        passage("## Fix\n\nDid it.\n\n```\n# not a heading\n\n  rm -rf x\n```\n## Later\n")
    )
    assert [(line.number, line.text, line.code) for line in lines] == [
        (12, "Did it.", False),
        (15, "# not a heading", True),
        (17, "  rm -rf x", True),
        (19, "## Later", False),
    ]


def test_rules_of_tables_and_underlines_are_not_told() -> None:
    lines = excerpt.told_lines(passage("Fix\n---\n| a | b |\n|---|:-:|\n| 1 | 2 |"))
    assert shown(lines) == ["a · b", "1 · 2"]
    # The passage begins below the text of the heading.
    assert shown(excerpt.told_lines(passage("====\ntext", kinds="ut"))) == ["text"]


def test_an_opening_keeps_code_that_stands_further_down() -> None:
    text = "one\ntwo\nthree\nfour\nfive\nsix\n```\nmake fix\n```"
    assert shown(excerpt.opening(excerpt.told_lines(passage(text)), room=4, width=40)) == [
        "one",
        "two",
        "three",
        "make fix",
    ]
    only_code = "```\n" + "\n".join(f"step {n}" for n in range(9)) + "\n```"
    assert len(excerpt.opening(excerpt.told_lines(passage(only_code)), room=6, width=40)) >= 3


def test_an_opening_shortens_what_is_too_long() -> None:
    lines = excerpt.told_lines(passage("word " * 100))
    kept = excerpt.opening(lines, room=2, width=20)
    assert len(kept) == 1
    assert len(kept[0].text) <= 40
    assert kept[0].text.endswith(" …")


def test_a_long_line_is_clipped_around_its_marks() -> None:
    text = "before " * 30 + "needle " + "after " * 30
    at = text.index("needle")
    start, end = excerpt.clipped(text, [(at, at + 6)], characters=60)
    assert "needle" in text[start:end]
    assert end - start <= 60
    assert excerpt.clipped("short", [], characters=60) == (0, 5)


@given(st.text(max_size=300), st.integers(10, 80))
def test_clipping_stays_inside_and_within_its_room(text: str, characters: int) -> None:
    start, end = excerpt.clipped(text, [], characters=characters)
    assert 0 <= start <= end <= len(text)
    assert end - start <= characters


def test_parts_of_a_name_are_not_listed_beside_it() -> None:
    assert card.whole_words(["oom", "kill", "OOMKilled", "pods"]) == ["OOMKilled", "pods"]
    assert card.whole_words(["kill", "pods"]) == ["kill", "pods"]


def test_words_that_say_nothing_of_a_failure_are_left_out() -> None:
    assert card.telling(["some", "OOMKilled", "again", "500", "pods"]) == ["OOMKilled", "pods"]
    assert card.words_line(["some", "pods", "kill", "OOMKilled"]) == "both say pods and OOMKilled"
    assert card.words_line(["some", "again"]) == ""


def test_commands_are_not_broken_and_a_lone_mark_is_left_out() -> None:
    page = Page(width=60, colored=False)
    long = f"`{'kafka-consumer-groups.sh --describe ' * 2}`"
    short = "we ran in all of the places `kubectl rollout undo deploy` again"
    quoted(page, "Fixed by", passage(f"- {long}\n- {short}"), rows=9)
    quoted(page, "", passage("3. Restarted it."), rows=9)
    assert page.text() == (
        f"  Fixed by      - {long}\n"
        "                - we ran in all of the places\n"
        "                `kubectl rollout undo deploy` again\n"
        "                Restarted it.\n"
    )


def test_what_stands_at_the_edge_goes_below_where_there_is_no_room() -> None:
    for width, expected in (
        (40, "  A title that is long        SEV1 · 2 h\n"),
        (34, "  A title that is long\n  SEV1 · 2 h\n"),
    ):
        page = Page(width=width, colored=False)
        page.spread(Text("A title that is long"), Text("SEV1 · 2 h"), indent=2)
        assert page.text() == expected


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [card.listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two …"),
        ("one two, three", 12, "one two …"),
        ("one two three", 9, "one two …"),
        ("abcdefghijkl mn", 10, "abcdefgh …"),
        ("日本語の題名", 9, "日本語 …"),
    ],
)
def test_what_does_not_fit_is_cut_between_words(text: str, room: int, expected: str) -> None:
    assert fitting(text, room) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-02", ""),
        ("2026-03-01", "today"),
        ("2026-02-28", "yesterday"),
        ("2026-02-16", "13 days ago"),
        ("2026-02-15", "2 weeks ago"),
        ("2025-12-31", "8 weeks ago"),
        ("2025-12-30", "2 months ago"),
        ("2025-03-01", "11 months ago"),
        ("2024-03-01", "23 months ago"),
        ("2024-02-28", "2 years ago"),
        ("2016-03-01", "9 years ago"),
    ],
)
def test_ages(day: str, expected: str) -> None:
    assert wording.age(dt.date.fromisoformat(day), TODAY) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (2879, "47 h 59 min"),
        (2880, "2 d"),
        (3000, "2 d 2 h"),
    ],
)
def test_durations(minutes: int, expected: str) -> None:
    assert wording.duration(minutes) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (172799, "47 hours ago"),
        (172800, "2 days ago"),
        (259200, "3 days ago"),
    ],
)
def test_elapsed_times(seconds: int, expected: str) -> None:
    now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert wording.elapsed(now - dt.timedelta(seconds=seconds), now) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1_430_000, "1.4 MB"), (2_500_000_000, "2.5 GB")],
)
def test_sizes(count: int, expected: str) -> None:
    assert wording.size(count) == expected


def test_safe_text_shows_what_it_replaces() -> None:
    assert safe("a\x1b[31mb\x7f\x85\x9b\u202ec\x00") == "a\u241b[31mb\u2421\ufffd\ufffd\ufffdc\u2400"
    assert safe("one\r\ntwo\tthree\n") == "one\ntwo three\n"
    assert safe("half\rover") == "half\u240dover"
    assert safe_line(" a\nb\t c ") == "a b c"
    assert safe("\udcff") == "\ufffd"


@given(st.text())
def test_safe_text_has_no_control_characters(text: str) -> None:
    assert all(
        character == "\n" or character.isprintable() or not is_control(character) for character in safe(text)
    )
    assert "\n" not in safe_line(text)


def is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f" or character in "\u2028\u2029\u202e\u2066"


def test_a_section_headed_like_its_document_is_not_named_twice() -> None:
    reasons = (RunbookReason("linked", "RCAs/a"), RunbookReason("linked", "RCAs/b"))
    opening = reasons_line((*reasons, RunbookReason("text", "Renew")), "Renew")
    assert opening == "linked from RCAs/a, RCAs/b; matches its opening"
    assert reasons_line((RunbookReason("text", "Fix"),), "Renew") == 'matches its section "Fix"'


def test_many_links_are_counted_and_a_dependency_is_told_with_its_way() -> None:
    reasons = [RunbookReason("linked", f"RCAs/{name}") for name in "abc"]
    reasons += [RunbookReason("service", "api"), RunbookReason("dependency", "db", ("api", "db"))]
    assert reasons_line(reasons, "T") == (
        "linked from 3 of the matched incidents (RCAs/a, RCAs/b ...); runbook of api; "
        "runbook of db, which api depends on"
    )
    assert reasons_line((), "T") == "its text is the closest there is"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (RunbookAge(dt.date(2025, 2, 1), 3, 0, None), "updated 2025-02-01, no incident since"),
        (
            RunbookAge(dt.date(2025, 2, 1), 3, 2, dt.date(2025, 5, 1)),
            "updated 2025-02-01, 2 incidents since, the last on 2025-05-01",
        ),
        (RunbookAge(None, None, 1, None), "no date of its last update; 1 incident of its kind on record"),
        (RunbookAge(None, None, 0, None), ""),
    ],
)
def test_the_age_of_a_runbook_in_words(age: RunbookAge, words: str) -> None:
    assert age_line(age) == words


def test_runbooks_of_one_template_are_listed_up_to_a_dozen() -> None:
    assert alike_line(()) == ""
    books = [AlikeRunbook(f"s{number:02}", f"r{number}", "T") for number in range(14)]
    line = alike_line(books)
    assert line.startswith("The question names no service, and 14 runbooks differ in nothing else: s00, ")
    assert "s11 and 2 more. Name the service" in line


def test_reasons_become_one_sentence() -> None:
    reasons = [
        Reason(ReasonKind.IDENTIFIER, "PoolError", "error"),
        Reason(ReasonKind.IDENTIFIER, "x509", "name"),
        Reason(ReasonKind.IDENTIFIER, "kf-02", "host"),
        Reason(ReasonKind.WORDS, "expired"),
        Reason(ReasonKind.NEIGHBOUR, "ledger", "payments"),
        Reason(ReasonKind.TAG, "tls"),
        Reason(ReasonKind.ROLE, "symptom"),
        Reason(ReasonKind.ROLE, "timeline"),
    ]
    assert card.because(reasons) == (
        "same error PoolError; both name x509 and kf-02; both say expired; happened to ledger, next to "
        "payments; tagged tls"
    )
    assert card.because([Reason(ReasonKind.SERVICE, "api"), Reason(ReasonKind.SERVICE, "web")]) == (
        "same service api and web"
    )
    assert card.because([]) == ""


def test_differences_are_told_by_side() -> None:
    found = [
        Difference(DifferenceKind.SERVICE, Side.ASKED, "ledger"),
        Difference(DifferenceKind.PLACE, Side.TOLD, "eu-west-1"),
        Difference(DifferenceKind.SYMPTOM, Side.ASKED, "the turbine hall was flooded " * 4),
        *(Difference(DifferenceKind.ERROR, Side.ASKED, f"E{n}000") for n in range(4)),
    ]
    assert wording.differences(found, Side.ASKED) == (
        'ledger, "the turbine hall was flooded the turbine hall was flooded …", E0000, E1000 and 2 more'
    )
    assert wording.differences(found, Side.TOLD) == "eu-west-1"
    assert wording.differences([], Side.TOLD) == ""


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u2060", "\u2064", "\ufeff", "\ufff9", "\U000e0049", "\U000e0100"]
)
def test_what_nobody_can_see_is_shown_to_be_there(hidden: str) -> None:
    assert safe(f"rest{hidden}art") == "rest\ufffdart"


@pytest.mark.parametrize("joined", ["\U0001f469\u200d\U0001f692", "\u0646\u200c\u0647", "\u2764\ufe0f"])
def test_joiners_and_styles_of_emoji_stay(joined: str) -> None:
    assert safe(joined) == joined


@pytest.mark.parametrize(
    ("stated", "seconds"), [("3600", 3600), (" 90.5 ", 90.5), ("P1D", 86_400), ("PT90M", 5400), ("0", 0)]
)
def test_durations_in_the_environment(monkeypatch: pytest.MonkeyPatch, stated: str, seconds: float) -> None:
    monkeypatch.setenv("RCA_STALE_AFTER", stated)
    found = Settings().stale_after
    assert found is not None
    assert found.total_seconds() == seconds
