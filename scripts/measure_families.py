"""Measure time and memory of finding families among many incidents.

Usage: python scripts/measure_families.py INDEX [INCIDENTS ...]

Signatures are those of the incidents of INDEX with noise, as many as are asked for (20,000 where nothing is
said), so that each real incident stands for a family. Printed are seconds of processor time, of one thread
where OMP_NUM_THREADS is 1, and the memory added at most.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rca_search.indexing.artefacts import SIGNATURES
from rca_search.indexing.snapshot import open_current
from rca_search.insight.families.clustering import all_groups, groups_around
from rca_search.insight.families.index import FamilyIndex, folder_numbers
from rca_search.insight.families.signatures import Signatures
from rca_search.insight.families.similarity import Likeness, PairModel

NOISE = 4.0
"""Deviation of the noise on each value of a signature."""

SEED = 7
ASKED = 5


def main(arguments: Sequence[str]) -> int:
    """Measure each size."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    snapshot, _ = open_current(Path(arguments[0]))
    stored = FamilyIndex(snapshot).required()
    real = stored.signatures(snapshot.learned(SIGNATURES) or b"")
    ids = [snapshot.catalogue.ids[ordinal] for ordinal in stored.incidents]
    print(f"{'incidents':>10}{'families':>10}{'all, s':>9}{'of 5, s':>9}{'added, MB':>11}")
    for count in [int(word) for word in arguments[1:]] or [20_000]:
        signatures = _noisy(real, count)
        before = _peak()
        start = time.process_time()
        folders = np.resize(np.asarray(folder_numbers(ids), dtype=np.intp), count)
        groups = all_groups(_likeness(signatures, stored.model, folders))
        whole = time.process_time() - start
        start = time.process_time()
        fresh = _likeness(signatures, stored.model, folders)
        known: dict[int, tuple[int, ...]] = {}
        for place in np.linspace(0, count - 1, ASKED).astype(int).tolist():
            if place not in known:
                known.update(groups_around(fresh, place))
        few = time.process_time() - start
        print(f"{count:>10,}{len(groups):>10,}{whole:>9.1f}{few:>9.2f}{_peak() - before:>11,.0f}")
    return 0


def _noisy(real: Signatures, count: int) -> Signatures:
    generator = np.random.default_rng(SEED)
    chosen = real.rows[np.arange(count) % len(real)]
    rows = np.empty_like(chosen)
    for start in range(0, count, 1000):
        part = chosen[start : start + 1000]
        rows[start : start + 1000] = np.clip(part + generator.normal(0, NOISE, part.shape), -127, 127)
    return Signatures(rows, real.bounds)


def _likeness(signatures: Signatures, model: PairModel, folders: NDArray[np.intp]) -> Likeness:
    return Likeness(signatures, model, folders, np.arange(len(signatures)), {})


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
