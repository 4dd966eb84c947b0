"""The shapes of what ``--json`` prints, each field with its meaning; ``docs/cli.md`` is made from them.

Version 1 may gain fields. A field that goes away or changes its meaning raises the version.
"""

from typing import Annotated, NotRequired, TypedDict

from rca_search.cli import (
    evaluation_shapes,
    evidence_shapes,
    facts_shapes,
    family_shapes,
    graph_shapes,
    why_not_shapes,
)
from rca_search.cli.evidence_shapes import EvidenceShape
from rca_search.cli.facts_shapes import (
    DurationSummaryShape,
    FactsShape,
    OpenActionShape,
    SupersessionShape,
)
from rca_search.cli.graph_shapes import RunbookAgeShape
from rca_search.cli.index_shapes import BuildShape, FreshnessShape, ProblemShape, StatusShape, VerifyShape
from rca_search.cli.question_shapes import FilterShape as FilterShape
from rca_search.cli.question_shapes import QueryShape as QueryShape
from rca_search.cli.question_shapes import UnderstoodShape as UnderstoodShape
from rca_search.cli.shape_types import SCHEMA_VERSION as SCHEMA_VERSION
from rca_search.cli.shape_types import IndexVersion, Version
from rca_search.cli.verdict_shapes import CalibrateShape, JudgementShape, LikelihoodShape

Total = Annotated[float, "orders the results of one answer; no probability, and no use outside that answer"]


class ScoreShape(TypedDict):
    """Why a document stands where it does: rank scores, none of which is a probability."""

    total: Total
    dense: Annotated[float, "closeness in meaning, in standard deviations above the mean document"]
    lexical: Annotated[float, "words in common, in standard deviations above the mean document"]
    spelling: Annotated[float, "runs of characters in common, likewise"]
    title: Annotated[float, "how much of the title the question says, likewise"]
    service: Annotated[float, "added for a service that the question is about, or one next to it"]
    links: Annotated[float, "added to a runbook that matched incidents link to"]
    reranked: Annotated[float, "added, or taken, by the cross-encoder of `--rerank`"]
    feedback: Annotated[float, "what votes on the document added to the total or took from it"]
    learned: Annotated[
        float, "what the order by likelihood, among the first ten, added to the total or took from it"
    ]


class PassageShape(TypedDict):
    """Lines of a document, verbatim."""

    chunk_id: Annotated[str, "`<document id>#<section>/<n>`, stable across edits elsewhere in the file"]
    role: Annotated[str, "what the section tells: summary, symptom, cause, resolution ..."]
    headings: Annotated[list[str], "headings above the passage, its own last"]
    path: Annotated[str, "file below its source folder"]
    first_line: Annotated[int, "first line in the file, from 1"]
    last_line: Annotated[int, "last line in the file, inclusive"]
    text: Annotated[str, "the lines as they stand in the file"]
    matched_terms: Annotated[
        list[str], "words of the question that the passage has in some form, rarest first"
    ]
    similarity: Annotated[float, "cosine of passage and question"]


class DocumentShape(TypedDict):
    """What is known of a document."""

    id: Annotated[str, "path below the source folder without `.md`"]
    kind: Annotated[str, "incident, runbook, service or other"]
    title: Annotated[str, "title"]
    path: Annotated[str, "file below its source folder"]
    source: Annotated[str, "name of the source folder"]
    date: Annotated[str | None, "day, YYYY-MM-DD"]
    severity: Annotated[str | None, "as the file spells it"]
    services: Annotated[list[str], "services, the one that failed first where the file says so"]
    tags: Annotated[list[str], "tags"]
    status: Annotated[str | None, "as the file spells it"]
    duration_minutes: Annotated[int | None, "how long it lasted"]
    authors: Annotated[list[str], "authors"]


class ServiceTieShape(TypedDict):
    """How an incident is tied to a service of `--about`."""

    service: Annotated[str, "service of the incident"]
    relation: Annotated[str, "same, or neighbour (one depends on the other)"]
    about: Annotated[str, "service that the question is about"]


class IncidentShape(DocumentShape):
    """A past incident that resembles the question."""

    rank: Annotated[int, "place in the answer, from 1"]
    likelihood: LikelihoodShape
    score: ScoreShape
    matched_terms: Annotated[
        list[str], "words of the question that the document has in some form, rarest first"
    ]
    resolution: Annotated[PassageShape | None, "what fixed it, as written; null where the file does not say"]
    facts: FactsShape
    superseded: Annotated[list[SupersessionShape], "signs that the fix may no longer hold"]
    recurrence: Annotated[
        family_shapes.RecurrenceShape | None, "null where no other incident shares the failure"
    ]
    ties: Annotated[list[ServiceTieShape], "to the services of `--about`"]
    passages: Annotated[list[PassageShape], "up to three passages that carry the match, best first"]
    evidence: EvidenceShape


class ReasonShape(TypedDict):
    """Why a runbook is named."""

    source: Annotated[
        str, "linked (from a matched incident), service (shared), dependency (of a service) or text (match)"
    ]
    subject: Annotated[str, "the incident's id, the service's name, or the section's heading"]
    path: Annotated[list[str], "of a dependency: the service in question, and the one that it needs"]
    probability: Annotated[float, "how likely this path alone makes it that the runbook applies"]


class RunbookShape(DocumentShape):
    """A runbook that likely applies."""

    rank: Annotated[int, "place in the answer, from 1"]
    likelihood: Annotated[LikelihoodShape, "by every path that leads to it"]
    probability_by_text: Annotated[float, "by its text alone"]
    score: ScoreShape
    matched_terms: Annotated[
        list[str], "words of the question that the document has in some form, rarest first"
    ]
    reasons: list[ReasonShape]
    passages: Annotated[list[PassageShape], "up to three passages, the section to open first"]
    evidence: EvidenceShape
    age: RunbookAgeShape


class AlikeRunbookShape(TypedDict):
    """A runbook that differs from others in nothing but its service."""

    service: str
    id: str
    title: str


AlikeRunbooks = Annotated[
    list[AlikeRunbookShape],
    "the first runbook and those that only a service tells from it, where the question names no service",
]


class SimilarShape(TypedDict):
    """``similar --json``."""

    schema_version: Version
    verdict: Annotated[str, "the better of those over incidents and runbooks; the incidents' on a tie"]
    probability: Annotated[float, "that the same or a related one is on record"]
    incident_judgement: Annotated[JudgementShape, "over the incidents"]
    runbook_judgement: Annotated[JudgementShape, "over the runbooks"]
    query: QueryShape
    understood: UnderstoodShape
    index_version: IndexVersion
    freshness: FreshnessShape
    windows: Annotated[int, "pieces that a long question was split into, at most 16"]
    answer_id: Annotated[str, "what `feedback --answer` takes to vote on this answer"]
    incidents: Annotated[list[IncidentShape], "best first"]
    durations: Annotated[
        list[DurationSummaryShape], "how long these lasted: all, then by severity; empty where none says"
    ]
    open_actions: Annotated[list[OpenActionShape], "their follow-ups that are not known to be done"]
    runbooks: Annotated[list[RunbookShape], "best first"]
    alike_runbooks: AlikeRunbooks


class RunbooksShape(TypedDict):
    """``runbooks --json``."""

    schema_version: Version
    verdict: Annotated[str, "that over the runbooks"]
    probability: Annotated[float, "that the runbook for it, or a related one, is on record"]
    runbook_judgement: JudgementShape
    query: QueryShape
    understood: UnderstoodShape
    index_version: IndexVersion
    freshness: FreshnessShape
    windows: Annotated[int, "pieces that a long question was split into, at most 16"]
    answer_id: Annotated[str, "what `feedback --answer` takes to vote on this answer"]
    runbooks: Annotated[list[RunbookShape], "best first"]
    alike_runbooks: AlikeRunbooks


class RecurringShape(TypedDict):
    """``recurring --json``."""

    schema_version: Version
    index_version: IndexVersion
    freshness: FreshnessShape
    filter: FilterShape
    as_of: Annotated[str | None, "day after which no document exists for this answer"]
    exclude: Annotated[list[str], "documents that did not exist for this answer, as they were named"]
    incidents: Annotated[
        int, "incidents that were compared and pass the filter, planned maintenance left out"
    ]
    found: Annotated[int, "families there are, of which `families` has as many as were asked for"]
    until: Annotated[str | None, "day that trends are told by"]
    families: Annotated[list[family_shapes.FamilyShape], "the costliest first"]


class SectionShape(TypedDict):
    """The lines under one heading, subsections left out."""

    slug: Annotated[str, "unique in the document"]
    headings: Annotated[list[str], "headings from the top, its own last"]
    level: int
    role: str
    first_line: int
    last_line: int


class ShowShape(DocumentShape):
    """``show --json``."""

    schema_version: Version
    kind_reason: Annotated[str, "how the kind was recognised"]
    aliases: Annotated[list[str], "other names that the document answers to"]
    metadata: Annotated[dict[str, object], "front matter that has no field of its own"]
    facts: Annotated[FactsShape | None, "what an incident's write-up says; null for other documents"]
    sections: list[SectionShape]
    text: Annotated[str, "the whole file"]


class VoteShape(TypedDict):
    """One vote."""

    document: Annotated[str, "the document that it is on"]
    aspect: Annotated[str, "helpful, same or fixed"]
    value: Annotated[bool, "whether it is so"]
    index_version: Annotated[str, "version of the index that gave the answer"]
    at: Annotated[str, "when it was recorded, ISO 8601, UTC"]


class FeedbackShape(TypedDict):
    """``feedback --json``."""

    schema_version: Version
    file: Annotated[str, "where the votes were appended"]
    votes: list[VoteShape]


class ErrorBody(TypedDict):
    """What went wrong."""

    code: Annotated[str, "stable, such as `invalid_request` or `index_missing`"]
    message: str
    remedy: Annotated[str, "what to do; may be empty"]
    candidates: NotRequired[
        Annotated[list[str], "ids that may be meant, for `document_not_found`, `ambiguous_id`"]
    ]
    problems: NotRequired[Annotated[list[ProblemShape], "the files, for `documents_rejected`"]]


class ErrorShape(TypedDict):
    """Any command under ``--json`` that fails."""

    schema_version: Version
    error: ErrorBody


COMMANDS = (
    SimilarShape, RunbooksShape, RecurringShape, ShowShape, BuildShape, StatusShape, VerifyShape,
    *graph_shapes.COMMANDS, evaluation_shapes.EvalShape, evaluation_shapes.EvalFamiliesShape,
    evaluation_shapes.VerdictEvalShape, CalibrateShape,
    *facts_shapes.COMMANDS, *why_not_shapes.COMMANDS, ErrorShape,
)  # fmt: skip
"""What commands print."""
PARTS = (
    JudgementShape, LikelihoodShape,
    QueryShape, FilterShape, UnderstoodShape, FreshnessShape, DocumentShape, IncidentShape, RunbookShape,
    ReasonShape, ServiceTieShape, AlikeRunbookShape, ScoreShape, PassageShape, *evidence_shapes.PARTS,
    SectionShape, ProblemShape, *graph_shapes.PARTS, *facts_shapes.PARTS, *family_shapes.PARTS,
    *evaluation_shapes.PARTS, *why_not_shapes.PARTS, ErrorBody,
)  # fmt: skip
"""What the above consist of."""
