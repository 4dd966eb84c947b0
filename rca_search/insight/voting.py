"""From an answer id and a name to one vote: who may vote on what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rca_search.errors import InvalidRequestError
from rca_search.insight.answer_tokens import answer_digest, read
from rca_search.models import Aspect, Kind, Ticket, Vote

MAX_NOTE_CHARACTERS = 1000
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a person says: of which document of which answer, what about it, and whether it holds.

    ``document`` is an id of the answer, or "" for the document in first place.
    """

    answer_id: str
    aspect: Aspect
    value: bool
    document: str = ""
    by: str | None = None
    note: str | None = None


def cast(ballot: Ballot, secret: bytes, at: dt.datetime, kinds: Mapping[str, Kind]) -> Vote:
    """Return the vote that ``ballot`` stands for, cast at ``at``; ``kinds`` are the documents of the index.

    Only what the answer showed can be voted on, so that nobody votes on what they may not see, and only what
    the next build can count. Raises InvalidRequestError.
    """
    ticket = read(ballot.answer_id, secret)
    document = _shown(ballot.document, ticket)
    _require_counted(document, ballot.aspect, kinds)
    return Vote(
        at=at,
        question=ticket.question,
        version=ticket.version,
        document=document,
        aspect=ballot.aspect,
        value=ballot.value,
        probability=ticket.probability_of(document),
        by=_short(ballot.by, "name", MAX_NAME_CHARACTERS),
        note=_short(ballot.note, "note", MAX_NOTE_CHARACTERS),
        answer=answer_digest(ballot.answer_id),
    )


def _shown(name: str, ticket: Ticket) -> str:
    shown = [entry.document for entry in ticket.shown]
    if not shown:
        raise InvalidRequestError("That answer showed nothing to vote on.", remedy="Ask again first.")
    if not name:
        return shown[0]
    if name not in shown:
        raise InvalidRequestError(
            f"That answer did not show {name!r}.", remedy=f"It showed {', '.join(shown[:5])}."
        )
    return name


def _require_counted(document: str, aspect: Aspect, kinds: Mapping[str, Kind]) -> None:
    """Refuse what no build would count."""
    if document not in kinds:
        raise InvalidRequestError(
            f"{document!r} is not in the index.",
            remedy="It was taken out, or the answer came from another index: ask again first.",
        )
    if aspect is Aspect.SAME and kinds[document] is not Kind.INCIDENT:
        raise InvalidRequestError(
            f"{document!r} is no incident, so it cannot be the same failure.",
            remedy="Say whether it was helpful, or whether it fixed it.",
        )


def _short(text: str | None, what: str, most: int) -> str | None:
    # What is half a character cannot be written down.
    stated = " ".join((text or "").encode("utf-8", "replace").decode().split())
    if len(stated) > most:
        raise InvalidRequestError(f"The {what} has more than {most} characters.", remedy="Shorten it.")
    return stated or None
