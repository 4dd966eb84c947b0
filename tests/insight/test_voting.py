"""Who may vote on what."""

from __future__ import annotations

import datetime as dt

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.insight.answer_tokens import answer_digest, issue
from rca_search.insight.voting import MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, Ballot, cast
from rca_search.models import Aspect, Kind, Shown, Ticket, Vote

AT = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
TOKEN = issue(Ticket("q", "w", "v", (Shown("RCAs/a", 0.7), Shown("RCAs/b"))), b"")
RUNBOOK = issue(Ticket("q", "w", "v", (Shown("Runbooks/c"),)), b"")
GONE = issue(Ticket("q", "w", "v", (Shown("RCAs/gone"),)), b"")
KINDS = {"RCAs/a": Kind.INCIDENT, "RCAs/b": Kind.INCIDENT, "Runbooks/c": Kind.RUNBOOK}


def test_a_vote_on_what_was_shown() -> None:
    ballot = Ballot(TOKEN, Aspect.SAME, True, "RCAs/b", by=" Ana  B ", note=" same\npool ")
    assert cast(ballot, b"", AT, KINDS) == Vote(
        *(AT, "q", "v", "RCAs/b", Aspect.SAME, True),
        probability=None,
        by="Ana B",
        note="same pool",
        answer=answer_digest(TOKEN),
    )


def test_half_a_character_can_be_written_down() -> None:
    found = cast(Ballot(TOKEN, Aspect.HELPFUL, True, by="A\ud800", note="\udfff x"), b"", AT, KINDS)
    assert (found.by, found.note) == ("A?", "? x")


def test_without_a_name_the_first_is_meant() -> None:
    found = cast(Ballot(TOKEN, Aspect.HELPFUL, False, by=" "), b"", AT, KINDS)
    assert (found.document, found.probability, found.by) == ("RCAs/a", 0.7, None)


@pytest.mark.parametrize(
    ("ballot", "said"),
    [
        (Ballot(TOKEN, Aspect.SAME, True, "RCAs/hidden"), "did not show 'RCAs/hidden'"),
        (Ballot(TOKEN[:-2], Aspect.SAME, True), "was changed"),
        (Ballot(issue(Ticket("q", "w", "v", ()), b""), Aspect.SAME, True), "nothing to vote on"),
        (Ballot(TOKEN, Aspect.SAME, True, by="x" * (MAX_NAME_CHARACTERS + 1)), "name has more"),
        (Ballot(TOKEN, Aspect.SAME, True, note="x" * (MAX_NOTE_CHARACTERS + 1)), "note has more"),
        (Ballot(GONE, Aspect.HELPFUL, True), "'RCAs/gone' is not in the index"),
        (Ballot(RUNBOOK, Aspect.SAME, True), "'Runbooks/c' is no incident"),
    ],
)
def test_what_is_refused(ballot: Ballot, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        cast(ballot, b"", AT, KINDS)


@pytest.mark.parametrize("aspect", [Aspect.HELPFUL, Aspect.FIXED])
def test_a_runbook_may_help_and_fix(aspect: Aspect) -> None:
    assert cast(Ballot(RUNBOOK, aspect, True), b"", AT, KINDS).document == "Runbooks/c"
