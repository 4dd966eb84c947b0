"""Answer ids: what was issued is read back, and nothing else is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import InvalidRequestError
from rca_search.insight.answer_tokens import issue, question_digest, read
from rca_search.models import Shown, Ticket

KEY = b"k" * 32
TICKET = Ticket("0" * 32, "view", "0000000001-abc", (Shown("RCAs/a", 0.5), Shown("Runbooks/b")))

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.builds(
        Ticket,
        question=names,
        view=names,
        version=names,
        shown=st.lists(st.builds(Shown, names, st.none() | st.floats(0, 1)), max_size=6).map(tuple),
    )
)
def test_what_was_issued_is_read_back(ticket: Ticket) -> None:
    assert read(issue(ticket, KEY), KEY) == ticket


def test_it_says_the_probability_of_a_document() -> None:
    assert TICKET.probability_of("RCAs/a") == 0.5
    assert TICKET.probability_of("Runbooks/b") is None
    assert TICKET.probability_of("RCAs/other") is None


def test_every_changed_character_is_noticed() -> None:
    token = issue(TICKET, KEY)
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        with pytest.raises(InvalidRequestError):
            read(token[:place] + other + token[place + 1 :], KEY)


def test_another_key_is_noticed() -> None:
    with pytest.raises(InvalidRequestError, match="issued with another secret"):
        read(issue(TICKET, KEY), b"other")


@given(st.text(max_size=200))
def test_any_text_is_our_error(token: str) -> None:
    with pytest.raises(InvalidRequestError):
        read(token, KEY)


def signed(content: bytes) -> str:
    payload = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    key = hmac.new(KEY, b"rca-search answer id", hashlib.sha256).digest()
    mark = hmac.new(key, payload.encode(), hashlib.sha256).digest()[:16]
    return f"{payload}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "content",
    [
        b"not deflated",
        zlib.compress(b"no json"),
        zlib.compress(b"[]"),
        zlib.compress(json.dumps({"s": 2, "q": "", "w": "", "v": "", "d": []}).encode()),
        zlib.compress(json.dumps({"s": 1, "q": "", "w": "", "v": ""}).encode()),
        zlib.compress(json.dumps({"s": 1, "q": "", "w": "", "v": "", "d": [["a"]]}).encode()),
        zlib.compress(b" " * 2_000_000),
    ],
)
def test_what_is_signed_but_no_ticket_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="in a form"):
        read(signed(content), KEY)


def test_a_question_is_its_words() -> None:
    assert question_digest("disk  full\n on db-1") == question_digest("disk full on db-1 ")
    assert question_digest("disk full") != question_digest("Disk full")
    assert len(question_digest("")) == 32
