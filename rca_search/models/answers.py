"""What comes back for a question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from rca_search.models.documents import Document, Kind, Role
from rca_search.models.evidence import Evidence
from rca_search.models.facts import ActionItem, DurationSummary, IncidentFacts, Supersession
from rca_search.models.questions import Query
from rca_search.models.understood import Understood
from rca_search.models.verdict import Judgement, Likelihood, Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """Why a document stands where it does.

    ``total`` orders the hits of one answer and means nothing outside it: it is no probability.
    ``dense``, ``lexical``, ``spelling`` and ``title`` are standard scores, that is distances from the mean
    over the view's documents in standard deviations. The rest is what was added to their weighted sum:
    ``service`` for a service that the question is about, or one next to it; ``links`` for a runbook that
    matched incidents link to; ``reranked`` by a cross-encoder; ``feedback`` by votes, which may also take
    from it; ``learned``, likewise, where the order of the first few follows how likely they are;
    ``named`` for a document that the question names outright.
    """

    total: float
    dense: float
    lexical: float
    spelling: float
    title: float
    service: float = 0.0
    links: float = 0.0
    reranked: float = 0.0
    feedback: float = 0.0
    learned: float = 0.0
    named: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a document, verbatim, that carry a match; ``similarity`` is the cosine to the question.

    ``line_kinds`` has a letter for each line, as that of a document.
    """

    chunk_id: str
    role: Role
    headings: tuple[str, ...]
    path: str
    first_line: int
    last_line: int
    text: str
    line_kinds: str
    matched_terms: tuple[str, ...] = ()
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often the failure of a matched incident is on record, by the documents that exist for the answer.

    ``dates`` are the known days of all members, ascending; ``count`` includes members without one.
    ``fixes_differ`` tells whether the last two members that say what was done say different things, None
    where fewer than two do. ``runbooks`` are ids of runbooks that a member links to or that link to one;
    ``service_runbooks`` those of the members' services that none of these links joins.
    """

    family: str
    count: int
    dates: tuple[dt.date, ...]
    fixes_differ: bool | None = None
    runbooks: tuple[str, ...] = ()
    service_runbooks: tuple[str, ...] = ()

    @property
    def first(self) -> dt.date | None:
        """The first day that it happened on, as far as days are known."""
        return self.dates[0] if self.dates else None

    @property
    def last(self) -> dt.date | None:
        """The last day that it happened on, as far as days are known."""
        return self.dates[-1] if self.dates else None

    def within(self, days: int, until: dt.date) -> int:
        """Count the members of the ``days`` days up to ``until``, that day included."""
        first = until - dt.timedelta(days=days - 1)
        return sum(first <= date <= until for date in self.dates)


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
    """A past incident that resembles the question, with what its write-up says.

    ``resolution`` is the first of ``facts.resolution`` as a passage; ``superseded`` are signs that it may
    no longer hold; ``recurrence`` is there where the failure is on record again; ``ties`` are to the
    services that the question is about.
    """

    document: Document
    verdict: Verdict
    likelihood: Likelihood
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    resolution: Passage | None
    facts: IncidentFacts
    superseded: tuple[Supersession, ...]
    evidence: Evidence = field(default_factory=Evidence)
    recurrence: Recurrence | None = None
    ties: tuple[ServiceTie, ...] = ()


@dataclass(frozen=True, slots=True)
class RunbookReason:
    """Why a runbook is named, as data.

    ``source`` is ``alert`` or ``named``, which name it outright, ``linked`` from an incident, ``service``
    shared, ``dependency`` of a service, or ``text`` match; ``subject`` is what names it, the id of that
    incident, the name of that service, or the heading of the section ("" where it has none).
    ``path`` leads to a dependency: the service in question, and the one that it needs.
    ``probability`` is how likely this path alone makes it that the runbook applies.
    """

    source: str
    subject: str
    path: tuple[str, ...] = ()
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class RunbookAge:
    """When a runbook was last updated, and what has happened since.

    ``line`` says where the day is written; None where no day is recorded, and then every incident counts.
    ``incidents_since`` counts later incidents that link to the runbook or share its service. ``retired``,
    ``stale_after``, ``generated`` and ``vouched_by`` are what it says of its own standing.
    """

    last_updated: dt.date | None
    line: int | None
    incidents_since: int
    last_incident: dt.date | None
    retired: bool = False
    stale_after: dt.date | None = None
    generated: bool = False
    vouched_by: str = ""


@dataclass(frozen=True, slots=True)
class RunbookHit:
    """A runbook that likely applies.

    ``likelihood`` counts every path that leads to it, ``text_likelihood`` its text alone. The first of
    ``passages`` is the section to open: one that tells what to do, where there is such a one.
    """

    document: Document
    verdict: Verdict
    likelihood: Likelihood
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    reasons: tuple[RunbookReason, ...]
    age: RunbookAge
    text_likelihood: Likelihood
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class OtherHit:
    """A document of no known kind that speaks of the same, judged as if it were an incident."""

    document: Document
    verdict: Verdict
    likelihood: Likelihood
    score: Score
    passages: tuple[Passage, ...]
    matched_terms: tuple[str, ...]
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class AlikeRunbook:
    """One of several runbooks that differ in nothing but the name of their service."""

    service: str
    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the sources were last compared with the index, and whether that is too long ago.

    ``damaged_version`` is the current version where it is damaged and ``version``, an earlier one, answers.
    """

    version: str
    published_at: dt.datetime | None
    checked_at: dt.datetime | None
    source_revision: str | None
    stale: bool
    damaged_version: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one question, from one version of the index.

    ``understood`` is what was made of the text of ``query`` before it was searched; ``windows`` counts the
    parts that it was encoded in; ``answer_id`` is what votes on the answer refer to (``insight.tickets``);
    ``repeated`` tells that the answer was kept from the same question asked before. ``durations`` sums up
    how long ``incidents`` lasted. ``alike`` are runbooks, the first of the answer among them, that only a
    service tells apart which the question does not name. ``judgement``
    is the verdict over the incidents, ``runbook_judgement`` that over the runbooks; ``others`` are documents
    of no known kind that are found similar, best first. ``left_out`` counts files of the sources that the
    index lacks since they could not be read.
    """

    query: Query
    understood: Understood
    windows: int
    judgement: Judgement
    runbook_judgement: Judgement
    incidents: tuple[IncidentHit, ...]
    runbooks: tuple[RunbookHit, ...]
    freshness: Freshness
    answer_id: str = ""
    repeated: bool = False
    alike: tuple[AlikeRunbook, ...] = ()
    durations: tuple[DurationSummary, ...] = ()
    others: tuple[OtherHit, ...] = ()
    other_judgement: Judgement | None = None
    left_out: int = 0

    def open_actions(self) -> tuple[tuple[str, ActionItem], ...]:
        """Return the follow-ups that are not known to be done, each with its incident's id."""
        return tuple((hit.document.id, item) for hit in self.incidents for item in hit.facts.still_open())

    @property
    def foremost(self) -> Kind:
        """The kind that has more to say: the higher verdict on the ladder, incidents on a tie.

        A kind without a hit has no say where the other has one. Documents of no known kind come first only
        where nothing else is found.
        """
        known = (self.judgement, self.runbook_judgement)
        if self.others and not any(judged.verdict.found for judged in known):
            return Kind.OTHER
        if not self.incidents or not self.runbooks:
            return Kind.RUNBOOK if self.runbooks else Kind.INCIDENT
        better = self.runbook_judgement.verdict.rung > self.judgement.verdict.rung
        return Kind.RUNBOOK if better else Kind.INCIDENT

    @property
    def overall(self) -> Judgement:
        """The verdict over the hits of the foremost kind."""
        if self.foremost is Kind.OTHER and self.other_judgement is not None:
            return self.other_judgement
        return self.runbook_judgement if self.foremost is Kind.RUNBOOK else self.judgement
