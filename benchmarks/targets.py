"""What the ratios are meant to reach, and the limits that they must not fall behind again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stats import Spread
from benchmarks.tables import Table, number, spelled

LIMITS = Path(__file__).parent / "limits.json"


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that should be at least, or at most, so large; ``bound`` None where it is only reported.

    ``ratio`` is False for what is measured in seconds: such a value says something about a machine, so no
    limit is ever kept for it.
    """

    label: str
    more_is_better: bool
    bound: float | None = None
    ratio: bool = True

    def met(self, value: float) -> bool:
        """Return whether ``value`` reaches the target."""
        return self.bound is None or (value >= self.bound if self.more_is_better else value <= self.bound)

    def wanted(self) -> str:
        """Say what is wanted."""
        sign = "at least" if self.more_is_better else "at most"
        return "" if self.bound is None else f"{sign} {self.bound:g}"


def _least(label: str, bound: float | None = None) -> Target:
    return Target(label, more_is_better=True, bound=bound)


def _most(label: str, bound: float | None = None, *, ratio: bool = True) -> Target:
    return Target(label, more_is_better=False, bound=bound, ratio=ratio)


TARGETS: Mapping[str, Target] = {
    "cold_to_txtai": _least("cold: txtai's process / rca-search's", 10),
    "cold_to_st_faiss": _least("cold: ST and FAISS script / rca-search's"),
    "cold_to_bare": _most("cold: rca-search's process / load the encoder and encode"),
    "warm_to_embedding": _most("warm: question / its bare embedding", 1.6),
    "warm_to_txtai": _least("warm: txtai hybrid / question", 4),
    "warm_to_st_faiss": _least("warm: ST and FAISS script / question"),
    "warm_to_embedding_larger": _most("warm, larger corpus: question / its bare embedding", 1.6),
    "warm_to_txtai_larger": _least("warm, larger corpus: txtai hybrid / question", 4),
    "warm_to_st_faiss_larger": _least("warm, larger corpus: ST and FAISS script / question"),
    "http_p99_to_p50": _most("http: p99 / p50", 3),
    "http_errors": _most("http: errors in a round", 0),
    "http_to_plain": _least("http: throughput / plain server's", 3),
    "build_to_library": _least("build: passages encoded a second / SentenceTransformer.encode's", 1.5),
    "build_rest": _most("build: share of everything but encoding", 0.1),
    "rebuild_unchanged_seconds": _most("rebuild, nothing changed: s beyond a process start", 1, ratio=False),
    "rebuild_unchanged_to_start": _most("rebuild, nothing changed / process start"),
    "rebuild_changed_seconds": _most("rebuild, one file changed: s of the whole process", 2, ratio=False),
    "growth": _most("growth: question at the largest size / at the base size"),
    "growth_to_million": _most("growth: question at 1,000,000 passages / at 10,000", 10),
}


def verdicts(measured: Mapping[str, Spread]) -> Table:
    """Set each measured ratio beside its target."""
    rows = []
    for name, target in TARGETS.items():
        if name in measured:
            value = measured[name]
            met = "" if target.bound is None else "met" if target.met(value.median) else "NOT MET"
            rows.append((target.label, spelled(value), target.wanted(), met))
    return Table(
        "Ratios, each taken pair by pair: median (5 % to 95 %)",
        ("ratio", "measured", "target", "verdict"),
        tuple(rows),
    )


def read_limits(form: str, path: Path = LIMITS) -> tuple[dict[str, float], float]:
    """Return the limits of the ``short`` or ``full`` form by the name of the ratio, and the tolerance."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return dict(content[form]), float(content["tolerance"])


def regressions(measured: Mapping[str, Spread], limits: Mapping[str, float], tolerance: float) -> list[str]:
    """Say which of the ``measured`` ratios lie beyond their limit by more than ``tolerance`` of it.

    A ratio that was not measured is no regression. Raises ValueError on a limit for what is no ratio.
    """
    found = []
    for name, limit in limits.items():
        target = TARGETS.get(name)
        if target is None or not target.ratio:
            raise ValueError(f"{name} is no ratio that a limit can be kept for")
        if name not in measured:
            continue
        value = measured[name].median
        allowed = limit * (1 - tolerance if target.more_is_better else 1 + tolerance)
        if value < allowed if target.more_is_better else value > allowed:
            side = "below" if target.more_is_better else "above"
            found.append(f"{target.label}: {number(value)} is {side} {number(allowed)} (limit {limit:g})")
    return found
