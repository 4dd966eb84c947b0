"""Fit the packaged calibration to the development sets below ``$RCA_CORPORA`` and say how good it is.

Usage: RCA_CORPORA=DIR python scripts/fit_calibration.py [--check] [--errors N]

Builds an index of each corpus below build/calibration (only what changed, if they are there already), asks
every question, leaves out each organisation in turn, and writes rca_search/ranking/calibration.json and
benchmarks/results/calibration.json; "strict" there are the figures with it left out of everything.
With --check nothing is written. --errors N prints the N questions that were answered most wrongly, to be
read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from rca_search.analysis.development import Material
from rca_search.analysis.examples import PRESENT, Example
from rca_search.analysis.figures import PROMISE, figures, strict_figures
from rca_search.analysis.fit import Held, fit_kind, is_judged
from rca_search.analysis.strict import judge_strictly
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.embedding.model_files import DEFAULT_DIGEST
from rca_search.models import Kind
from rca_search.ranking.calibration import DEFAULT, Calibration
from rca_search.ranking.fusion import Floats

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "rca_search" / "ranking" / "calibration.json"
FIGURES = ROOT / "benchmarks" / "results" / "calibration.json"
CORPORA = {Kind.INCIDENT: "incidents", Kind.RUNBOOK: "runbooks"}


def main() -> int:
    """Run the script; the exit code is 2 where the material is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print the N worst answers")
    given = parser.parse_args()
    folder = os.environ.get("RCA_CORPORA")
    if not folder or not (Path(folder) / "bench").is_dir():
        print("RCA_CORPORA has to name the folder that holds corpora/ and bench/", file=sys.stderr)
        return 2
    examples = _examples(Path(folder))
    kinds, results = {}, {}
    for kind in CORPORA:
        fitted, held, probabilities = fit_kind([example for example in examples if example.kind is kind])
        kinds[kind] = fitted
        results[kind] = (held, probabilities)
        if given.errors:
            _print_errors(held, probabilities[0], given.errors)
    calibration = Calibration(DEFAULT, kinds, encoder=DEFAULT_DIGEST)
    found = figures({kind: (*result, kinds[kind]) for kind, result in results.items()})
    strictly = {
        kind: judge_strictly([each for each in examples if each.kind is kind], PROMISE) for kind in CORPORA
    }
    found["strict"] = strict_figures(strictly)
    print(json.dumps(found, indent=1))
    if not given.check:
        TARGET.write_bytes(calibration.to_bytes())
        FIGURES.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _examples(folder: Path) -> list[Example]:
    services = {}
    for kind, name in CORPORA.items():
        settings = Settings(index=ROOT / "build" / "calibration" / name, rerank=None)
        build_index(settings, [folder / "corpora" / name], progress=_progress)
        services[kind] = open_service(settings)
    return Material(folder, services).examples(_progress)


def _progress(what: str, done: int, total: int) -> None:
    if done == total and what != "read":  # how many files there are to read is never known before
        print(f"{what}: {total}", file=sys.stderr)


def _print_errors(held: Held, probabilities: Floats, count: int) -> None:
    """Print the judged questions whose probability is furthest from what was on record."""
    wrong = [
        (abs(float(probability) - (example.sort == PRESENT)), float(probability), example)
        for example, probability in zip(held.examples, probabilities, strict=True)
        if is_judged(example)
    ]
    for _, probability, example in sorted(wrong, key=lambda entry: -entry[0])[:count]:
        print(f"{probability:.3f} {example.sort:8} {example.name} {example.question} -> {example.hits[:3]}")


if __name__ == "__main__":
    sys.exit(main())
