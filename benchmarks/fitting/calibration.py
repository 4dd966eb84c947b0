"""Fit the packaged calibration to the development sets and say how good it is.

Usage: RCA_CORPORA=DIR python -m benchmarks.fitting.calibration [--check] [--errors N]

Builds an index of each corpus below build/calibration (only what changed, if they are there already), asks
every question of the sets below $RCA_CORPORA/bench and benchmarks/judgements, leaves organisations out in
turn, and writes rca_search/ranking/calibration.json and benchmarks/results/calibration.json: figures of
questions whose organisation was left out of models, scalings and cuts alike. With --check nothing is written,
and the exit code is 1 where the fit gives another calibration than the packaged one.
--errors N prints the N questions that were answered most wrongly, to be read, and which of the best five
hits nobody has judged.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.fitting.development import CORPORA, Material
from benchmarks.fitting.figures import Said, figures
from benchmarks.fitting.models import fit_kind
from benchmarks.fitting.nested_cross_validation import judge_strictly
from rca_search.analysis.examples import PRESENT, Example
from rca_search.analysis.fit import is_whole
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.embedding.model_files import DEFAULT_DIGEST
from rca_search.models import Kind
from rca_search.ranking.calibration import DEFAULT, Calibration

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "rca_search" / "ranking" / "calibration.json"
FIGURES = ROOT / "benchmarks" / "results" / "calibration.json"
CLOSE = 0.01
"""How far log odds and probabilities may be apart to be the same: a quarter of a percentage point at most."""
BESIDE = 0.5
"""How much an incident question counts in the models of runbooks: of people's words for these are few."""


def main() -> int:
    """Run the script; the exit code is 2 where the material is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, and compare")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print the N worst answers")
    given = parser.parse_args()
    folder = os.environ.get("RCA_CORPORA")
    if not folder or not (Path(folder) / "bench").is_dir():
        print("RCA_CORPORA has to name the folder that holds corpora/ and bench/", file=sys.stderr)
        return 2
    examples = _examples(Path(folder))
    incidents = [each for each in examples if each.kind is Kind.INCIDENT]
    runbooks = [each for each in examples if each.kind is Kind.RUNBOOK]
    beside = [replace(each, weight=each.weight * BESIDE) for each in incidents if len(each.rows)]
    said = {
        Kind.INCIDENT: judge_strictly(incidents),
        Kind.RUNBOOK: judge_strictly(runbooks, beside),
    }
    found = figures(said)
    _print_figures(found)
    if given.errors:
        _print_errors([each for kind in said.values() for each in kind], given.errors)
    kinds = {Kind.INCIDENT: fit_kind(incidents), Kind.RUNBOOK: fit_kind(runbooks, beside)}
    made = Calibration(DEFAULT, kinds, DEFAULT_DIGEST).to_bytes()
    if given.check:
        return _compared(made)
    TARGET.write_bytes(made)
    FIGURES.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _compared(made: bytes) -> int:
    """Say whether the packaged calibration is the one ``made``; return the exit code."""
    same = alike(json.loads(made), json.loads(TARGET.read_bytes()))
    print(f"\n{TARGET.relative_to(ROOT)} is {'' if same else 'not '}what the fit gives, to {CLOSE}")
    return 0 if same else 1


def alike(made: object, stored: object) -> bool:
    """Return whether both hold the same, numbers to ``CLOSE``."""
    if isinstance(made, dict) and isinstance(stored, dict):
        return made.keys() == stored.keys() and all(alike(made[key], stored[key]) for key in made)
    if isinstance(made, list) and isinstance(stored, list):
        return len(made) == len(stored) and all(map(alike, made, stored))
    if isinstance(made, float) and isinstance(stored, float):
        return math.isclose(made, stored, abs_tol=CLOSE)
    return made == stored


def _examples(folder: Path) -> list[Example]:
    services = {}
    for name in CORPORA:
        # A cross-encoder of the environment must not leak into the fit.
        settings = Settings(index=ROOT / "build" / "calibration" / name, rerank=None)
        build_index(settings, [folder / "corpora" / name], progress=_progress)
        services[name] = open_service(settings)
    return Material(folder, ROOT / "benchmarks" / "judgements", services).examples(_progress)


def _progress(what: str, done: int, total: int) -> None:
    if done == total and what != "read":  # how many files there are to read is never known before
        print(f"{what}: {total}", file=sys.stderr)


def _print_figures(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Print promises and what became of them, then said and true shares of the first three hits by slice."""
    rows = [
        ("same: the first hit is the same (promise .90)", "same_is_same"),
        ("same or likely: the first hit is relevant (promise .80)", "likely_is_relevant"),
        ("possible: the first hit is relevant", "possible_is_relevant"),
        ("nothing similar, though one of three is relevant (promise .05)", "nothing_overlooks"),
        ("first hit right, and called nothing similar", "right_first_denied"),
    ]
    print("\n".join((" " * 64 + "".join(f"{kind:>18}" for kind in found), "")))
    for words, key in rows:
        shares = [found[kind][key] for kind in found]
        print(f"{words:64}" + "".join(f"{_figure(each['share']):>10} of {each['of']:<4}" for each in shares))
    for verdict in ("same", "likely", "possible"):
        shares = [found[kind]["without_an_answer_called"][verdict] for kind in found]
        told = "".join(f"{_figure(each['share']):>10} of {each['of']:<4}" for each in shares)
        print(f"{'without an answer, and called ' + verdict:64}{told}")
    for words, key in (
        ("AUROC of answers", "auroc_answers"),
        ("off topic, mean probability", "off_topic_mean"),
    ):
        print(f"{words:64}" + "".join(f"{_figure(found[kind][key]):>10}        " for kind in found))
    for kind in found:
        hits = found[kind]["hits"]
        print(f"\n{kind}s: hits 1 to 3, said / relevant by rank; AUROC {_figure(hits['auroc'])}")
        for name, part in {"all": hits, **found[kind]["slices"]}.items():
            told = "  ".join(f"{_figure(r['said'])} / {_figure(r['relevant'])}" for r in part["by_rank"])
            print(f"  {name:28}{part['questions']:>6}  error {_figure(part['error'])}  {told}")


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _print_errors(said: Sequence[Said], count: int) -> None:
    """Print the questions whose probability is furthest from what was found, and hits that nobody judged."""
    whole = [each for each in said if is_whole(each.example)]
    for each in sorted(whole, key=_error, reverse=True)[:count]:
        example = each.example
        print(
            f"{each.answer.probability:.3f} {example.sort:8} {example.name} {example.question} "
            f"-> {example.hits[:3]}"
        )
    for each in whole:
        unjudged = [
            h for h, g in zip(each.example.hits[:5], each.example.grades[:5], strict=True) if g is None
        ]
        if unjudged and each.example.sort == PRESENT:
            print("unjudged", each.example.name, each.example.question, *unjudged)


def _error(said: Said) -> float:
    """Return how far the probability of an answer is from whether something was among its first hits."""
    return abs(said.answer.probability - any(hit.grade for hit in said.answer.hits))


if __name__ == "__main__":
    sys.exit(main())
