"""How good a calibration is, by questions that it had not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.analysis.examples import COPIED, FOREIGN, OFF_TOPIC, PRESENT, REMOVED, Example
from rca_search.analysis.fit import Held
from rca_search.analysis.strict import Strict
from rca_search.evaluation.calibration_measures import (
    auroc,
    brier,
    calibration_error,
    debiased_error,
    noise_floor,
    recall_at_precision,
    reliability,
)
from rca_search.models import Kind
from rca_search.ranking.calibration import KindCalibration
from rca_search.ranking.fusion import Floats

PROMISE = 0.8

Result = tuple[Held, tuple[Floats, Floats], KindCalibration]


def figures(results: Mapping[Kind, Result]) -> dict[str, object]:
    """Return the figures of each set, those of all sets pooled, and how foreign and off-topic ones do."""
    examples = [example for held, _, _ in results.values() for example in held.examples]
    probabilities = np.concatenate([found for _, (found, _), _ in results.values()])
    names = dict.fromkeys(each.name for each in examples if each.sort == PRESENT)

    def chosen(wanted: Callable[[Example], bool]) -> NDArray[np.bool_]:
        return np.asarray([wanted(example) for example in examples], dtype=np.bool_)

    judged = chosen(lambda example: example.sort in (PRESENT, REMOVED))
    present = chosen(lambda example: example.sort == PRESENT)
    sets = {name: _set(examples, probabilities, name) for name in names}
    return {
        "sets": sets,
        "pooled": measured(probabilities[judged], present[judged]),
        "foreign": auroc(
            np.concatenate(
                [probabilities[present], probabilities[chosen(lambda example: example.sort == FOREIGN)]]
            ),
            np.arange(present.sum() + chosen(lambda example: example.sort == FOREIGN).sum()) < present.sum(),
        ),
        "off_topic_rejected": {kind.value: _rejected(result) for kind, result in results.items()},
        "copies_same": _copies(results[Kind.INCIDENT]) if Kind.INCIDENT in results else None,
    }


def strict_figures(results: Mapping[Kind, Strict]) -> dict[str, object]:
    """Return the figures of each set and of all pooled, and what came of the promise over each kind."""
    probabilities = np.concatenate([found.probabilities for found in results.values()])
    judged = np.concatenate([found.judged for found in results.values()])
    labels = np.concatenate([found.of_sort(PRESENT) for found in results.values()])
    names = np.asarray([example.name for found in results.values() for example in found.examples])
    sets = {name: judged & (names == name) for name in dict.fromkeys(names[judged].tolist())}
    return {
        "sets": {name: measured(probabilities[flags], labels[flags]) for name, flags in sets.items()},
        "pooled": measured(probabilities[judged], labels[judged]),
        "promise": {kind.value: _kept(found) for kind, found in results.items()},
        "off_topic_rejected": {kind.value: _turned_away(found) for kind, found in results.items()},
    }


def _kept(found: Strict) -> dict[str, float]:
    """Return which share of the answers called related was right, and of the right ones was called that."""
    present = found.judged & found.of_sort(PRESENT)
    right = int((present & found.called).sum())
    return {
        "precision": round(right / max(int((found.judged & found.called).sum()), 1), 4),
        "recall": round(right / max(int(present.sum()), 1), 4),
    }


def _turned_away(found: Strict) -> float:
    """Return the share of off-topic questions that were not called related."""
    off_topic = found.of_sort(OFF_TOPIC)
    return round(1.0 - float(found.called[off_topic].mean()) if off_topic.any() else 0.0, 4)


def measured(probabilities: Floats, labels: NDArray[np.bool_]) -> dict[str, object]:
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


def _set(examples: Sequence[Example], probabilities: Floats, name: str) -> dict[str, object]:
    of_set = [place for place, example in enumerate(examples) if example.name == name]
    judged = [place for place in of_set if examples[place].sort in (PRESENT, REMOVED)]
    labels = np.asarray([examples[place].sort == PRESENT for place in judged], dtype=np.bool_)
    foreign = [place for place in of_set if examples[place].sort in (PRESENT, FOREIGN)]
    at_home = np.asarray([examples[place].sort == PRESENT for place in foreign], dtype=np.bool_)
    return {
        **measured(probabilities[judged], labels),
        "auroc_foreign": _rounded(auroc(probabilities[foreign], at_home)),
    }


def _rejected(result: Result) -> float:
    """Return the share of off-topic questions that are called neither related nor same at the promise."""
    held, (first, second), calibration = result
    cut = calibration.cut(PROMISE)
    places = [place for place, example in enumerate(held.examples) if example.sort == OFF_TOPIC]
    kept = [place for place in places if first[place] < cut.likely and second[place] < cut.same]
    return round(len(kept) / max(len(places), 1), 4)


def _copies(result: Result) -> float:
    """Return the share of copies with other names and numbers that are called the same at the promise."""
    held, (_, second), calibration = result
    cut = calibration.cut(PROMISE)
    places = [place for place, example in enumerate(held.examples) if example.sort == COPIED]
    called = [place for place in places if second[place] >= cut.same]
    return round(len(called) / max(len(places), 1), 4)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
