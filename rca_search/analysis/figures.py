"""How good a calibration is, by questions that it had not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from rca_search.analysis.examples import NOTHING, OFF_TOPIC, PRESENT, SMALLER, Example
from rca_search.analysis.fit import Flags, is_whole, related, same
from rca_search.evaluation.calibration_measures import (
    auroc,
    brier,
    calibration_error,
    debiased_error,
    noise_floor,
    recall_at_precision,
    reliability,
)
from rca_search.evaluation.ladder import LOOKED_AT
from rca_search.evaluation.verdict import PROMISE
from rca_search.models import Kind, Verdict
from rca_search.ranking.calibration import DEFAULT, Calibration, KindCalibration
from rca_search.ranking.fusion import Floats

_RUNGS = (Verdict.SAME, Verdict.LIKELY, Verdict.POSSIBLE, Verdict.NOTHING_SIMILAR)
SLICE = 50
"""Hits that a slice has at least whose calibration error is worth a figure."""


class Said:
    """What a calibration says of one example: of its hits as a reader sees them, and of the answer."""

    def __init__(self, example: Example, fitted: KindCalibration) -> None:
        """Judge ``example`` by numbers that have not seen it."""
        found = Calibration(DEFAULT, {example.kind: fitted}).likelihoods(example.kind, example.rows)
        order = example.order(np.asarray([hit.probability for hit in found.hits]))
        self.example = example
        self.hits = [(found.hits[place].probability, example.grades[place]) for place in order]
        self.probability = found.answer.probability
        cut = fitted.cut(PROMISE)
        self.verdict = Verdict.NOTHING_SIMILAR
        if found.answer.same >= cut.same:
            self.verdict = Verdict.SAME
        elif found.answer.probability >= cut.likely:
            self.verdict = Verdict.LIKELY
        elif found.answer.probability >= fitted.possible:
            self.verdict = Verdict.POSSIBLE

    @property
    def first(self) -> int:
        """The grade of the first hit, 0 where nobody judged it."""
        return self.hits[0][1] or 0

    @property
    def is_found(self) -> bool:
        """Whether something among the first hits is relevant."""
        return any(related(grade or 0) for _, grade in self.hits[:LOOKED_AT])


def figures(said: Mapping[Kind, Sequence[Said]]) -> dict[str, dict[str, object]]:
    """Return the figures of each kind: promises, what is denied and turned away, how hits hold by slice."""
    return {kind.value: _of_kind(found) for kind, found in said.items()}


def _of_kind(said: Sequence[Said]) -> dict[str, object]:
    whole = [each for each in said if is_whole(each.example)]
    present = [each for each in whole if each.example.sort == PRESENT]
    nothing = [each for each in whole if each.example.sort == NOTHING]
    small = [each for each in said if each.example.sort == SMALLER]
    off_topic = [each for each in said if each.example.sort == OFF_TOPIC]
    right = [each for each in present if related(each.first)]
    probabilities = np.asarray([each.probability for each in whole])
    called = {verdict: [each for each in whole if each.verdict is verdict] for verdict in _RUNGS}
    likely = called[Verdict.SAME] + called[Verdict.LIKELY]
    return {
        "answers": len(present),
        "without_an_answer": len(nothing),
        "same_is_same": _share(called[Verdict.SAME], lambda each: same(each.first)),
        "likely_is_relevant": _share(likely, lambda each: related(each.first)),
        "possible_is_relevant": _share(called[Verdict.POSSIBLE], lambda each: related(each.first)),
        "nothing_overlooks": _share(called[Verdict.NOTHING_SIMILAR], lambda each: each.is_found),
        "right_first_denied": _share(right, partial(_is_called, Verdict.NOTHING_SIMILAR)),
        "without_an_answer_called": {v.value: _share(nothing, partial(_is_called, v)) for v in _RUNGS},
        "off_topic_mean": round(float(np.mean([each.hits[0][0] for each in off_topic])), 4),
        "auroc_answers": _rounded(auroc(probabilities, _flags(whole, lambda e: e.example.sort == PRESENT))),
        "hits": _hits(whole),
        "slices": {**_slices(whole), "20 and 100 documents": _slice(small)},
    }


def _hits(said: Iterable[Said]) -> dict[str, object]:
    """Return how the probabilities of the first hits hold, all of them and by rank."""
    ranked = [
        [(probability, related(grade)) for probability, grade in each.hits[:LOOKED_AT] if grade is not None]
        for each in said
    ]
    pooled = measured(*_columns(pair for each in ranked for pair in each))
    by_rank = [[each[rank] for each in ranked if len(each) > rank] for rank in range(LOOKED_AT)]
    return {**pooled, "by_rank": [_said_and_true(*_columns(pairs)) for pairs in by_rank if pairs]}


def _slices(said: Sequence[Said]) -> dict[str, object]:
    """Return how hits hold in each set, and in each style of on-call questions, that has enough of them."""
    names = [*dict.fromkeys(each.example.name for each in said)]
    chosen = {name: [each for each in said if each.example.name == name] for name in names}
    for style in filter(None, dict.fromkeys(each.example.style for each in said)):
        chosen[f"style {style}"] = [each for each in said if each.example.style == style]
    large = {n: each for n, each in chosen.items() if sum(len(one.hits[:LOOKED_AT]) for one in each) >= SLICE}
    return {name: _slice(each) for name, each in large.items()}


def _slice(said: Sequence[Said]) -> dict[str, object]:
    if not said:
        return {"questions": 0, "error": None, "by_rank": []}
    hits = _hits(said)
    return {key: hits[key] for key in ("questions", "error", "by_rank")}


def measured(probabilities: Floats, labels: Flags) -> dict[str, object]:
    """Return how well probabilities separate and hold; ``error`` is to be compared with ``floor``."""
    return {
        "questions": len(labels),
        "auroc": _rounded(auroc(probabilities, labels)),
        "recall_at_precision_0.8": _rounded(recall_at_precision(probabilities, labels, PROMISE)),
        "error": _rounded(calibration_error(probabilities, labels)),
        "floor": _rounded(noise_floor(probabilities)),
        "debiased_error": _rounded(debiased_error(probabilities, labels)),
        "brier": _rounded(brier(probabilities, labels)),
        "bins": [
            {"probability": round(mean, 4), "share": round(share, 4), "questions": count}
            for mean, share, count in reliability(probabilities, labels)
        ],
    }


def _columns(pairs: Iterable[tuple[float, bool]]) -> tuple[Floats, Flags]:
    gathered = list(pairs)
    return (
        np.asarray([probability for probability, _ in gathered], dtype=np.float64),
        np.asarray([flag for _, flag in gathered], dtype=np.bool_),
    )


def _said_and_true(probabilities: Floats, labels: Flags) -> dict[str, float]:
    return {"said": round(float(probabilities.mean()), 4), "relevant": round(float(labels.mean()), 4)}


def _share(said: Sequence[Said], wanted: Callable[[Said], bool]) -> dict[str, float | int | None]:
    """Return how many of the answers there are, and the share of them that is ``wanted``."""
    share = round(sum(map(wanted, said)) / len(said), 4) if said else None
    return {"share": share, "of": len(said)}


def _flags(said: Sequence[Said], wanted: Callable[[Said], bool]) -> Flags:
    return np.asarray([wanted(each) for each in said], dtype=np.bool_)


def _is_called(verdict: Verdict, said: Said) -> bool:
    return said.verdict is verdict


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
