"""What comes back for a question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.models.documents import Document, Role
from rca_search.models.questions import Query
from rca_search.models.understood import Understood


@dataclass(frozen=True, slots=True)
class Score:
    """Why a document stands where it does.

    ``total`` orders the hits of one answer and means nothing outside it: it is no probability.
    ``dense``, ``lexical`` and ``spelling`` are standard scores, that is distances from the mean over the
    view's documents in standard deviations. The rest is what was added to their weighted sum: ``service``
    for a service that the question is about, or one next to it; ``links`` for a runbook that matched
    incidents link to; ``reranked`` by a cross-encoder; ``feedback`` by votes, which may also take from it.
    """

    total: float
    dense: float
    lexical: float
    spelling: float
    service: float = 0.0
    links: float = 0.0
    reranked: float = 0.0
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
class ServiceTie:
    """How a service of an incident is tied to one that the question is about.

    ``relation`` is ``same``, or ``neighbour`` where one of the two depends on the other.
    """

    service: str
    relation: str
    about: str


@dataclass(frozen=True, slots=True)
class IncidentHit:
    """A past incident that resembles the question; ``ties`` are to the services that it is about."""

    document: Document
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    resolution: Passage | None
    ties: tuple[ServiceTie, ...] = ()


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

    ``understood`` is what was made of the text of ``query`` before it was searched; ``windows`` counts the
    parts that it was encoded in; ``answer_id`` is what votes on the answer refer to (``insight.tickets``);
    ``repeated`` tells that the answer was kept from the same question asked before.
    """

    query: Query
    understood: Understood
    windows: int
    incidents: tuple[IncidentHit, ...]
    runbooks: tuple[RunbookHit, ...]
    freshness: Freshness
    answer_id: str = ""
    repeated: bool = False
