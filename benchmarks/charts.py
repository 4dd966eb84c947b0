"""Charts of the results as SVG, drawn by matplotlib where it is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.setting import CannotMeasureError

MARKS = "osD^vP"


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what the ``report`` and a result of the vectors benchmark beside it have figures for.

    Raises CannotMeasureError where matplotlib is missing.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise CannotMeasureError(
            "No charts: matplotlib is not installed. Install it with: pip install 'rca-search[bench]'"
        ) from error
    mpl.use("svg")
    # Text stays text and ids are fixed, so that the same figures give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "rca-search", "font.size": 10})
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Path] = []
    points = report["measurements"].get("growth", {}).get("figures", {}).get("points", [])
    if points:
        found.append(_questions_by_size(points, report, folder / "latency-by-size.svg"))
        found.append(_builds_by_size(points, folder / "build-by-size.svg"))
    vectors = vector_points(folder)
    if vectors:
        found.append(_recall_by_latency(vectors, folder / "recall-by-latency.svg"))
    return found


def vector_points(folder: Path) -> list[tuple[str, float, float]]:
    """Return name, milliseconds and recall of every search method in the newest results that have them.

    Any list of objects with a recall and a latency counts, wherever in the file it stands.
    """
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        points = list(_search_points(json.loads(path.read_text(encoding="utf-8"))))
        if points:
            return points
    return []


def _search_points(value: object) -> Sequence[tuple[str, float, float]]:
    if isinstance(value, list):
        return [point for part in value for point in _search_points(part)]
    if not isinstance(value, dict):
        return []
    recall = next((value[name] for name in value if name.startswith("recall")), None)
    latency = _milliseconds(value)
    if isinstance(recall, int | float) and latency is not None:
        name = str(value.get("name") or value.get("method") or value.get("kind") or "vectors")
        return [(name, latency, float(recall))]
    return [point for part in value.values() for point in _search_points(part)]


def _milliseconds(value: Mapping[str, object]) -> float | None:
    for name, factor in (
        ("ms", 1.0),
        ("median_ms", 1.0),
        ("p50_ms", 1.0),
        ("seconds", 1e3),
        ("median_seconds", 1e3),
    ):
        found = value.get(name)
        found = found.get("median") if isinstance(found, dict) else found
        if isinstance(found, int | float):
            return factor * found
    return None


def _questions_by_size(points: Sequence[Mapping[str, Any]], report: Mapping[str, Any], target: Path) -> Path:
    figure, axes = _axes("passages", "milliseconds a question")
    sizes = [point["chunks"] for point in points]
    medians = [1000 * point["question_seconds"]["median"] for point in points]
    low = [1000 * point["question_seconds"]["p5"] for point in points]
    high = [1000 * point["question_seconds"]["p95"] for point in points]
    axes.plot(sizes, medians, marker="o", label="rca-search, made-up documents, hashing encoder")
    axes.fill_between(sizes, low, high, alpha=0.2)
    for mark, (system, found) in zip(MARKS * 2, _warm(report).items(), strict=False):
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
    figure, axes = _axes("milliseconds a search", "recall at 10")
    axes.set_yscale("linear")
    for name in dict.fromkeys(name for name, _, _ in points):
        own = sorted((ms, recall) for label, ms, recall in points if label == name)
        axes.plot([ms for ms, _ in own], [recall for _, recall in own], marker="o", label=name)
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
