"""What is asked, and what narrows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

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

    ``elapsed_minutes`` is how long the present incident has gone on: no estimate falls below it.
    ``votes`` tells whether votes on documents count. As of an earlier day they do not: they came later.
    """

    text: str
    limit: int = 5
    filter: Filter = field(default_factory=Filter)
    as_of: dt.date | None = None
    exclude: tuple[str, ...] = ()
    elapsed_minutes: int | None = None
    votes: bool = True
