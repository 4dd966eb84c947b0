"""A calibration fitted to what the index itself holds: incidents asked again as of the day before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rca_search.analysis.examples import PRESENT, Asked, Example, Source, present_and_removed
from rca_search.analysis.figures import measured
from rca_search.analysis.fit import Held, answer_lines, calibrated, cuts, fit_line, related, same
from rca_search.evaluation.calibration_measures import brier
from rca_search.evaluation.replay import ENOUGH, replay_cases
from rca_search.models import Kind
from rca_search.ranking.calibration import (
    Calibration,
    KindCalibration,
    default_calibration,
)
from rca_search.ranking.fusion import Floats
from rca_search.service import SearchService

OWN = "own"
BLOCKS = 5
"""Even parts of the history; each but the first is judged by what the parts before it taught."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class OwnFit:
    """What came of it: a calibration, or None where the default stays, and why.

    ``before`` has the figures of the default and ``after`` those of the own calibration over the same
    questions, each asked as it was and with what it is to find left out. ``votes`` counts those that say
    whether an incident was the same failure, ``voted`` tells whether they changed the calibration.
    """

    calibration: Calibration | None
    reason: str
    cases: int
    needed: int
    before: Mapping[str, object]
    after: Mapping[str, object]
    votes: int = 0
    voted: bool = False


def fit_own(service: SearchService, progress: Progress) -> OwnFit:
    """Refit the probabilities of incidents to the history of the index.

    Which features count, and how much, stays as in the default: what is refitted is how sure to be. Runbooks
    keep the default, for no link says which runbook an incident called for. The default stays where there are
    too few cases, or where the own fit is no better on what it had not seen.
    """
    replayed = replay_cases(service.snapshot)
    if not replayed.enough:
        return OwnFit(None, "too_few_cases", len(replayed.cases), ENOUGH, {}, {})
    source = Source(service, Kind.INCIDENT, "replay")
    examples: list[Example] = []
    for done, case in enumerate(replayed.cases):
        block = str(done * BLOCKS // len(replayed.cases))
        asked = Asked(case.query, block, case.as_of, case.hidden)
        examples += [each for each in present_and_removed(source, asked) if len(each.rows)]
        progress(done + 1, len(replayed.cases))
    return _fitted(examples, len(replayed.cases))


def _fitted(examples: Sequence[Example], cases: int) -> OwnFit:
    default = default_calibration()
    base = default.kinds[Kind.INCIDENT]
    held = _by_default(examples, base)
    blocks = np.asarray([int(example.group) for example in examples])
    later = blocks > 0
    labels = np.asarray([example.sort == PRESENT for example in examples], dtype=np.bool_)[later]
    if not later.any() or len(set(labels.tolist())) < 2:
        return OwnFit(None, "too_few_cases", cases, ENOUGH, {}, {})
    grades = [example.present for example, flag in zip(held.examples, later, strict=True) if flag]
    before = calibrated(held, (base.answer_related, base.answer_same))[0][later]
    first, second = _by_former_blocks(held, blocks)
    after = first[later]
    figures = (measured(before, labels), measured(after, labels))
    if brier(after, labels) >= brier(before, labels):
        return OwnFit(None, "no_better", cases, ENOUGH, *figures)
    lines = answer_lines(held, np.ones(len(examples), dtype=np.bool_))
    own = replace(
        base,
        hit_related=fit_line(*held.hits["related"]),
        hit_same=fit_line(*held.hits["same"]),
        answer_related=lines[0],
        answer_same=lines[1],
        cuts=cuts((after, second[later]), grades),
    )
    calibration = Calibration(OWN, {**default.kinds, Kind.INCIDENT: own})
    return OwnFit(calibration, "fitted", cases, ENOUGH, *figures)


def _by_default(examples: Sequence[Example], base: KindCalibration) -> Held:
    """Take the log odds that the default models give, which have seen none of these questions."""
    models = {"related": (base.related, related), "same": (base.same, same)}
    odds = {name: [model.logits(each.rows) for each in examples] for name, (model, _) in models.items()}
    hits = {
        name: (
            np.concatenate(odds[name]),
            np.asarray([wanted(grade) for each in examples for grade in each.grades], dtype=np.bool_),
        )
        for name, (_, wanted) in models.items()
    }
    best = {name: np.asarray([logits.max() for logits in found]) for name, found in odds.items()}
    return Held(examples, best["related"], best["same"], hits)


def _by_former_blocks(held: Held, blocks: Floats) -> tuple[Floats, Floats]:
    """Return probabilities of related and same, each block judged by lines fitted to those before it."""
    first, second = np.zeros(len(blocks)), np.zeros(len(blocks))
    for block in range(1, BLOCKS):
        here = blocks == block
        if here.any() and (blocks < block).any():
            found = calibrated(held, answer_lines(held, blocks < block))
            first[here], second[here] = found[0][here], found[1][here]
    return first, second
