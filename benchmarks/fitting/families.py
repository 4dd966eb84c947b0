"""Fit how probable it is that two incidents share a failure, and print how well that holds for other teams.

Usage: python -m benchmarks.fitting.families INDEX BENCH [--write]

INDEX is an index of the post-mortems of several teams, whose ids begin with the team's folder; BENCH holds
``queries.jsonl`` and ``qrels.tsv`` of the set ``recurrence`` (benchmarks/README.md). Every team is left out
in turn and judged by what the others teach; --write puts what all of them teach into ``pair_model.json``.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score, log_loss  # type: ignore[import-untyped]

from benchmarks.scoring.families import bcubed, components
from rca_search.indexing.snapshot import Snapshot, open_current
from rca_search.insight.families.clustering import all_groups
from rca_search.insight.families.signatures import PARTS, SCALE, Signatures, make_signatures, products
from rca_search.insight.families.similarity import Likeness, PairModel, probability
from rca_search.models import Kind

MODEL = Path(__file__).resolve().parents[2] / "rca_search/insight/families/pair_model.json"
STRENGTH = 20.0
THRESHOLD = 0.6
PENALTY = 20.0
SAMPLED = 1500
SEED = 1
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """Incidents by place, their team, and what was judged: ``truth`` names the failure of judged ones."""

    ids: list[str]
    teams: NDArray[Any]
    signatures: Signatures
    folders: NDArray[np.intp]
    truth: dict[int, int]
    stated: set[tuple[int, int]]


@dataclass(frozen=True)
class Pairs:
    """Pairs with the likeness of each part (pairs, parts), and whether they share a failure."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    scores: Floats
    same: Flags


def main(arguments: Sequence[str]) -> int:
    """Fit, report, and write where that is asked for."""
    places = [word for word in arguments if not word.startswith("--")]
    if len(places) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    material = read(Path(places[0]), Path(places[1]))
    report(material)
    model = fitted(material, set(material.teams.tolist()))
    in_sample(material, model)
    if "--write" in arguments:
        MODEL.write_text(json.dumps(model.to_json(), indent=1) + "\n", encoding="utf-8")
        print(f"{MODEL.name} written")
    return 0


def read(index: Path, bench: Path) -> Material:
    """Read the index and the judgements."""
    snapshot, _ = open_current(index)
    incidents = [n for n, kind in enumerate(snapshot.catalogue.kinds) if kind is Kind.INCIDENT]
    ids = [snapshot.catalogue.ids[n] for n in incidents]
    place = {snapshot.catalogue.ids[n]: at for at, n in enumerate(incidents)}
    graded = _graded(snapshot, bench, place)
    groups = components(
        {end for pair, _, _ in graded for end in pair}, (p for p, grade, _ in graded if grade == 2)
    )
    truth = {end: number for number, group in enumerate(groups) for end in group}
    teams = np.asarray([name.split("/")[0] for name in ids])
    stated = {pair for pair, _, basis in graded if basis == "author-stated"}
    _, folders = np.unique(teams, return_inverse=True)
    return Material(ids, teams, make_signatures(snapshot, incidents), folders, truth, stated)


def _graded(snapshot: Snapshot, bench: Path, place: dict[str, int]) -> list[tuple[tuple[int, int], int, str]]:
    lines = (bench / "queries.jsonl").read_text("utf-8").splitlines()
    about = {query["_id"]: query["metadata"] for query in map(json.loads, lines)}
    with (bench / "qrels.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))[1:]
    found = []
    for query, document, grade in rows:
        ends = [place[snapshot.aliases.resolve(name)] for name in (about[query]["self"], document)]
        found.append(((min(ends), max(ends)), int(grade), about[query]["basis"]))
    return found


def pairs_of(
    material: Material, views: Sequence[NDArray[np.intp]], prior: dict[str, tuple[float, float]]
) -> Pairs:
    """Return all pairs of each view, likeness measured in that view."""
    model = replace(_blank(), prior=prior)
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp], Floats]] = []
    for view in views:
        likeness = Likeness(material.signatures, model, material.folders, view, {})
        one, other = np.triu_indices(len(view), 1)
        scores = np.stack([likeness.scores(name, view)[one, other] for name in PARTS], axis=1)
        parts.append((view[one], view[other], scores))
    ones, others = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    label = np.asarray([material.truth.get(place, -1 - place) for place in range(len(material.ids))])
    return Pairs(ones, others, np.concatenate([part[2] for part in parts]), label[ones] == label[others])


def fitted(material: Material, teams: set[str]) -> PairModel:
    """Return the model that the incidents of ``teams`` teach: each team by itself."""
    straight = _straight(material, teams)
    odds, same, stated = _left_out(material, teams)
    slope, shift = _logistic(odds[:, None], same, penalty=0.0)
    scale = float(slope[0])
    model = replace(
        straight,
        weights={name: round(weight * scale, 4) for name, weight in straight.weights.items()},
        intercept=round(straight.intercept * scale + shift, 4),
    )
    total = odds * scale + shift
    return replace(model, linked=round(_link_weight(total[stated], same[stated]), 4))


def _straight(material: Material, teams: set[str]) -> PairModel:
    """Return a logistic function of the likenesses, not bent, without links."""
    alone = [np.flatnonzero(material.teams == team) for team in sorted(teams)]
    prior = _prior(material, alone)
    pairs = pairs_of(material, alone, prior)
    kept = _kept(material, pairs)
    weights, intercept = _logistic(pairs.scores[kept], pairs.same[kept])
    by_part = dict(zip(PARTS, weights.tolist(), strict=True))
    return replace(_blank(), weights=by_part, intercept=intercept, prior=prior)


def _left_out(material: Material, teams: set[str]) -> tuple[Floats, Flags, Flags]:
    """Return log-odds of the pairs within each judged team by what the others teach, and what is known."""
    odds, same, stated = [], [], []
    for team in sorted({str(material.teams[place]) for place in material.truth} & teams):
        model = _straight(material, teams - {team})
        pairs = pairs_of(material, [np.flatnonzero(material.teams == team)], dict(model.prior))
        odds.append(_sums(model, pairs))
        same.append(pairs.same)
        ends = zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
        stated.append(np.asarray([pair in material.stated for pair in ends]))
    return np.concatenate(odds), np.concatenate(same), np.concatenate(stated)


def _sums(model: PairModel, pairs: Pairs) -> Floats:
    total: Floats = pairs.scores @ np.asarray(list(model.weights.values())) + model.intercept
    return total


def _kept(material: Material, pairs: Pairs) -> Flags:
    """Choose pairs to learn from: all of teams with judgements, a sample of the others and across teams."""
    judged = {str(material.teams[place]) for place in material.truth}
    one, other = material.teams[pairs.one], material.teams[pairs.other]
    known = (one == other) & np.isin(one, sorted(judged))
    generator = np.random.default_rng(SEED)
    rest = ~known
    kept: Flags = known | pairs.same | (rest & (generator.random(len(rest)) < SAMPLED / max(1, rest.sum())))
    return kept


def _logistic(scores: Floats, same: Flags, penalty: float = PENALTY) -> tuple[Floats, float]:
    """Fit a logistic function without negative weights, by penalised maximum likelihood."""
    signs = np.where(same, 1.0, -1.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        margin = signs * (scores @ values[:-1] + values[-1])
        pull = -signs / (1.0 + np.exp(margin))
        gradient = np.append(scores.T @ pull + 2 * penalty * values[:-1], pull.sum())
        return float(np.logaddexp(0, -margin).sum() + penalty * (values[:-1] ** 2).sum()), gradient

    bounds = [(0.0, None)] * scores.shape[1] + [(None, None)]
    start = np.append(np.full(scores.shape[1], 0.1), -4.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:-1], float(found.x[-1])


def _link_weight(total: Floats, same: Flags) -> float:
    """Return what a link adds so that linked pairs share a failure as often as they are said to."""
    if not len(total) or same.all() or not same.any():
        return 0.0

    def surplus(gain: float) -> float:
        return float(probability(total + gain).sum() - same.sum())

    return max(0.0, float(brentq(surplus, -20, 20)))


def _prior(material: Material, views: Sequence[NDArray[np.intp]]) -> dict[str, tuple[float, float]]:
    """Return mean and deviation of the cosines between different incidents of a team, averaged over teams."""
    prior = {}
    for name in PARTS:
        figures = []
        for view in views:
            part = material.signatures.part(name, view)
            cosines = products(part, part)[np.triu_indices(len(view), 1)] / SCALE**2
            figures.append((cosines.mean(), cosines.std()))
        mean, deviation = np.mean(figures, axis=0)
        prior[name] = (round(float(mean), 4), round(float(deviation), 4))
    return prior


def _blank() -> PairModel:
    return PairModel(
        weights=dict.fromkeys(PARTS, 0.0),
        linked=0.0,
        intercept=0.0,
        prior=dict.fromkeys(PARTS, (0.0, 1.0)),
        strength=STRENGTH,
        threshold=THRESHOLD,
    )


def report(material: Material) -> None:
    """Print what each team looks like to the others: precision, calibration and families."""
    teams = sorted({str(material.teams[place]) for place in material.truth})
    everything = set(material.teams.tolist())
    chances, same = [], []
    labels: dict[float, dict[int, tuple[str, int]]] = {threshold: {} for threshold in THRESHOLDS}
    print(f"{'left out':<12}{'pairs':>7}{'same':>6}{'AP':>7}{'log loss':>10}")
    for team in teams:
        model = fitted(material, everything - {team})
        view = np.flatnonzero(material.teams == team)
        pairs = pairs_of(material, [view], dict(model.prior))
        found = probability(_sums(model, pairs))
        chances.append(found)
        same.append(pairs.same)
        precision = average_precision_score(pairs.same, found) if pairs.same.any() else float("nan")
        loss = log_loss(pairs.same, found, labels=[False, True])
        print(f"{team:<12}{len(found):>7}{pairs.same.sum():>6}{precision:>7.3f}{loss:>10.4f}")
        for threshold in THRESHOLDS:
            groups = all_groups(
                Likeness(material.signatures, replace(model, threshold=threshold), material.folders, view, {})
            )
            labels[threshold] |= {place: (team, n) for n, group in enumerate(groups) for place in group}
    _calibration(np.concatenate(chances), np.concatenate(same))
    within = {place: (str(material.teams[place]), found) for place, found in material.truth.items()}
    print("families, each team by itself with a model of the others (truth within teams):")
    for threshold in THRESHOLDS:
        _print_bcubed(threshold, within, labels[threshold])


def _calibration(chances: Floats, same: Flags) -> None:
    print("probability   pairs  said   true")
    bounds = [0, 0.02, 0.1, 0.2, 0.4, 0.7, 1.0001]
    for low, high in pairwise(bounds):
        inside = (chances >= low) & (chances < high)
        if inside.any():
            print(
                f"{low:.2f} to {min(high, 1):.2f}{inside.sum():>8}"
                f"{chances[inside].mean():>6.2f}{same[inside].mean():>7.2f}"
            )


def in_sample(material: Material, model: PairModel) -> None:
    """Print families over all incidents in one index, with the model that learned from them."""
    print(json.dumps(model.to_json()))
    print("families over one index of all teams, in sample:")
    everything = np.arange(len(material.ids))
    truth = {place: ("", found) for place, found in material.truth.items()}
    for threshold in THRESHOLDS:
        groups = all_groups(
            Likeness(
                material.signatures, replace(model, threshold=threshold), material.folders, everything, {}
            )
        )
        labels = {place: ("", n) for n, group in enumerate(groups) for place in group}
        _print_bcubed(threshold, truth, labels)


def _print_bcubed(
    threshold: float, truth: dict[int, tuple[str, int]], labels: dict[int, tuple[str, int]]
) -> None:
    found = bcubed({place: labels.get(place, ("alone", place)) for place in truth}, truth)
    print(
        f"  threshold {threshold:.2f}: precision {found.precision:.3f}, recall {found.recall:.3f}, "
        f"F {found.f_measure:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
