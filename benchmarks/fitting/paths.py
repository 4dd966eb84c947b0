"""Estimate what links and services say of a runbook, and print how well that holds.

Usage: python -m benchmarks.fitting.paths FOLDER [FOLDER ...] [--check]

Each FOLDER holds notes in which incidents link to runbooks. Every such incident is asked as it was seen when
it began, without itself, and the runbooks that it links to are taken for those that apply; all others count
as not applying, so that what is estimated is rather too low. The numbers have the highest posterior
probability, with a prior of ``PRIORS``; each folder counts as much as any other. A dependency is worth half a
service, as in the ranking: there are too few of either to tell them apart. Writes
rca_search/ranking/paths.json unless --check is given.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions
from rca_search.evaluation.symptoms import Hidden, symptom_text
from rca_search.models import Kind, Query, RunbookHit
from rca_search.ranking import weights
from rca_search.ranking.runbooks import FILE_NAME, Paths
from rca_search.service import SearchService

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "rca_search" / "ranking" / FILE_NAME
NAMES = ("linked", "service")
PRIORS = {"linked": (2.0, 2.0), "service": (2.0, 8.0)}
"""Pseudo-counts of runbooks that applied and that did not: a link is worth a coin's throw."""

_NOTHING = Hidden(Mentions.of(()), Mentions.of(()), LinkCutter(frozenset(), Mentions.of(())))


@dataclass(frozen=True)
class Pair:
    """A runbook found for an incident: by its text, and what each path adds where it were certain."""

    applies: bool
    text: float
    linked: tuple[float, ...]
    service: float
    dependency: float

    def probability(self, numbers: dict[str, float]) -> float:
        """Return how likely it is said to apply."""
        left = 1.0 - self.text
        for incident in self.linked:
            left *= 1.0 - incident * numbers["linked"]
        left *= 1.0 - self.service * numbers["service"]
        return 1.0 - left * (1.0 - self.dependency * numbers["service"] / 2)


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    found = {f"{n} {folder.name}": _pairs(folder, n) for n, folder in enumerate(given.folders, start=1)}
    numbers = _fitted(list(found.values()))
    for name, pairs in found.items():
        print(json.dumps({name: _figures(pairs, numbers)}))
    print(json.dumps(numbers))
    if not given.check:
        TARGET.write_bytes(Paths(**numbers, dependency=round(numbers["service"] / 2, 4)).to_bytes())
    return 0


def _pairs(folder: Path, number: int) -> list[Pair]:
    settings = Settings(index=ROOT / "build" / "paths" / str(number))
    build_index(settings, [folder], progress=lambda *_: None)
    service = open_service(settings)
    library, view, _ = service.seen(Query(""))
    found: list[Pair] = []
    for ordinal in np.flatnonzero(library.snapshot.of_kind(Kind.INCIDENT)).tolist():
        document = library.read(ordinal).document
        targets = [library.target(each, view) for each in library.references_from.get(document.id, ())]
        kinds = library.snapshot.catalogue.kinds
        applying = {
            library.snapshot.catalogue.ids[n] for n in targets if n is not None and kinds[n] is Kind.RUNBOOK
        }
        text = symptom_text(document, _NOTHING) if applying else None
        if text is not None:
            found += _asked(service, Query(text, limit=20, exclude=(document.id,)), applying)
    return found


def _asked(service: SearchService, query: Query, applying: set[str]) -> list[Pair]:
    found = service.search(query)
    incidents = {hit.document.id: hit.likelihood.probability for hit in found.incidents}
    return [_pair(hit, incidents, hit.document.id in applying) for hit in found.runbooks]


def _pair(hit: RunbookHit, incidents: dict[str, float], applies: bool) -> Pair:
    sources = {reason.source for reason in hit.reasons}
    of_service = "service" in sources
    share = hit.score.service / (weights.RUNBOOK_SERVICE if of_service else weights.RUNBOOK_DEPENDENCY)
    return Pair(
        applies,
        hit.text_likelihood.probability,
        tuple(incidents[reason.subject] for reason in hit.reasons if reason.source == "linked"),
        share if of_service else 0.0,
        0.0 if of_service else share,
    )


def _fitted(folders: list[list[Pair]]) -> dict[str, float]:
    def loss(point: np.ndarray) -> float:
        numbers = dict(zip(NAMES, (1.0 / (1.0 + np.exp(-point))).tolist(), strict=True))
        total = 0.0
        for pairs in folders:
            total += sum(_surprise(pair, numbers) for pair in pairs) * len(folders[0]) / max(len(pairs), 1)
        for name, (right, wrong) in PRIORS.items():
            total -= right * np.log(numbers[name]) + wrong * np.log1p(-numbers[name])
        return float(total)

    best = minimize(loss, np.zeros(len(NAMES)), method="Nelder-Mead").x
    return {
        name: round(float(1.0 / (1.0 + np.exp(-value))), 3) for name, value in zip(NAMES, best, strict=True)
    }


def _surprise(pair: Pair, numbers: dict[str, float]) -> float:
    probability = min(max(pair.probability(numbers), 1e-6), 1 - 1e-6)
    return -float(np.log(probability if pair.applies else 1.0 - probability))


def _figures(pairs: list[Pair], numbers: dict[str, float]) -> dict[str, object]:
    labels = np.asarray([pair.applies for pair in pairs])
    zero = dict.fromkeys(NAMES, 0.0)
    return {
        "pairs": len(pairs),
        "applying": int(labels.sum()),
        "linked": sum(bool(pair.linked) for pair in pairs),
        "linked_applying": sum(bool(pair.linked) and pair.applies for pair in pairs),
        "log_loss": round(float(np.mean([_surprise(pair, numbers) for pair in pairs])), 4),
        "log_loss_text_alone": round(float(np.mean([_surprise(pair, zero) for pair in pairs])), 4),
        "bins": _bins(pairs, numbers),
    }


def _bins(pairs: list[Pair], numbers: dict[str, float]) -> list[list[float]]:
    """Return mean probability, share that applied, and number, of pairs by probability."""
    said = np.asarray([pair.probability(numbers) for pair in pairs])
    labels = np.asarray([pair.applies for pair in pairs], dtype=np.float64)
    places = np.digitize(said, (0.05, 0.1, 0.2, 0.4, 0.7))
    return [
        [
            round(float(said[places == n].mean()), 3),
            round(float(labels[places == n].mean()), 3),
            int((places == n).sum()),
        ]
        for n in sorted(set(places.tolist()))
    ]


if __name__ == "__main__":
    sys.exit(main())
