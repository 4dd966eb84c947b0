"""How well questions are answered: what ``eval ... --json`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from pydantic import ConfigDict, Field

from rca_search.evaluation.compare import Comparison, digest
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.gate import Check
from rca_search.evaluation.intervals import RESAMPLES, SEED
from rca_search.evaluation.ladder import Answer as VerdictAnswer
from rca_search.evaluation.ladder import rungs
from rca_search.evaluation.replay import ENOUGH, ReplaySet
from rca_search.evaluation.run import MEASURES, OPTIONAL, SECTION, QueryOutcome
from rca_search.evaluation.scores import Evaluation, Setup
from rca_search.evaluation.summary import Group
from rca_search.evaluation.verdict import VerdictScores
from rca_search.schemas.base import Answer, Schema

RANKING_SHOWN = 10
_LISTED = ("judged", "nothing")
"""Sorts of questions for verdicts whose outcomes are listed one by one: those that were given."""


class QuestionInfo(Schema):
    """One question of ``--worst``."""

    id: str
    text: str
    measures: dict[str, float]
    relevant: dict[str, int] = Field(description="Judged documents and their grades.")
    ranking: list[str] = Field(description="The first ten documents.")

    @classmethod
    def from_result(cls, query: JudgedQuery, outcome: QueryOutcome) -> Self:
        """Take over a question and what came of it."""
        return cls(
            id=query.id,
            text=query.text,
            measures=dict(outcome.measures),
            relevant=dict(query.relevant),
            ranking=list(outcome.ranking[:RANKING_SHOWN]),
        )


class IntervalInfo(Schema):
    """Percentile bootstrap interval of a mean, 95 %."""

    low: float
    high: float


class GroupInfo(Schema):
    """The questions that share a value of their metadata."""

    key: str = Field(description="As `--by` names it; a replay has year, service and joined.")
    value: str = Field(description="A question with a list counts for each of its values.")
    queries: int
    measures: dict[str, float] = Field(description="Means over these questions.")
    intervals: dict[str, IntervalInfo]

    @classmethod
    def from_result(cls, group: Group) -> Self:
        """Take over a group with its summary."""
        summary = group.summary
        fields = {"queries": summary.queries, "measures": summary.means, "intervals": summary.intervals}
        return cls.model_validate({"key": group.key, "value": group.value, **fields})


class SetupInfo(Schema):
    """What was evaluated, so that a figure can be made again."""

    release: str = Field(description="Version of rca-search.")
    model: str = Field(description="The model that made the vectors.")
    precision: str | None = Field(description="Of its weights, null where it is not known.")
    store: str = Field(description="The engine that holds the vectors.")
    source_revision: str | None = Field(
        description="Git commit of the sources when the index was last checked."
    )
    documents: dict[str, int] = Field(description="Documents by kind.")
    chunks: int
    reranker: str | None = Field(description="Cross-encoder of `--rerank`.")
    ranking: dict[str, float] = Field(description="Every number that the ranking depends on.")
    seed: int = Field(description="Of the resampling, and of the sample of a replay.")
    resamples: int = Field(description="Of the questions, for each interval.")

    @classmethod
    def from_result(cls, setup: Setup) -> Self:
        """Take over what was evaluated."""
        status = setup.status
        return cls(
            release=setup.release,
            model=status.encoder,
            precision=setup.precision,
            store=status.store,
            source_revision=status.freshness.source_revision,
            documents=dict(status.documents),
            chunks=status.chunks,
            reranker=setup.reranker,
            ranking=dict(setup.ranking),
            seed=SEED,
            resamples=RESAMPLES,
        )


class OutcomeInfo(Schema):
    """One question of ``--outcomes``."""

    id: str
    digest: str = Field(description="Of text and judgements: equal where a later run asks the same.")
    measures: dict[str, float]


class ChangeInfo(Schema):
    """What became of one measure."""

    difference: float = Field(description="Mean now less mean before.")
    interval: IntervalInfo = Field(description="Of the mean difference, questions paired.")
    rose: int = Field(description="Questions that are better now.")
    fell: int = Field(description="Questions that are worse now.")


class ComparisonInfo(Schema):
    """``--compare``: this run against a former one."""

    index_version: str = Field(description="Version of the index of the former run.")
    queries: int = Field(description="Questions that both asked alike; all else is over these.")
    altered: int = Field(description="Questions with another text or other judgements now, left out.")
    only_before: int = Field(description="Questions asked in the former run only.")
    only_now: int = Field(description="Questions asked in this run only.")
    measures: dict[str, ChangeInfo]

    @classmethod
    def from_result(cls, found: Comparison) -> Self:
        """Take over a comparison."""
        measures = {
            name: ChangeInfo(
                difference=change.mean,
                interval=IntervalInfo.model_validate(change.interval),
                rose=change.rose,
                fell=change.fell,
            )
            for name, change in found.changes.items()
        }
        return cls(
            index_version=found.version,
            queries=found.queries,
            altered=found.altered,
            only_before=found.only_before,
            only_now=found.only_now,
            measures=measures,
        )


class CheckInfo(Schema):
    """One threshold of ``--fail-under``."""

    measure: str
    least: float = Field(description="The threshold.")
    mean: float | None
    passed: bool
    uncertain: bool = Field(description="The interval of the mean includes the threshold.")

    @classmethod
    def from_result(cls, check: Check) -> Self:
        """Take over what a threshold came to."""
        return cls(
            measure=check.threshold.measure,
            least=check.threshold.least,
            mean=check.mean,
            passed=check.passed,
            uncertain=check.uncertain,
        )


class GateInfo(Schema):
    """``--fail-under``: whether the thresholds are met; where not, the exit code is 6."""

    passed: bool
    enforced: bool = Field(description="False in a replay with too few cases, which always passes.")
    checks: list[CheckInfo]

    @classmethod
    def from_result(cls, checks: Sequence[Check], *, passed: bool, enforced: bool = True) -> Self | None:
        """Take over what the thresholds came to; None where there are none."""
        told = [CheckInfo.from_result(check) for check in checks]
        return cls(passed=passed, enforced=enforced, checks=told) if told else None


class ReplayInfo(Schema):
    """``eval replay``: which incidents were asked again."""

    enough: bool = Field(description="Whether there are enough cases to trust the figures.")
    needed: int = Field(description="Cases from which on there are.")
    cases: int = Field(description="Incidents asked again.")
    found: int = Field(
        description="Incidents that could be; of more than 500 a sample is asked, even over time."
    )
    incidents: int = Field(description="Incidents in the index.")
    undated: int = Field(description="Incidents without a date, which are in no answer.")
    unresolved_links: int = Field(description="Links in incidents that mean no document, or several.")
    skipped: dict[str, int] = Field(
        description="Incidents that are no case: no_date, no_earlier_link, no_symptom_text."
    )

    @classmethod
    def from_result(cls, replay: ReplaySet) -> Self:
        """Take over which cases there were."""
        return cls(
            enough=replay.enough,
            needed=ENOUGH,
            cases=len(replay.cases),
            found=replay.found,
            incidents=replay.incidents,
            undated=replay.undated,
            unresolved_links=replay.unresolved,
            skipped={reason.value: number for reason, number in replay.skipped.items()},
        )


class EvalResponse(Answer):
    """How well judged questions are answered."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    index_version: str = Field(description="Version of the index that answered.")
    kind: str | None = Field(description="Incident, runbook, or null for all documents.")
    queries: int = Field(description="Questions with at least one relevant document; means are over these.")
    unjudged: int = Field(description="Questions without, left out.")
    missing: list[str] = Field(description="Judged documents that the index lacks.")
    hit_at_1: float | None = Field(
        alias="hit@1",
        description="Share of questions with a relevant document in first place; all null in a replay "
        "without a case.",
    )
    hit_at_5: float | None = Field(alias="hit@5")
    hit_at_10: float | None = Field(alias="hit@10")
    recall_at_10: float | None = Field(
        alias="recall@10", description="Share of the relevant documents among the first ten."
    )
    recall_at_100: float | None = Field(alias="recall@100")
    ndcg_at_10: float | None = Field(
        alias="ndcg@10", description="Normalised discounted cumulative gain, linear gains."
    )
    mrr: float | None = Field(
        description="Mean reciprocal rank of the first relevant document, to depth 100."
    )
    section_at_1: float | None = Field(
        alias="section@1",
        description="Share of right first runbooks that open at the section gold_heading names.",
    )
    section_queries: int = Field(description="Questions that section@1 is over.")
    intervals: dict[str, IntervalInfo] = Field(description="Of each mean.")
    groups: list[GroupInfo] = Field(description="By key and value.")
    setup: SetupInfo
    replay: ReplayInfo | None = Field(default=None, description="Under `eval replay`.")
    comparison: ComparisonInfo | None = Field(default=None, description="Under `--compare`.")
    gate: GateInfo | None = Field(default=None, description="Under `--fail-under`.")
    outcomes: list[OutcomeInfo] | None = Field(
        default=None, description="Under `--outcomes`: every question."
    )
    worst: list[QuestionInfo] | None = Field(
        default=None, description="Under `--worst N`: lowest ndcg@10 first."
    )

    @classmethod
    def from_result(cls, found: Evaluation, *, outcomes: bool) -> Self:
        """Take over an evaluation; ``outcomes`` adds those of every question."""
        scores, summary = found.scores, found.scores.summary
        body: dict[str, Any] = {
            **{name: summary.means.get(name) for name in (*MEASURES, *OPTIONAL)},
            "index_version": found.setup.status.freshness.version,
            "kind": None if scores.kind is None else scores.kind.value,
            "queries": summary.queries,
            "unjudged": scores.unjudged,
            "missing": list(scores.missing),
            "section_queries": summary.counts.get(SECTION, 0),
            "intervals": summary.intervals,
            "groups": [GroupInfo.from_result(group) for group in scores.groups],
            "setup": SetupInfo.from_result(found.setup),
            "replay": scores.replay and ReplayInfo.from_result(scores.replay),
            "comparison": found.comparison and ComparisonInfo.from_result(found.comparison),
            "gate": GateInfo.from_result(found.checks, passed=found.passed, enforced=found.enforced),
            "outcomes": _outcomes(found) if outcomes else None,
            "worst": [QuestionInfo.from_result(*one) for one in found.worst] or None,
        }
        return cls.model_validate(body)


def _outcomes(found: Evaluation) -> list[OutcomeInfo]:
    digests = {query.id: digest(query) for query in found.scores.queries}
    return [
        OutcomeInfo(id=one.query_id, digest=digests[one.query_id], measures=dict(one.measures))
        for one in found.scores.outcomes
    ]


class GradedHitInfo(Schema):
    """A hit of a question of ``eval verdict``."""

    id: str
    probability: float = Field(description="That was said of it.")
    grade: int | None = Field(
        description="2 the same failure, 1 related, 0 no help; null where nobody judged it."
    )


class VerdictOutcomeInfo(Schema):
    """One question of ``eval verdict``."""

    sort: str = Field(description="Judged or nothing.")
    id: str = Field(description="That of the question, or its number in the file of --nothing.")
    group: str = Field(description="What its hits are counted under, empty where nothing.")
    verdict: str
    probability: float = Field(description="That something is on record.")
    hits: list[GradedHitInfo] = Field(description="The first three.")

    @classmethod
    def from_result(cls, sort: str, answer: VerdictAnswer) -> Self:
        """Take over an answer to a question of that ``sort``."""
        hits = [
            GradedHitInfo(id=hit.document, probability=hit.probability, grade=hit.grade)
            for hit in answer.hits
        ]
        return cls(
            sort=sort,
            id=answer.question,
            group=answer.group,
            verdict=answer.verdict.value,
            probability=answer.probability,
            hits=hits,
        )


class PromiseInfo(Schema):
    """What came of what a verdict promises."""

    answers: int = Field(description="Answers that it is about.")
    unjudged: int = Field(description="Of these left out, since nobody judged what decides.")
    share: float | None = Field(description="Of the rest.")


class HitRowInfo(Schema):
    """Whether probabilities of hits hold."""

    name: str = Field(
        description="Rank 1 to 3, a style of the judged questions, or a kind of those of --nothing."
    )
    hits: int = Field(description="Hits that were judged.")
    unjudged: int = Field(description="Hits that were not, left out.")
    probability: float | None = Field(description="Mean of what was said of them.")
    relevant: float | None = Field(description="Share of them that is relevant.")
    error: float | None = Field(description="Calibration error over five bins of equal mass.")


class VerdictEvalResponse(Answer):
    """``eval verdict --json``."""

    index_version: str = Field(description="Version of the index that answered.")
    foreign_version: str | None = Field(description="Version of the index that `--foreign` names.")
    kind: str | None = Field(description="Incident, runbook, or null for the verdict over the answer.")
    unjudged: int = Field(description="Questions without a judged document in the index, left out.")
    asked: dict[str, int] = Field(description="Questions by sort: judged, nothing, off_topic, foreign.")
    promises: dict[str, PromiseInfo] = Field(
        description="Same, likely, possible, nothing_similar, denied: docs/evaluation.md."
    )
    rungs: dict[str, dict[str, float]] = Field(
        description="By sort: share of questions that got each verdict."
    )
    hits: list[HitRowInfo]
    measures: dict[str, float | None] = Field(description="What --fail-under takes; higher is better.")
    outcomes: list[VerdictOutcomeInfo]
    gate: GateInfo | None = Field(default=None, description="Under `--fail-under`.")

    @classmethod
    def from_result(cls, scores: VerdictScores, checks: Sequence[Check]) -> Self:
        """Take over the figures, and what the thresholds came to."""
        outcomes = [
            VerdictOutcomeInfo.from_result(sort, answer)
            for sort, answers in scores.answers.items()
            if sort in _LISTED
            for answer in answers
        ]
        return cls(
            index_version=scores.version,
            foreign_version=scores.foreign,
            kind=scores.kind.value if scores.kind else None,
            unjudged=scores.unjudged,
            asked={sort: len(answers) for sort, answers in scores.answers.items()},
            promises={name: PromiseInfo.model_validate(kept) for name, kept in scores.promises.items()},
            rungs={sort: dict(rungs(answers)) for sort, answers in scores.answers.items()},
            hits=[HitRowInfo.model_validate(row) for row in scores.hits],
            measures=dict(scores.measures),
            outcomes=outcomes,
            gate=GateInfo.from_result(checks, passed=all(check.passed for check in checks)),
        )
