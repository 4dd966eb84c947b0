"""What comes back for a question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.models.documents import Document, Role
from rca_search.models.questions import Query
from rca_search.models.verdict import Judgement, Likelihood, Verdict


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
    """A past incident that resembles the question."""

    document: Document
    verdict: Verdict
    likelihood: Likelihood
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    resolution: Passage | None


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
    verdict: Verdict
    likelihood: Likelihood
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

    ``judgement`` is the verdict over the incidents, ``runbook_judgement`` that over the runbooks. ``windows``
    counts the parts that a long question was encoded in; ``answer_id`` is what votes on the answer refer to
    (``insight.tickets``); ``repeated`` tells that the answer was kept from the same question asked before.
    """

    query: Query
    windows: int
    judgement: Judgement
    runbook_judgement: Judgement
    incidents: tuple[IncidentHit, ...]
    runbooks: tuple[RunbookHit, ...]
    freshness: Freshness
    answer_id: str = ""
    repeated: bool = False

    @property
    def overall(self) -> Judgement:
        """The verdict over the incidents; over the runbooks where there is no incident among the hits."""
        return self.judgement if self.incidents or not self.runbooks else self.runbook_judgement
