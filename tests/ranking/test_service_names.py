"""Names of services in prose: the quick search finds what trying every name would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rca_search.ranking.service_names import ServiceNames, words_of

_PARTS = st.lists(st.sampled_from(["api", "gateway", "db", "eu", "a", "1"]), min_size=1, max_size=3)
_NAME = st.tuples(_PARTS, st.sampled_from("-_ ")).map(lambda pair: pair[1].join(pair[0]))
_TEXT = st.lists(st.sampled_from(["api", "API", "gateway", "db", "eu", "1", "fails,", "?"]), max_size=12)


def said(known: list[str], text: str) -> list[str]:
    """The definition: a name stands in the text elsewhere than within a longer name that stands there."""
    words = words_of(text)
    present = sorted(
        {words_of(name) for name in known if words_of(name) in words}, key=lambda name: -len(name)
    )
    found = []
    for name in sorted(set(known)):
        wanted, left = words_of(name), words
        for longer in (other for other in present if wanted in other and other != wanted):
            left = left.replace(longer, "-")
        if len(wanted) >= 5 and wanted in left:
            found.append(name)
    return found


@given(st.lists(_NAME, max_size=6), _TEXT.map(" ".join))
def test_names_are_those_that_trying_each_would_find(known: list[str], text: str) -> None:
    assert ServiceNames(known).said_in(text) == said(known, text)


def test_spellings_of_one_name_are_all_said() -> None:
    names = ServiceNames(["checkout-api", "Checkout API", "checkout", "--", ""])
    assert names.said_in("The checkout_api is down") == ["Checkout API", "checkout-api"]
    assert names.said_in("") == names.said_in("...") == []
