"""The shapes of what ``eval --json`` prints; ``json_shapes`` lists them with the others."""

from typing import Annotated, NotRequired, TypedDict

from rca_search.cli.shape_types import IndexVersion, Version

Measure = float | None


class QuestionShape(TypedDict):
    """One question of ``eval --worst``."""

    id: str
    text: str
    measures: dict[str, float]
    relevant: Annotated[dict[str, int], "judged documents and their grades"]
    ranking: Annotated[list[str], "the first ten documents"]


class IntervalShape(TypedDict):
    """Percentile bootstrap interval of a mean, 95 %."""

    low: float
    high: float


class GroupShape(TypedDict):
    """The questions that share a value of their metadata."""

    key: Annotated[str, "as `--by` names it; a replay has year, service and joined"]
    value: Annotated[str, "a question with a list counts for each of its values"]
    queries: int
    measures: Annotated[dict[str, float], "means over these questions"]
    intervals: dict[str, IntervalShape]


class SetupShape(TypedDict):
    """What was evaluated, so that a figure can be made again."""

    release: Annotated[str, "version of rca-search"]
    model: Annotated[str, "the model that made the vectors"]
    precision: Annotated[str | None, "of its weights, null where it is not known"]
    store: Annotated[str, "the engine that holds the vectors"]
    source_revision: Annotated[str | None, "git commit of the sources when the index was last checked"]
    documents: Annotated[dict[str, int], "documents by kind"]
    chunks: int
    reranker: Annotated[str | None, "cross-encoder of `--rerank`"]
    ranking: Annotated[dict[str, float], "every number that the ranking depends on"]
    seed: Annotated[int, "of the resampling, and of the sample of a replay"]
    resamples: Annotated[int, "of the questions, for each interval"]


class OutcomeShape(TypedDict):
    """One question of ``eval --outcomes``."""

    id: str
    digest: Annotated[str, "of text and judgements: equal where a later run asks the same"]
    measures: dict[str, float]


class ChangeShape(TypedDict):
    """What became of one measure."""

    difference: Annotated[float, "mean now less mean before"]
    interval: Annotated[IntervalShape, "of the mean difference, questions paired"]
    rose: Annotated[int, "questions that are better now"]
    fell: Annotated[int, "questions that are worse now"]


class ComparisonShape(TypedDict):
    """``eval --compare``: this run against a former one."""

    index_version: Annotated[str, "version of the index of the former run"]
    queries: Annotated[int, "questions that both asked alike; all else is over these"]
    altered: Annotated[int, "questions with another text or other judgements now, left out"]
    only_before: Annotated[int, "questions asked in the former run only"]
    only_now: Annotated[int, "questions asked in this run only"]
    measures: dict[str, ChangeShape]


class CheckShape(TypedDict):
    """One threshold of ``eval --fail-under``."""

    measure: str
    least: Annotated[float, "the threshold"]
    mean: Measure
    passed: bool
    uncertain: Annotated[bool, "the interval of the mean includes the threshold"]


class GateShape(TypedDict):
    """``eval --fail-under``: whether the thresholds are met; where not, the exit code is 6."""

    passed: bool
    enforced: Annotated[bool, "false in a replay with too few cases, which always passes"]
    checks: list[CheckShape]


class ReplayShape(TypedDict):
    """``eval --replay``: which incidents were asked again."""

    enough: Annotated[bool, "whether there are enough cases to trust the figures"]
    needed: Annotated[int, "cases from which on there are"]
    cases: Annotated[int, "incidents asked again"]
    found: Annotated[int, "incidents that could be; of more than 500 a sample is asked, even over time"]
    incidents: Annotated[int, "incidents in the index"]
    undated: Annotated[int, "incidents without a date, which are in no answer"]
    unresolved_links: Annotated[int, "links in incidents that mean no document, or several"]
    skipped: Annotated[
        dict[str, int], "incidents that are no case: no_date, no_earlier_link, no_symptom_text"
    ]


EvalShape = TypedDict(
    "EvalShape",
    {
        "schema_version": Version,
        "index_version": IndexVersion,
        "kind": Annotated[str | None, "incident, runbook, or null for all documents"],
        "queries": Annotated[int, "questions with at least one relevant document; means are over these"],
        "unjudged": Annotated[int, "questions without, left out"],
        "missing": Annotated[list[str], "judged documents that the index lacks"],
        "hit@1": Annotated[
            Measure,
            "share of questions with a relevant document in first place; all null in a replay without a case",
        ],
        "hit@5": Measure,
        "hit@10": Measure,
        "recall@10": Annotated[Measure, "share of the relevant documents among the first ten"],
        "recall@100": Measure,
        "ndcg@10": Annotated[Measure, "normalised discounted cumulative gain, linear gains"],
        "mrr": Annotated[Measure, "mean reciprocal rank of the first relevant document, to depth 100"],
        "section@1": Annotated[
            Measure,
            "share of right first runbooks that open at the section gold_heading names",
        ],
        "section_queries": Annotated[int, "questions that section@1 is over"],
        "intervals": Annotated[dict[str, IntervalShape], "of each mean"],
        "groups": Annotated[list[GroupShape], "by key and value"],
        "setup": SetupShape,
        "replay": NotRequired[Annotated[ReplayShape, "under `--replay`"]],
        "comparison": NotRequired[Annotated[ComparisonShape, "under `--compare`"]],
        "gate": NotRequired[Annotated[GateShape, "under `--fail-under`"]],
        "outcomes": NotRequired[Annotated[list[OutcomeShape], "under `--outcomes`: every question"]],
        "worst": NotRequired[Annotated[list[QuestionShape], "under `--worst N`: lowest ndcg@10 first"]],
    },
)
EvalShape.__doc__ = "``eval --json``."


class AgreementShape(TypedDict):
    """B-cubed precision and recall, and their harmonic mean."""

    precision: Annotated[float, "share of an incident's family that has its failure, averaged"]
    recall: Annotated[float, "share of the incidents with its failure that are in its family, averaged"]
    f_measure: float


class EvalFamiliesShape(TypedDict):
    """``eval --families --json``."""

    schema_version: Version
    index_version: IndexVersion
    judged: Annotated[int, "documents that the averages are over"]
    failures: Annotated[int, "true groups of two or more judged documents"]
    families: Annotated[int, "families in the index, of judged documents or not"]
    agreement: AgreementShape
    alone: Annotated[AgreementShape, "the same figures if no incident were in a family"]
    missing: Annotated[list[str], "judged documents that are not among the incidents that count"]


class GradedHitShape(TypedDict):
    """A hit of a question of ``eval --verdict``."""

    id: str
    probability: Annotated[float, "that was said of it"]
    grade: Annotated[int | None, "2 the same failure, 1 related, 0 no help; null where nobody judged it"]


class VerdictOutcomeShape(TypedDict):
    """One question of ``eval --verdict``."""

    sort: Annotated[str, "judged or nothing"]
    id: Annotated[str, "that of the question, or its number in the file of --nothing"]
    group: Annotated[str, "what its hits are counted under, empty where nothing"]
    verdict: str
    probability: Annotated[float, "that something is on record"]
    hits: Annotated[list[GradedHitShape], "the first three"]


class PromiseShape(TypedDict):
    """What came of what a verdict promises."""

    answers: Annotated[int, "answers that it is about"]
    unjudged: Annotated[int, "of these left out, since nobody judged what decides"]
    share: Annotated[float | None, "of the rest"]


class HitRowShape(TypedDict):
    """Whether probabilities of hits hold."""

    name: Annotated[str, "rank 1 to 3, a style of the judged questions, or a kind of those of --nothing"]
    hits: Annotated[int, "hits that were judged"]
    unjudged: Annotated[int, "hits that were not, left out"]
    probability: Annotated[float | None, "mean of what was said of them"]
    relevant: Annotated[float | None, "share of them that is relevant"]
    error: Annotated[float | None, "calibration error over five bins of equal mass"]


class VerdictEvalShape(TypedDict):
    """``eval --verdict --json``."""

    schema_version: Version
    index_version: IndexVersion
    foreign_version: Annotated[str | None, "version of the index that `--foreign` names"]
    kind: Annotated[str | None, "incident, runbook, or null for the verdict over the answer"]
    unjudged: Annotated[int, "questions without a judged document in the index, left out"]
    asked: Annotated[dict[str, int], "questions by sort: judged, nothing, off_topic, foreign"]
    promises: Annotated[
        dict[str, PromiseShape], "same, likely, possible, nothing_similar, denied: docs/evaluation.md"
    ]
    rungs: Annotated[dict[str, dict[str, float]], "by sort: share of questions that got each verdict"]
    hits: list[HitRowShape]
    measures: Annotated[dict[str, Measure], "what --fail-under takes; higher is better"]
    outcomes: list[VerdictOutcomeShape]
    gate: NotRequired[Annotated[GateShape, "under `--fail-under`"]]


PARTS = (
    AgreementShape,
    SetupShape, IntervalShape, GroupShape, ReplayShape, ComparisonShape, ChangeShape, GateShape, CheckShape,
    OutcomeShape, QuestionShape, VerdictOutcomeShape, GradedHitShape, PromiseShape, HitRowShape,
)  # fmt: skip
"""What it consists of."""
