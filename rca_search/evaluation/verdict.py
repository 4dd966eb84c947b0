"""How far verdicts can be trusted: judged questions, and questions that nothing can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.calibration_measures import auroc, debiased_error
from rca_search.evaluation.dataset import JudgedQuery, graded
from rca_search.evaluation.ladder import (
    DENIED,
    LOOKED_AT,
    PROMISE,
    Answer,
    HitRow,
    JudgedHit,
    Kept,
    by_group,
    by_rank,
    judged_first,
    promises,
    share_found,
)
from rca_search.evaluation.off_topic import OffTopic, off_topic
from rca_search.evaluation.run import Progress, silent
from rca_search.models import IncidentHit, Judgement, Kind, Query, RunbookHit, SearchResult, Verdict
from rca_search.service import SearchService

SLICE = "style"
"""Key of a question's metadata that hits are also told apart by."""

MEASURES = (
    "same_right",
    "likely_right",
    "possible_right",
    "nothing_right",
    "not_denied",
    "nothing_rejected",
    "off_topic_rejected",
    "auroc",
    "calibrated",
)
"""Measures that a threshold can be set for: higher is better for each.

The first five are those of ``ladder.promises``, the fourth and fifth as 1 less the share.
``nothing_rejected`` and ``off_topic_rejected`` are the shares of the questions without an answer that were
told so. ``auroc`` tells how well the probability of the first hit separates relevant ones from others, those
of ``nothing`` among them; ``calibrated`` is 1 less the debiased calibration error of the first hits.
"""

JUDGED, NOTHING, OFF_TOPIC, FOREIGN = "judged", "nothing", "off_topic", "foreign"


@dataclass(frozen=True, slots=True)
class VerdictScores:
    """The figures over judged questions and such without an answer; what was not asked is None or not there.

    ``answers`` are by the sort of question: ``judged``, ``nothing`` (those given), ``off_topic`` (the
    built-in ones), and the judged ones in a ``foreign`` index. ``unjudged`` questions were not asked.
    ``hits`` tell whether probabilities hold, by rank and by group of questions.
    """

    version: str
    foreign: str | None
    kind: Kind | None
    unjudged: int
    answers: Mapping[str, Sequence[Answer]]
    promises: Mapping[str, Kept]
    hits: Sequence[HitRow]
    measures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Material:
    """What to ask: judged questions, those of one's own that nothing answers, and perhaps another index."""

    judged: Sequence[JudgedQuery]
    nothing: Sequence[OffTopic] = ()
    foreign: SearchService | None = None


def score_verdicts(
    service: SearchService, material: Material, *, kind: Kind | None = None, progress: Progress = silent
) -> VerdictScores:
    """Ask everything, and look at the hits of ``kind``, or at those that the verdict over all is about.

    Raises InvalidRequestError where no question has a judged document in the index.
    """
    asked = [(query, *graded(query, service.find)) for query in material.judged]
    asked = [each for each in asked if each[-1]]
    if not asked:
        raise InvalidRequestError(
            "No query has a judged document in the index.", remedy="Pass the judgements of this index."
        )
    total = len(asked) * (1 if material.foreign is None else 2) + len(material.nothing) + len(off_topic())
    answers: dict[str, list[Answer]] = {}
    for done, (sort, answer) in enumerate(_ask_all(service, material, asked, kind), start=1):
        answers.setdefault(sort, []).append(answer)
        progress(done, total)
    nothing = answers.get(NOTHING, [])
    kept = promises(answers[JUDGED])
    return VerdictScores(
        version=service.version,
        foreign=None if material.foreign is None else material.foreign.version,
        kind=kind,
        unjudged=len(material.judged) - len(asked),
        answers=answers,
        promises=kept,
        hits=(*by_rank(answers[JUDGED]), *by_group(answers[JUDGED]), *by_group(nothing)),
        measures={**_promised(kept), **_measured(answers[JUDGED], nothing, answers[OFF_TOPIC])},
    )


def _ask_all(
    service: SearchService,
    material: Material,
    asked: Sequence[tuple[JudgedQuery, str | None, Mapping[str, int]]],
    kind: Kind | None,
) -> Iterator[tuple[str, Answer]]:
    """Ask everything, and yield each answer with the sort of its question."""
    for query, own, grades in asked:
        exclude = () if own is None else (own,)
        group = str(query.metadata.get(SLICE) or "")
        result = service.search(Query(query.text, limit=LOOKED_AT, exclude=exclude, precision=PROMISE))
        yield JUDGED, _answer(query.id, f"{SLICE}: {group}" if group else "", result, kind, grades.get)
        if material.foreign is not None:
            yield FOREIGN, _in_vain(material.foreign, query.id, query.text, "", None)
    for sort, questions in ((NOTHING, material.nothing), (OFF_TOPIC, off_topic())):
        for number, each in enumerate(questions, start=1):
            yield sort, _in_vain(service, f"{sort} {number}", each.text, f"{sort}: {each.sort}", kind)


def _in_vain(service: SearchService, name: str, text: str, group: str, kind: Kind | None) -> Answer:
    """Ask what nothing answers: whatever comes back is irrelevant."""
    result = service.search(Query(text, limit=LOOKED_AT, precision=PROMISE))
    return _answer(name, group, result, kind, lambda _: 0)


def _answer(
    name: str, group: str, result: SearchResult, kind: Kind | None, grade: Callable[[str], int | None]
) -> Answer:
    judgement, hits = _looked_at(result, kind)
    graded = (JudgedHit(hit.document.id, hit.likelihood.probability, grade(hit.document.id)) for hit in hits)
    return Answer(name, group, judgement.verdict, judgement.likelihood.probability, tuple(graded))


def _looked_at(
    result: SearchResult, kind: Kind | None
) -> tuple[Judgement, Sequence[IncidentHit | RunbookHit]]:
    """Return the verdict over the hits of ``kind``, or that over all, and the hits that it is about."""
    if kind is None:
        kind = Kind.RUNBOOK if result.overall is result.runbook_judgement else Kind.INCIDENT
    if kind is Kind.RUNBOOK:
        return result.runbook_judgement, result.runbooks
    return result.judgement, result.incidents


def _promised(kept: Mapping[str, Kept]) -> dict[str, float | None]:
    shares = {name: each.share for name, each in kept.items()}
    wrong, denied = shares[Verdict.NOTHING_SIMILAR.value], shares[DENIED]
    return {
        "same_right": shares[Verdict.SAME.value],
        "likely_right": shares[Verdict.LIKELY.value],
        "possible_right": shares[Verdict.POSSIBLE.value],
        "nothing_right": None if wrong is None else 1 - wrong,
        "not_denied": None if denied is None else 1 - denied,
    }


def _measured(
    judged: Sequence[Answer], nothing: Sequence[Answer], off_topic_answers: Sequence[Answer]
) -> dict[str, float | None]:
    said, relevant = judged_first(judged)
    return {
        "nothing_rejected": 1 - share_found(nothing) if nothing else None,
        "off_topic_rejected": 1 - share_found(off_topic_answers),
        "auroc": auroc(*judged_first([*judged, *nothing])),
        "calibrated": 1 - debiased_error(said, relevant) if len(said) else None,
    }
