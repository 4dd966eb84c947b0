"""How far verdicts can be trusted: every judged question asked as it is, and where it has no answer.

Half of the questions have their judged documents left out, so that "nothing similar" would be right. The test
is hard: relatives that nobody judged stay behind, so that no search can separate the halves wholly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.calibration_measures import (
    Flags,
    Floats,
    auroc,
    brier,
    calibration_error,
    debiased_error,
    noise_floor,
    recall_at_precision,
)
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.off_topic import off_topic
from rca_search.evaluation.run import Progress, silent
from rca_search.models import Judgement, Kind, Query, Verdict
from rca_search.service import SearchService

PROMISE = 0.8

MEASURES = (
    "auroc",
    "recall@p80",
    "auroc_foreign",
    "off_topic_rejected",
    "calibrated",
    "brier_skill",
)
"""Measures that a threshold can be set for: higher is better for each.

``calibrated`` is 1 less the debiased calibration error, ``brier_skill`` 1 less the Brier score over that of
giving every question the same probability.
"""


@dataclass(frozen=True, slots=True)
class VerdictOutcome:
    """What was said of one question as it is and with what it is to find left out."""

    query_id: str
    present: Judgement
    removed: Judgement


@dataclass(frozen=True, slots=True)
class VerdictScores:
    """The figures over ``questions`` judged questions, each asked twice; what was not asked is None.

    ``error`` is the calibration error in five bins of equal mass, ``floor`` that of a perfect model with the
    same probabilities, by simulation.
    """

    version: str
    kind: Kind | None
    questions: int
    unjudged: int
    measures: Mapping[str, float | None]
    error: float
    floor: float
    debiased_error: float
    brier: float
    verdicts: Mapping[str, Mapping[str, int]]
    outcomes: Sequence[VerdictOutcome]
    off_topic: int
    foreign: str | None


def score_verdicts(
    service: SearchService,
    queries: Sequence[JudgedQuery],
    *,
    kind: Kind | None = None,
    foreign: SearchService | None = None,
    progress: Progress = silent,
) -> VerdictScores:
    """Ask every judged question twice, once more in ``foreign`` if that is given, and what is off topic.

    Raises InvalidRequestError where no question has a judged document in the index.
    """
    judged = [(query, *_on_record(service, query)) for query in queries]
    asked = [(query, own, relevant) for query, own, relevant in judged if relevant]
    if not asked:
        raise InvalidRequestError(
            "No query has a judged document in the index.", remedy="Pass the judgements of this index."
        )
    strangers = off_topic()
    total = len(asked) + len(strangers)
    outcomes: list[VerdictOutcome] = []
    elsewhere: list[Judgement] = []
    for done, (query, own, relevant) in enumerate(asked, start=1):
        present = _judged(service, query.text, own, kind)
        removed = _judged(service, query.text, [*own, *relevant], kind)
        outcomes.append(VerdictOutcome(query.id, present, removed))
        if foreign is not None:
            elsewhere.append(_judged(foreign, query.text, [], None))
        progress(done, total)
    turned_away = list(_off_topic(service, kind, len(asked), total, progress))
    return _scores(service, kind, outcomes, elsewhere, turned_away, len(queries) - len(asked), foreign)


def _on_record(service: SearchService, query: JudgedQuery) -> tuple[list[str], list[str]]:
    own = service.find(query.own) if query.own is not None else None
    found = (service.find(name) for name in query.relevant)
    relevant = dict.fromkeys(name for name in found if name is not None and name != own)
    return [own] if own is not None else [], list(relevant)


def _judged(service: SearchService, text: str, exclude: Sequence[str], kind: Kind | None) -> Judgement:
    result = service.search(Query(text, limit=1, exclude=tuple(exclude), precision=PROMISE))
    if kind is None:
        return result.overall
    return result.runbook_judgement if kind is Kind.RUNBOOK else result.judgement


def _off_topic(
    service: SearchService, kind: Kind | None, before: int, total: int, progress: Progress
) -> Iterator[Judgement]:
    for done, question in enumerate(off_topic(), start=1):
        yield _judged(service, question.text, [], kind)
        progress(before + done, total)


def _scores(
    service: SearchService,
    kind: Kind | None,
    outcomes: Sequence[VerdictOutcome],
    elsewhere: Sequence[Judgement],
    turned_away: Sequence[Judgement],
    unjudged: int,
    foreign: SearchService | None,
) -> VerdictScores:
    present = [outcome.present for outcome in outcomes]
    removed = [outcome.removed for outcome in outcomes]
    probabilities, labels = _probabilities(present, removed)
    base = float(labels.mean()) * (1 - float(labels.mean()))
    score, debiased = brier(probabilities, labels), debiased_error(probabilities, labels)
    rejected = sum(not judgement.verdict.found for judgement in turned_away)
    return VerdictScores(
        version=service.version,
        kind=kind,
        questions=len(outcomes),
        unjudged=unjudged,
        measures={
            "auroc": auroc(probabilities, labels),
            "recall@p80": recall_at_precision(probabilities, labels, PROMISE),
            "auroc_foreign": auroc(*_probabilities(present, elsewhere)) if elsewhere else None,
            "off_topic_rejected": rejected / len(turned_away),
            "calibrated": 1 - debiased,
            "brier_skill": 1 - score / base,
        },
        error=calibration_error(probabilities, labels),
        floor=noise_floor(probabilities),
        debiased_error=debiased,
        brier=score,
        verdicts={
            "present": _counted(present),
            "removed": _counted(removed),
            **({"foreign": _counted(elsewhere)} if elsewhere else {}),
            "off_topic": _counted(turned_away),
        },
        outcomes=outcomes,
        off_topic=len(turned_away),
        foreign=foreign.version if foreign is not None else None,
    )


def _probabilities(right: Sequence[Judgement], wrong: Sequence[Judgement]) -> tuple[Floats, Flags]:
    values = [judgement.likelihood.probability for judgement in (*right, *wrong)]
    return np.asarray(values, dtype=np.float64), np.arange(len(values)) < len(right)


def _counted(judgements: Sequence[Judgement]) -> dict[str, int]:
    return {
        verdict.value: sum(judgement.verdict is verdict for judgement in judgements) for verdict in Verdict
    }
