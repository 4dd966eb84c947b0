"""The shapes of what ``--why-not`` prints under ``--json``; ``json_shapes`` lists them with the others."""

from typing import Annotated, TypedDict

from rca_search.cli.index_shapes import FreshnessShape
from rca_search.cli.question_shapes import QueryShape
from rca_search.cli.shape_types import IndexVersion, Version
from rca_search.cli.verdict_shapes import LikelihoodShape


class KeptOutShape(TypedDict):
    """One thing that keeps a document out of an answer."""

    barrier: Annotated[
        str,
        "as_of, exclude, kinds, services, severities, tags, since, until, or candidates: neither meaning nor "
        "words, spelling or title has it among the best that are ranked",
    ]
    wanted: Annotated[list[str], "what was asked for there"]


class FirstHitShape(TypedDict):
    """The hit in first place."""

    id: str
    title: str
    path: str
    likelihood: LikelihoodShape
    probability_by_text: Annotated[float, "without links and services; the same for incidents"]


class FeatureShareShape(TypedDict):
    """One feature of the model."""

    name: Annotated[str, "may change between releases"]
    value: float
    first_value: Annotated[float | None, "that of the first hit"]
    log_odds: Annotated[float, "what it adds"]
    first_log_odds: Annotated[float | None, "what it adds to the first hit's"]


class ContributionShape(TypedDict):
    """What one ground adds to the log odds of the probability by text."""

    ground: Annotated[
        str, "meaning, words, title, phrases, spelling, service, standing_out, or question: the same for all"
    ]
    log_odds: Annotated[float, "those of all grounds add up"]
    first_log_odds: Annotated[float | None, "the same of the first hit; null where there is none"]
    only_it: Annotated[
        list[str], "words, words in the title, services that it shares, the first hit does not"
    ]
    only_first: Annotated[list[str], "the reverse"]
    features: list[FeatureShareShape]


class ShiftShape(TypedDict):
    """What was added to the total besides the text."""

    by: Annotated[str, "service, links, reranked or feedback, as in Score"]
    amount: float
    first_amount: Annotated[float, "that of the first hit"]


class ChangeShape(TypedDict):
    """A single change, and what would have come of it."""

    kind: Annotated[str, "words, ground, link, filter, about, votes or rerank"]
    subject: Annotated[
        list[str], "words to say, ground to equal the first hit on, incident that would link, values left out"
    ]
    fields: Annotated[list[str], "the barriers that these values are of"]
    place: Annotated[int | None, "place that it would have; null for a ground, which is judged by itself"]
    likelihood: LikelihoodShape
    first: Annotated[bool, "whether it would come first; of a ground, be likelier than the first hit"]


class WhyNotShape(TypedDict):
    """``similar --why-not ID --json`` and ``runbooks --why-not ID --json``."""

    schema_version: Version
    query: QueryShape
    index_version: IndexVersion
    freshness: FreshnessShape
    id: Annotated[str, "the document that was expected"]
    kind: Annotated[str, "incident or runbook"]
    title: Annotated[str | None, "null where the document does not exist for the answer, as all below"]
    path: Annotated[str | None, "file below its source folder"]
    place: Annotated[int | None, "its place, from 1; null where something keeps it out"]
    of: Annotated[int, "documents that were ranked"]
    kept_out_by: Annotated[list[KeptOutShape], "empty where it has a place"]
    likelihood: LikelihoodShape | None
    probability_by_text: Annotated[float | None, "without links and services; the same for incidents"]
    first: Annotated[FirstHitShape | None, "null where there is no hit"]
    contributions: list[ContributionShape]
    shifts: Annotated[list[ShiftShape], "of the two, those that are not 0"]
    missing_terms: Annotated[
        list[str], "telling words of the question that the first hit has and it lacks, rarest first"
    ]
    present_terms: Annotated[list[str], "the reverse"]
    lacking_terms: Annotated[list[str], "words of the question that it lacks and some document has"]
    would_take: Annotated[
        list[ChangeShape], "the smallest single changes that put it first, or make it possible, or move it up"
    ]
    all_words: Annotated[ChangeShape | None, "all of lacking_terms said, where that does neither"]
    short_of_first: Annotated[
        float | None, "log odds that it is short of the first hit's; null where of none"
    ]
    short_of_possible: Annotated[float | None, "log odds that it is short of the line of possible"]
    question_lacks: Annotated[list[str], "what to add to a question that is too thin"]
    calibrated: Annotated[bool, "false where the calibration does not know the model or the reranker"]


COMMANDS = (WhyNotShape,)
"""What commands print."""
PARTS = (
    KeptOutShape, FirstHitShape, ContributionShape, FeatureShareShape, ShiftShape, ChangeShape,
)  # fmt: skip
"""What it consists of."""
