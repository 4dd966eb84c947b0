"""What comes back for a question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.models.documents import Document, Role
from rca_search.models.facts import ActionItem, DurationSummary, IncidentFacts, Supersession
from rca_search.models.questions import Query


@dataclass(frozen=True, slots=True)
class Score:
    """Why a document stands where it does.

    ``total`` orders the hits of one answer and means nothing outside it: it is no probability.
    ``dense``, ``lexical`` and ``spelling`` are standard scores, that is distances from the mean over the
    view's documents in standard deviations. ``feedback`` is what votes added to the total or took from it.
    """

    total: float
    dense: float
    lexical: float
    spelling: float
    feedback: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a document, verbatim, that carry a match; ``similarity`` is the cosine to the question."""

    chunk_id: str
    role: Role
    headings: tuple[str, ...]
    path: str
    first_line: int
    last_line: int
    text: str
    matched_terms: tuple[str, ...] = ()
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class IncidentHit:
    """A past incident that resembles the question, with what its write-up says.

    ``resolution`` is the first of ``facts.resolution`` as a passage; ``superseded`` are signs that it may
    no longer hold.
    """

    document: Document
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    resolution: Passage | None
    facts: IncidentFacts
    superseded: tuple[Supersession, ...]


@dataclass(frozen=True, slots=True)
class RunbookReason:
    """Why a runbook is named, as data.

    ``source`` is ``linked`` from an incident, ``service`` shared, or ``text`` match; ``subject`` is the
    id of that incident, the name of that service, or the heading of the section ("" where it has none).
    """

    source: str
    subject: str


@dataclass(frozen=True, slots=True)
class RunbookHit:
    """A runbook that likely applies, at the section that fits best."""

    document: Document
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    reasons: tuple[RunbookReason, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the sources were last compared with the index, and whether that is too long ago."""

    version: str
    published_at: dt.datetime | None
    checked_at: dt.datetime | None
    source_revision: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one question, from one version of the index.

    ``durations`` sums up how long ``incidents`` lasted. ``windows`` counts the parts that a long question
    was encoded in; ``answer_id`` is what votes on the answer refer to (``insight.tickets``); ``repeated``
    tells that the answer was kept from the same question asked before.
    """

    query: Query
    windows: int
    incidents: tuple[IncidentHit, ...]
    runbooks: tuple[RunbookHit, ...]
    freshness: Freshness
    durations: tuple[DurationSummary, ...] = ()
    answer_id: str = ""
    repeated: bool = False

    def open_actions(self) -> tuple[tuple[str, ActionItem], ...]:
        """Return the follow-ups that are not known to be done, each with its incident's id."""
        return tuple((hit.document.id, item) for hit in self.incidents for item in hit.facts.still_open())
