"""How good a calibration is, by questions that it had not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.fitting.models import OFF_TOPIC, SMALLER
from rca_search.analysis.examples import NOTHING, PRESENT, Example
from rca_search.analysis.fit import is_whole
from rca_search.evaluation.calibration_measures import auroc, measured
from rca_search.evaluation.ladder import (
    DENIED,
    LOOKED_AT,
    PROMISE,
    Answer,
    JudgedHit,
    Kept,
    by_rank,
    first_is,
    judged_hits,
    kept,
    promises,
    rungs,
)
from rca_search.models import Kind, Verdict
from rca_search.ranking.calibration import DEFAULT, Calibration, KindCalibration

SLICE = 50
"""Hits that a slice has at least whose calibration error is worth a figure."""


@dataclass(frozen=True, slots=True)
class Said:
    """An example, and what a calibration that had not seen it says of it."""

    example: Example
    answer: Answer

    @classmethod
    def of(cls, example: Example, fitted: KindCalibration) -> Said:
        """Judge ``example`` by ``fitted``."""
        found = Calibration(DEFAULT, {example.kind: fitted}).likelihoods(example.kind, example.rows)
        order = example.order(np.asarray([hit.probability for hit in found.hits]))[:LOOKED_AT]
        hits = tuple(
            JudgedHit(name, found.hits[place].probability, example.grades[place])
            for place, name in zip(order, _names(example, order), strict=True)
        )
        verdict = fitted.verdict(found.answer, fitted.cut(PROMISE))
        return cls(example, Answer(example.question, "", verdict, found.answer.probability, hits))

    @property
    def judged(self) -> Answer:
        """The answer with the hits alone that somebody judged."""
        return replace(self.answer, hits=tuple(hit for hit in self.answer.hits if hit.grade is not None))

    @property
    def strict(self) -> Answer:
        """The answer with every hit that nobody judged taken for one that is no help."""
        return replace(
            self.answer, hits=tuple(replace(hit, grade=hit.grade or 0) for hit in self.answer.hits)
        )


def _names(example: Example, order: Sequence[int]) -> list[str]:
    return [example.hits[place] if example.hits else "" for place in order]


def figures(said: Mapping[Kind, Sequence[Said]]) -> dict[str, dict[str, object]]:
    """Return the figures of each kind: promises, what is denied and turned away, how hits hold by slice."""
    return {kind.value: _of_kind(found) for kind, found in said.items()}


def _of_kind(said: Sequence[Said]) -> dict[str, object]:
    whole = [each for each in said if is_whole(each.example)]
    answers = [each.strict for each in whole]
    nothing = [each.answer for each in whole if each.example.sort == NOTHING]
    off_topic = [each.answer for each in said if each.example.sort == OFF_TOPIC]
    is_present = np.asarray([each.example.sort == PRESENT for each in whole], dtype=np.bool_)
    promised = promises(answers)
    likely = [each for each in answers if each.verdict in (Verdict.SAME, Verdict.LIKELY)]
    probabilities = np.asarray([each.probability for each in answers])
    return {
        "answers": int(is_present.sum()),
        "without_an_answer": len(nothing),
        "same_is_same": _share(promised[Verdict.SAME.value]),
        "likely_is_relevant": _share(kept(likely, lambda each: first_is(each, 1))),
        "possible_is_relevant": _share(promised[Verdict.POSSIBLE.value]),
        "nothing_overlooks": _share(promised[Verdict.NOTHING_SIMILAR.value]),
        "right_first_denied": _share(promised[DENIED]),
        "without_an_answer_called": {
            name: _share(Kept(len(nothing), 0, share if nothing else None))
            for name, share in rungs(nothing).items()
            if name != Verdict.TOO_THIN.value  # nobody is asked to say more here
        },
        "off_topic_mean": round(float(np.mean([each.hits[0].probability for each in off_topic])), 4),
        "auroc_answers": _rounded(auroc(probabilities, is_present)),
        "hits": _hits(whole),
        "slices": {
            **_slices(whole),
            "20 and 100 documents": _slice([each for each in said if each.example.sort == SMALLER]),
        },
    }


def _hits(said: Sequence[Said]) -> dict[str, object]:
    """Return how the probabilities of the first hits hold, all of them and by rank among the judged ones."""
    answers = [each.judged for each in said]
    ranks = [
        {"said": _rounded(row.probability), "relevant": _rounded(row.relevant)}
        for row in by_rank(answers)
        if row.hits
    ]
    return {**measured(*judged_hits(hit for each in answers for hit in each.hits)), "by_rank": ranks}


def _slices(said: Sequence[Said]) -> dict[str, object]:
    """Return how hits hold in each set, and in each style of on-call questions, that has enough of them."""
    chosen = {
        **_grouped(said, lambda example: example.name),
        **_grouped(said, lambda example: example.style and f"style {example.style}"),
    }
    large = {n: each for n, each in chosen.items() if sum(len(one.answer.hits) for one in each) >= SLICE}
    return {name: _slice(each) for name, each in large.items()}


def _grouped(said: Sequence[Said], key: Callable[[Example], str]) -> dict[str, list[Said]]:
    groups: dict[str, list[Said]] = {}
    for each in said:
        if name := key(each.example):
            groups.setdefault(name, []).append(each)
    return groups


def _slice(said: Sequence[Said]) -> dict[str, object]:
    if not said:
        return {"questions": 0, "error": None, "by_rank": []}
    hits = _hits(said)
    return {key: hits[key] for key in ("questions", "error", "by_rank")}


def _share(found: Kept) -> dict[str, float | int | None]:
    return {"share": _rounded(found.share), "of": found.answers - found.unjudged}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
