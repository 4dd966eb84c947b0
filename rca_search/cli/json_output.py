"""The domain turned into what ``--json`` prints; the shapes are in ``json_shapes``."""

from __future__ import annotations

from rca_search.cli import facts_json, family_json, graph_json
from rca_search.cli.evidence_json import evidence
from rca_search.cli.index_json import day, freshness, problems
from rca_search.cli.json_shapes import (
    SCHEMA_VERSION,
    AlikeRunbookShape,
    DocumentShape,
    ErrorBody,
    ErrorShape,
    IncidentShape,
    PassageShape,
    RecurringShape,
    RunbookShape,
    RunbooksShape,
    ScoreShape,
    ShowShape,
    SimilarShape,
)
from rca_search.cli.question import Asked
from rca_search.cli.question_json import filter_shape, query, understood
from rca_search.cli.verdict_shapes import JudgementShape, LikelihoodShape
from rca_search.errors import AmbiguousIdError, DocumentNotFoundError, DocumentsRejectedError, RcaSearchError
from rca_search.models import (
    Document,
    Families,
    IncidentFacts,
    IncidentHit,
    Judgement,
    Passage,
    Query,
    RunbookHit,
    Score,
    SearchResult,
)


def similar(result: SearchResult, asked: Asked) -> SimilarShape:
    """Return what ``similar --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": result.overall.verdict.value,
        "probability": result.overall.likelihood.probability,
        "incident_judgement": _judgement(result.judgement),
        "runbook_judgement": _judgement(result.runbook_judgement),
        "query": query(result, asked),
        "understood": understood(result.understood),
        "index_version": result.freshness.version,
        "freshness": freshness(result.freshness),
        "windows": result.windows,
        "answer_id": result.answer_id,
        "incidents": [_incident(hit, rank) for rank, hit in enumerate(result.incidents, start=1)],
        "durations": [facts_json.duration_summary(summary) for summary in result.durations],
        "open_actions": facts_json.open_actions(result),
        "runbooks": [_runbook(hit, rank) for rank, hit in enumerate(result.runbooks, start=1)],
        "alike_runbooks": _alike(result),
    }


def runbooks(result: SearchResult, asked: Asked) -> RunbooksShape:
    """Return what ``runbooks --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": result.runbook_judgement.verdict.value,
        "probability": result.runbook_judgement.likelihood.probability,
        "runbook_judgement": _judgement(result.runbook_judgement),
        "query": query(result, asked),
        "understood": understood(result.understood),
        "index_version": result.freshness.version,
        "freshness": freshness(result.freshness),
        "windows": result.windows,
        "answer_id": result.answer_id,
        "runbooks": [_runbook(hit, rank) for rank, hit in enumerate(result.runbooks, start=1)],
        "alike_runbooks": _alike(result),
    }


def recurring(found: Families, asked: Query) -> RecurringShape:
    """Return what ``recurring --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "index_version": found.freshness.version,
        "freshness": freshness(found.freshness),
        "filter": filter_shape(asked.filter),
        "as_of": day(asked.as_of),
        "exclude": list(asked.exclude),
        "incidents": found.incidents,
        "found": found.found,
        "until": day(found.until),
        "families": [family_json.family(family, rank) for rank, family in enumerate(found.families, start=1)],
    }


def show(document: Document, found: IncidentFacts | None) -> ShowShape:
    """Return what ``show --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_document(document),
        "kind_reason": document.kind_reason,
        "aliases": list(document.aliases),
        "metadata": dict(document.metadata),
        "facts": facts_json.facts(found) if found is not None else None,
        "sections": [
            {
                "slug": section.slug,
                "headings": list(section.headings),
                "level": section.level,
                "role": section.role.value,
                "first_line": section.first_line,
                "last_line": section.last_line,
            }
            for section in document.sections
        ],
        "text": document.text,
    }


def error(failure: RcaSearchError) -> ErrorShape:
    """Return what any command prints under ``--json`` when it fails."""
    body: ErrorBody = {"code": failure.code, "message": failure.message, "remedy": failure.remedy}
    if isinstance(failure, DocumentNotFoundError | AmbiguousIdError):
        body["candidates"] = list(failure.candidates)
    if isinstance(failure, DocumentsRejectedError):
        body["problems"] = problems(failure.problems)
    return {"schema_version": SCHEMA_VERSION, "error": body}


def _judgement(found: Judgement) -> JudgementShape:
    return {
        "verdict": found.verdict.value,
        "probability": found.likelihood.probability,
        "probability_same": found.likelihood.same,
        "precision": found.precision,
        "nearest": found.nearest,
        "missing": list(found.missing),
        "calibration": found.calibration,
        "calibrated": found.calibrated,
    }


def _likelihood(hit: IncidentHit | RunbookHit) -> LikelihoodShape:
    return {
        "verdict": hit.verdict.value,
        "probability": hit.likelihood.probability,
        "probability_same": hit.likelihood.same,
    }


def _incident(hit: IncidentHit, rank: int) -> IncidentShape:
    return {
        "rank": rank,
        **_document(hit.document),
        "likelihood": _likelihood(hit),
        "score": _score(hit.score),
        "matched_terms": list(hit.matched_terms),
        "ties": [{"service": tie.service, "relation": tie.relation, "about": tie.about} for tie in hit.ties],
        "resolution": None if hit.resolution is None else _passage(hit.resolution),
        "recurrence": family_json.recurrence(hit.recurrence),
        "facts": facts_json.facts(hit.facts),
        "superseded": [facts_json.supersession(note) for note in hit.superseded],
        "passages": [_passage(passage) for passage in hit.passages],
        "evidence": evidence(hit.evidence),
    }


def _runbook(hit: RunbookHit, rank: int) -> RunbookShape:
    return {
        "rank": rank,
        **_document(hit.document),
        "likelihood": _likelihood(hit),
        "probability_by_text": hit.text_likelihood.probability,
        "score": _score(hit.score),
        "matched_terms": list(hit.matched_terms),
        "reasons": [
            {
                "source": reason.source,
                "subject": reason.subject,
                "path": list(reason.path),
                "probability": reason.probability,
            }
            for reason in hit.reasons
        ],
        "passages": [_passage(passage) for passage in hit.passages],
        "evidence": evidence(hit.evidence),
        "age": graph_json.age(hit.age),
    }


def _alike(result: SearchResult) -> list[AlikeRunbookShape]:
    return [{"service": one.service, "id": one.document_id, "title": one.title} for one in result.alike]


def _document(document: Document) -> DocumentShape:
    return {
        "id": document.id,
        "kind": document.kind.value,
        "title": document.title,
        "path": document.path,
        "source": document.source,
        "date": day(document.date),
        "severity": document.severity,
        "services": list(document.services),
        "tags": list(document.tags),
        "status": document.status,
        "duration_minutes": document.duration_minutes,
        "authors": list(document.authors),
    }


def _score(score: Score) -> ScoreShape:
    return {
        "total": score.total,
        "dense": score.dense,
        "lexical": score.lexical,
        "spelling": score.spelling,
        "title": score.title,
        "service": score.service,
        "links": score.links,
        "reranked": score.reranked,
        "feedback": score.feedback,
        "learned": score.learned,
    }


def _passage(passage: Passage) -> PassageShape:
    return {
        "chunk_id": passage.chunk_id,
        "role": passage.role.value,
        "headings": list(passage.headings),
        "path": passage.path,
        "first_line": passage.first_line,
        "last_line": passage.last_line,
        "text": passage.text,
        "matched_terms": list(passage.matched_terms),
        "similarity": passage.similarity,
    }
