"""What is asked, and what narrows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from rca_search.models.documents import Kind


@dataclass(frozen=True, slots=True)
class Filter:
    """Narrows the candidates of one question; an empty field does not narrow.

    Within a field any value may match, between fields all must. ``since`` and ``until`` are inclusive
    and leave out documents without a date.
    """

    kinds: tuple[Kind, ...] = ()
    services: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question: text in any form, what narrows it, and how many hits to return.

    ``about`` names the services in trouble: their incidents and those of services next to them weigh more,
    and nothing is left out.
    ``precision`` is the share of answers called "likely", and of those called "same", that has to be right,
    0 to 1.
    ``votes`` tells whether votes on documents count. As of an earlier day they do not: they came later.
    ``elapsed_minutes`` is how long the present incident has gone on: no estimate falls below it.
    """

    text: str
    limit: int = 5
    filter: Filter = field(default_factory=Filter)
    as_of: dt.date | None = None
    exclude: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    precision: float = 0.8
    votes: bool = True
    elapsed_minutes: int | None = None

    @property
    def has_own_view(self) -> bool:
        """Whether only some documents exist for it, so that what is known of all has to be made anew."""
        return bool(self.exclude) or self.as_of is not None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question came from; ``incident`` is the document that was asked with, if one was."""

    source: Literal["text", "file", "stdin", "incident"] = "text"
    incident: str | None = None
