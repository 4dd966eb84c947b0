"""The shapes of verdicts and calibrations under ``--json``; ``json_shapes`` lists them with the others."""

from typing import Annotated, TypedDict

from rca_search.cli.shape_types import Version

VerdictName = Annotated[str, "same, likely, possible, nothing_similar or too_thin"]


class JudgementShape(TypedDict):
    """The verdict over the hits of one kind."""

    verdict: VerdictName
    probability: Annotated[float, "that the best hit is the same or a related one, 0 to 1"]
    probability_same: Annotated[float, "that the same one is, never larger"]
    precision: Annotated[
        float, "promised share of right ones among the answers called likely; among same, half-way to 1"
    ]
    nearest: Annotated[str | None, "id of the nearest miss where nothing is similar"]
    missing: Annotated[list[str], "what to add to a question that is too thin"]
    calibration: Annotated[str, "default, or own where the index was calibrated"]
    calibrated: Annotated[
        bool, "false where that does not know the model or the reranker: nothing is promised"
    ]


class LikelihoodShape(TypedDict):
    """How likely a hit is what was asked for."""

    verdict: VerdictName
    probability: Annotated[float, "that it is the same or a related one, 0 to 1"]
    probability_same: Annotated[float, "that it is the same one, never larger"]


class CalibrateShape(TypedDict):
    """``calibrate --json``."""

    schema_version: Version
    index_version: Annotated[str, "the version that is current now"]
    calibration: Annotated[str, "default or own: what counts from now on"]
    reason: Annotated[str, "fitted, confirmed, too_few_cases, no_better or reset"]
    cases: Annotated[int, "incidents that could be asked again"]
    needed: Annotated[int, "cases from which on an own calibration is fitted"]
    votes: Annotated[int, "votes that say whether an incident was the same failure"]
    voted: Annotated[bool, "whether these changed how sure hits are said to be the same failure"]
    before: Annotated[
        dict[str, object] | None, "figures of the default: questions, auroc, error, brier, bins"
    ]
    after: Annotated[
        dict[str, object] | None, "figures of the own one on the same, none of which it had seen"
    ]
