"""Charts of the results as SVG, drawn by matplotlib where it is installed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.setting import ROOT, CannotMeasureError

MARKS = "osD^vP"
COLOURS = ("#1f4e9c", "#d9822b", "#c9a227", "#6f9e6b", "#9a9a9a", "#c4c4c4")
NAMES = {
    "txtai": "txtai hybrid",
    "chroma": "Chroma",
    "st-faiss": "sentence-transformers + FAISS",
    "bm25": "BM25",
    "tfidf": "TF-IDF with bonuses",
}
"""The peers' names where there is little room."""

VECTORS = ROOT / "build" / "vectors.json"
"""What the vectors benchmark writes."""


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what the ``report`` and a latest result of the vectors benchmark have figures for.

    Raises CannotMeasureError where matplotlib is missing.
    """
    _set_up()
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Path] = []
    points = report["measurements"].get("growth", {}).get("figures", {}).get("points", [])
    if points:
        found.append(_questions_by_size(points, report, folder / "latency-by-size.svg"))
        found.append(_builds_by_size(points, folder / "build-by-size.svg"))
    if vectors := vector_points():
        found.append(_recall_by_latency(vectors, folder / "recall-by-latency.svg"))
    return found


def draw_quality(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw the nDCG@10 of all systems on each set as bars, where the ``report`` has it.

    Raises CannotMeasureError where matplotlib is missing.
    """
    sets = report["measurements"].get("quality", {}).get("figures", {}).get("sets", {})
    if not sets:
        return []
    _set_up()
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = _axes("", "nDCG@10")
    figure.set_size_inches(8, 4.2)
    _bars(axes, sets)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    target = folder / "quality.svg"
    figure.savefig(target, metadata={"Date": None})
    return [target]


def _bars(axes: Any, sets: Mapping[str, Any]) -> None:  # noqa: ANN401 - matplotlib is imported late
    """Draw a group of bars for each set, a bar for each system."""
    systems = list(next(iter(sets.values()))["means"])
    axes.set(xscale="linear", yscale="linear")
    width = 0.84 / len(systems)
    for number, system in enumerate(systems):
        heights = [part["means"][system]["ndcg@10"] for part in sets.values()]
        across = [place + (number - (len(systems) - 1) / 2) * width for place in range(len(sets))]
        bars = axes.bar(across, heights, 0.92 * width, label=NAMES.get(system, system), color=COLOURS[number])
        axes.bar_label(bars, fmt="{:.2f}", fontsize=6, padding=1)
    names = [f"{name}\n{len(part['questions'])} questions" for name, part in sets.items()]
    axes.set_xticks(range(len(sets)), names)
    axes.set_ylim(0, 1)
    axes.grid(visible=False, axis="x")
    axes.set_axisbelow(True)


def _set_up() -> None:
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise CannotMeasureError(
            "No charts: matplotlib is not installed. Install it with: pip install 'rca-search[bench]'"
        ) from error
    mpl.use("svg")
    # Text stays text and ids are fixed, so that the same figures give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "rca-search", "font.size": 10})


def vector_points(file: Path = VECTORS) -> list[tuple[str, float, float]]:
    """Return name, milliseconds and recall of each search that the vectors benchmark measured, if it has run.

    Its file is a list of reports, one for each kind of store and size, in which every search without a filter
    is an object with ``recall`` and ``p50_ms``.
    """
    if not file.exists():
        return []
    return [
        (f"{report['kind']}, {report['rows']:,} vectors, {name}", part["p50_ms"], part["recall"])
        for report in json.loads(file.read_text(encoding="utf-8"))
        for name, part in report.items()
        if isinstance(part, dict) and {"recall", "p50_ms"} <= part.keys()
    ]


def _questions_by_size(points: Sequence[Mapping[str, Any]], report: Mapping[str, Any], target: Path) -> Path:
    figure, axes = _axes("passages", "milliseconds a question")
    sizes = [point["chunks"] for point in points]
    medians = [1000 * point["question_seconds"]["median"] for point in points]
    low = [1000 * point["question_seconds"]["p5"] for point in points]
    high = [1000 * point["question_seconds"]["p95"] for point in points]
    axes.plot(sizes, medians, marker="o", label="rca-search, made-up documents, hashing encoder (no model)")
    axes.fill_between(sizes, low, high, alpha=0.2)
    for mark, (system, found) in zip(itertools.cycle(MARKS), _warm(report).items(), strict=False):
        axes.plot(
            [size for size, _ in found], [ms for _, ms in found], marker=mark, linestyle="--", label=system
        )
    return _save(figure, axes, target)


def _warm(report: Mapping[str, Any]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for corpus in report["measurements"].get("warm", {}).get("figures", {}).values():
        for system, seconds in corpus["seconds"].items():
            found.setdefault(system, []).append((corpus["chunks"], 1000 * seconds["median"]))
    return found


def _builds_by_size(points: Sequence[Mapping[str, Any]], target: Path) -> Path:
    figure, axes = _axes("passages", "seconds a build")
    sizes = [point["chunks"] for point in points]
    axes.plot(sizes, [point["build_seconds"] for point in points], marker="o", label="hashing encoder")
    return _save(figure, axes, target)


def _recall_by_latency(points: Sequence[tuple[str, float, float]], target: Path) -> Path:
    figure, axes = _axes("milliseconds a search", "recall")
    axes.set_yscale("linear")
    for mark, (name, ms, recall) in zip(itertools.cycle(MARKS), points, strict=False):
        axes.plot([ms], [recall], marker=mark, linestyle="", label=name)
    return _save(figure, axes, target)


def _axes(across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up)
    axes.grid(visible=True, alpha=0.3)
    return figure, axes


def _save(figure: Any, axes: Any, target: Path) -> Path:  # noqa: ANN401 - matplotlib is imported late
    axes.legend(fontsize=8)
    figure.savefig(target, metadata={"Date": None})
    return target
