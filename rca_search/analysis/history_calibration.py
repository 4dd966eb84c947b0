"""A calibration fitted to what the index itself holds: incidents asked again as of the day before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rca_search.analysis.examples import NOTHING, PRESENT, Example, Source, Trial, ask
from rca_search.analysis.fit import (
    Held,
    Outcomes,
    answer_scalings,
    calibrated,
    cuts,
    fit_scaling,
    possible_cut,
    related,
    same,
)
from rca_search.embedding.lineage import ranks_like
from rca_search.evaluation.calibration_measures import brier, measured
from rca_search.evaluation.dataset import graded
from rca_search.evaluation.replay import ENOUGH, replay_cases
from rca_search.evaluation.run import Case
from rca_search.models import Kind, Query
from rca_search.ranking.calibration import OWN, Calibration, KindCalibration, default_calibration
from rca_search.ranking.fusion import Floats
from rca_search.service import SearchService

BLOCKS = 5
"""Even parts of the history; each but the first is judged by what the parts before it taught."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class OwnFit:
    """What came of it: a calibration, or None where the default stays, and why.

    ``before`` has the figures of the default and ``after`` those of the own calibration over the same
    questions, each asked as it was and with what it is to find left out. ``is_known`` tells whether the
    default was fitted to answers of the encoder and the reranker in use. ``votes`` counts those that say
    whether an incident was the same failure, ``voted`` tells whether they changed the calibration.
    """

    calibration: Calibration | None
    reason: str
    cases: int
    needed: int
    before: Mapping[str, object]
    after: Mapping[str, object]
    is_known: bool = True
    votes: int = 0
    voted: bool = False


def fit_own(service: SearchService, progress: Progress) -> OwnFit:
    """Refit the probabilities of incidents to the history of the index.

    Which features count, and how much, stays as in the default: what is refitted is how sure to be. Runbooks
    keep the default, for no link says which runbook an incident called for. The default stays where there are
    too few cases, or where the own fit is no better on what it had not seen; with an encoder or a reranker
    that it was not fitted to, its numbers are then made the index's own: the history has confirmed them.
    """
    default, found = default_calibration(), bound_to(service)
    is_known = default.fits(found.encoder, found.reranker)
    replayed = replay_cases(service.snapshot)
    cases = len(replayed.cases)
    if not replayed.enough:
        return OwnFit(None, "too_few_cases", cases, ENOUGH, {}, {}, is_known)
    held = _by_default(_examples(service, replayed.cases, progress), default.kinds[Kind.INCIDENT])
    fitted = _fitted(held, default.kinds[Kind.INCIDENT])
    if fitted is None:
        return OwnFit(None, "too_few_cases", cases, ENOUGH, {}, {}, is_known)
    if not fitted.is_better and is_known:
        return OwnFit(None, "no_better", cases, ENOUGH, fitted.before, fitted.after)
    incidents = fitted.own if fitted.is_better else default.kinds[Kind.INCIDENT]
    calibration = replace(found, kinds={Kind.INCIDENT: incidents})
    reason = "fitted" if fitted.is_better else "confirmed"
    return OwnFit(calibration, reason, cases, ENOUGH, fitted.before, fitted.after, is_known)


def bound_to(service: SearchService) -> Calibration:
    """Return an own calibration without any numbers yet, for answers such as ``service`` gives."""
    return Calibration(OWN, {}, ranks_like(service.snapshot.manifest.encoder.files), service.reranker)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """An own fit, whether it is better than the default on what it had not seen, and the figures of both."""

    own: KindCalibration
    is_better: bool
    before: Mapping[str, object]
    after: Mapping[str, object]


def _examples(service: SearchService, cases: Sequence[Case], progress: Progress) -> list[Example]:
    """Ask each case as it was, and with what it is to find and all relatives of that left out.

    Relatives are incidents of the same families: what stays behind would otherwise be full of right answers
    that nobody linked, and a fit to it would learn to doubt them.
    """
    source = Source(service, Kind.INCIDENT, "replay")
    examples: list[Example] = []
    for done, case in enumerate(cases):
        block = str(done * BLOCKS // len(cases))
        asked = Trial(case.query, block, case.as_of, case.hidden)
        own, grades = graded(case.query, service.find)
        without = [*filter(None, [own]), *case.hidden]
        relatives = sorted({*grades, *_relatives(service, grades)} - {*without})
        examples.append(ask(source, asked, PRESENT, grades=grades, exclude=without))
        examples.append(ask(source, asked, NOTHING, grades={}, exclude=[*without, *relatives], unjudged=0))
        progress(done + 1, len(cases))
    return [each for each in examples if len(each.rows)]


def _relatives(service: SearchService, names: Iterable[str]) -> set[str]:
    """Return the incidents that share a family with any of ``names``."""
    library, view, _ = service.seen(Query(""))
    snapshot = library.snapshot
    members = (library.families.group_of(snapshot.ordinals[name], view) for name in names)
    return {snapshot.catalogue.ids[ordinal] for group in members for ordinal in group}


def _fitted(held: Held, base: KindCalibration) -> _Fitted | None:
    """Fit scalings and cuts to the whole history; None where its later parts are all of one sort."""
    blocks = np.asarray([int(example.group) for example in held.examples])
    first, is_same, is_found = held.outcomes()
    later = blocks > 0
    labels = first[later]
    is_nothing = np.asarray([example.sort == NOTHING for example in held.examples], dtype=np.bool_)
    if not later.any() or len(set(labels.tolist())) < 2:
        return None
    before = calibrated(held, (base.answer_related, base.answer_same))[0][later]
    told, told_same = _by_former_blocks(held, blocks)
    after = told[later]
    scalings = answer_scalings(held, np.ones(len(held.examples), dtype=np.bool_))
    own = replace(
        base,
        hit_related=fit_scaling(*held.hits(related)),
        hit_same=fit_scaling(*held.hits(same)),
        answer_related=scalings[0],
        answer_same=scalings[1],
        cuts=cuts((after, told_same[later]), Outcomes(first[later], is_same[later], is_nothing[later])),
        possible=possible_cut(after, is_found[later]),
    )
    is_better = brier(after, labels) < brier(before, labels)
    return _Fitted(own, is_better, measured(before, labels), measured(after, labels))


def _by_default(examples: Sequence[Example], base: KindCalibration) -> Held:
    """Take the log odds that the default models give, which have seen none of these questions."""
    return Held(
        examples,
        [base.related.logits(each.rows) for each in examples],
        [base.same.logits(each.rows) for each in examples],
    )


def _by_former_blocks(held: Held, blocks: Floats) -> tuple[Floats, Floats]:
    """Return probabilities of related and same, each block judged by scalings fitted to those before it."""
    first, second = np.zeros(len(blocks)), np.zeros(len(blocks))
    for block in range(1, BLOCKS):
        here = blocks == block
        if here.any() and (blocks < block).any():
            found = calibrated(held, answer_scalings(held, blocks < block))
            first[here], second[here] = found[0][here], found[1][here]
    return first, second
