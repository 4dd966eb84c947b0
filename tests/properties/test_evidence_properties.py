"""Whatever the text: what is quoted or marked is found at that line and those characters."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from rca_search.insight.evidence.alignment import environments_in, regions_in
from rca_search.insight.evidence.identifiers import Searchable, codes_in, named_in, shared
from rca_search.insight.sentences import sentences
from rca_search.lexical.occurrences import occurrences
from rca_search.lexical.tokens import tokenize
from rca_search.models import Span
from rca_search.text.lines import line_kinds

NAMES = [
    "x509", "PoolError", "a.b.PoolError", "kf-02:9092", "df -h", "exit code 137", "429 Too Many Requests",
    "eu-west-1", "prod", "[[x|y]]", "```", "| a | b |", "- [ ] ", "<kuba> ", "\u0130", "\r", "…", "数据库",
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=20), st.sampled_from([" ", "\n", ". ", "! "])),
    max_size=30,
).map("".join)


def told(text: str, span: Span) -> str:
    line = text.split("\n")[span.line - 1]
    assert 0 <= span.start < span.end <= len(line)
    return line[span.start : span.end]


@given(TEXTS)
def test_sentences_are_verbatim_and_in_order(text: str) -> None:
    lines = text.split("\n")
    found = sentences(lines, range(1, len(lines) + 1), line_kinds(lines))
    for one in found:
        assert told(text, Span(one.line, one.start, one.end)) == one.text
        assert one.text == one.text.strip()
    places = [(one.line, one.start, one.end) for one in found]
    assert places == sorted(places)
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in itertools.pairwise(places))


@given(TEXTS)
def test_every_mark_has_a_term_that_was_looked_for(text: str) -> None:
    terms = set(tokenize(text)[::2])
    last = 0
    for start, end in occurrences(text, terms):
        assert last <= start < end <= len(text)
        last = end
        assert not terms.isdisjoint(tokenize(text[start:end]))


@given(TEXTS, TEXTS)
def test_shared_identifiers_stand_on_both_sides(question: str, text: str) -> None:
    for one in shared(named_in(Searchable(question)), Searchable(text)):
        assert one.asked
        assert one.told
        assert {told(question, span).lower() for span in one.asked} == {one.name.lower()}
        assert {told(text, span).lower() for span in one.told} == {one.name.lower()}


@given(TEXTS)
def test_places_and_codes_stand_where_they_are_said_to(text: str) -> None:
    searchable = Searchable(text)
    for spelled, span in (*regions_in(searchable).values(), *environments_in(searchable).values()):
        assert told(text, span) == spelled
    for code, spans in codes_in(searchable).items():
        assert {told(text, span) for span in spans} == {code}
